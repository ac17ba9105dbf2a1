package secretscan

import (
	"bytes"

	"github.com/plimsoll-dev/plimsoll/internal/code/unwrap"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// version examines one blob of the history in memory. Kept is what those made
// from it are examined with, nil where they have to be read from their beginning.
// What comes out is what read gives, at the cost of what is new.
func (s *scanner) version(v repo.Version) (result *examined, kept *trail, err error) {
	if !asItStands(v.Data) || len(s.engine.wide) > 0 {
		if v.Wanted {
			result, err = s.read(bytes.NewReader(v.Data), int64(len(v.Data)))
		}
		return result, nil, err
	}
	if base, ok := v.Base.(*trail); ok && base != nil {
		kept = s.engine.WalkMade(v.Data, v.Runs, base)
	} else {
		kept = s.engine.Walk(v.Data)
	}
	if v.Wanted {
		result = s.readTrail(v.Data, kept)
	}
	return result, kept, nil
}

// asItStands says whether read examines these very bytes, in one window. Texts
// in UTF-16 are decoded, archives are opened, long ones come in several.
func asItStands(data []byte) bool {
	return len(data) <= repo.WindowSize-1<<10 && unwrap.Sniff(data[:min(len(data), unwrap.HeadSize)]) == unwrap.None && !bytes.HasPrefix(data, []byte{0xff, 0xfe}) && !bytes.HasPrefix(data, []byte{0xfe, 0xff})
}

// readTrail is read where the engine has been through the text already.
func (s *scanner) readTrail(data []byte, went *trail) *examined {
	t := &reading{scanner: s, result: &examined{}, inside: inside{Walk: unwrap.NewWalk(int64(len(data)))}}
	t.window(repo.Window{Data: data, Line: 1}, &went.places, func(emit func(Match)) int {
		for _, f := range went.finds {
			emit(f.Match)
		}
		return went.skips
	})
	return t.told()
}
