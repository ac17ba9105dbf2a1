package secretscan

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// wholeKey is where the result on the whole history is kept from run to run.
const wholeKey = "history"

// told is the result on the whole history while its refs and objects stay what
// they are: then a change of the work tree does not walk the commits again.
type told struct {
	Refs      string     `json:"refs"`
	Objects   string     `json:"objects"`
	Found     []placed   `json:"found"`
	Commits   []string   `json:"commits"` // of Found, one each
	Blobs     int        `json:"blobs"`   // that were examined
	Reachable int        `json:"reachable"`
	Missing   int        `json:"missing"`
	Lacking   []string   `json:"lacking"` // the missing ones, where they are few
	Bytes     int64      `json:"bytes"`
	Skipped   int64      `json:"skipped"`
	More      int64      `json:"more"`
	Inside    lookedInto `json:"inside"`
	Pointers  int        `json:"pointers"` // of Git LFS
	Messages  int        `json:"messages"` // that were examined
	Large     int        `json:"large"`    // messages that were not

	Extent repo.Extent `json:"extent"` // of the history, so that what comes next can be told from it
}

// position names the state of a repository that a result is about.
func position(ctx context.Context, r *repo.Repo) (told, error) {
	refs, err := r.RefsDigest(ctx)
	if err != nil {
		return told{}, fmt.Errorf("scanning the history: %w", err)
	}
	objects, err := r.ObjectsDigest(ctx)
	if err != nil {
		return told{}, fmt.Errorf("scanning the history: %w", err)
	}
	return told{Refs: refs, Objects: objects}, nil
}

// last is the result of the last run, wherever the history was then.
func last(m *check.Memo) (then told, ok bool) {
	data, ok := m.Get(wholeKey)
	return then, ok && json.Unmarshal(data, &then) == nil && len(then.Found) == len(then.Commits)
}

// remembered is the result of an earlier run at the same position, if it misses
// nothing or would miss the same again.
func remembered(m *check.Memo, now told) (told, bool) {
	then, ok := last(m)
	if !ok || then.Refs != now.Refs {
		return told{}, false
	}
	if then.Missing > 0 && then.Objects != now.Objects {
		return told{}, false
	}
	m.Get(memoKey) // what is not asked for is forgotten, and the next commit needs it
	m.Get(messageKey)
	return then, true
}

// remember keeps a result that is whole, and forgets the one before in any case:
// what is known of blobs and messages has gone beyond it.
func remember(m *check.Memo, t told, whole bool) {
	data, err := json.Marshal(t)
	if err != nil || !whole {
		data = nil
	}
	m.Put(wholeKey, data)
}
