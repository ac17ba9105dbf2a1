package seal

import (
	"path/filepath"

	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Known are the releases that a repository knows of, for whoever watches the
// log: those with a permit by its digest. One that is only prepared is expected
// nowhere yet.
func Known(root string) ([]translog.Expected, error) {
	var out []translog.Expected
	for _, name := range bundles(root) {
		payload, err := permitIn(name)
		if err != nil {
			continue // `plimsoll verify` says what is wrong with it
		}
		out = append(out, expectedOf(payload)...)
	}
	names, err := filepath.Glob(filepath.Join(root, record.Dir, "*", pendingFile))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		raw, err := readBounded(name, maxPending)
		if err != nil {
			return nil, err
		}
		if p, err := parsePending(raw); err == nil {
			if e, err := envelope.Read(p.Permit); err == nil {
				out = append(out, expectedOf(e.Payload)...)
			}
		}
	}
	return out, nil
}

func expectedOf(payload []byte) []translog.Expected {
	s, err := parsePermit(payload)
	if err != nil {
		return nil
	}
	return []translog.Expected{{Product: s.Predicate.Product, Version: s.Predicate.Version, Digest: verify.Digest(payload)}}
}
