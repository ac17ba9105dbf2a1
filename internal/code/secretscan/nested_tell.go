package secretscan

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/code/unwrap"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// maxNamed is how many files a message names.
const maxNamed = 5

// countInside is the key of what one file held, as JSON; see check.go.
const countInside = "inside "

// opened is what was looked into under a path.
type opened struct {
	Path   string `json:"path"`
	Digest string `json:"digest,omitempty"` // of the file, where that is needed
	*unwrap.Walk
}

// cutFile is a file that was not looked into to its end.
type cutFile struct {
	Path   string `json:"path"`
	Digest string `json:"digest"` // of its bytes, or "git:" and the name of the blob
	Why    string `json:"why"`
}

// lookedInto adds up what was looked into.
type lookedInto struct {
	Opened  int64                 `json:"opened,omitempty"`
	Texts   int64                 `json:"texts,omitempty"`
	Decoded int64                 `json:"decoded,omitempty"`
	Unread  map[unwrap.Kind]int64 `json:"unread,omitempty"`
	Broken  []string              `json:"broken,omitempty"` // paths
	Cut     []cutFile             `json:"cut,omitempty"`
}

func (t *lookedInto) add(path, digest string, w *unwrap.Walk) {
	t.Opened += int64(w.Opened)
	t.Texts += int64(w.Texts)
	t.Decoded += int64(w.Decoded)
	for kind, n := range w.Unread {
		if t.Unread == nil {
			t.Unread = map[unwrap.Kind]int64{}
		}
		t.Unread[kind] += int64(n)
	}
	if w.Broken && !slices.Contains(t.Broken, path) {
		t.Broken = append(t.Broken, path)
	}
	if w.Cut != "" {
		t.Cut = append(t.Cut, cutFile{path, digest, w.Cut})
	}
}

// countOpened notes w in the item of a file.
func countOpened(item *check.Item, f repo.File, w *unwrap.Walk) error {
	if w == nil {
		return nil
	}
	of := opened{Path: f.Path, Walk: w}
	if w.Cut != "" {
		of.Digest = f.Digest
	}
	key, err := json.Marshal(of)
	if err == nil {
		item.Count(countInside+string(key), 1)
	}
	return err
}

// tallyOf reads back what countOpened noted.
func tallyOf(keys []string) (*lookedInto, error) {
	t := &lookedInto{}
	for _, key := range keys {
		text, ok := strings.CutPrefix(key, countInside)
		if !ok {
			continue
		}
		var of opened
		if err := json.Unmarshal([]byte(text), &of); err != nil {
			return nil, fmt.Errorf("reading what the files of the work tree hold: %w", err)
		}
		t.add(of.Path, of.Digest, of.Walk)
	}
	return t, nil
}

// tell says what was looked into, where is "the work tree" or "the history".
func (t *lookedInto) tell(p *check.Pass, where string) {
	observe := func(n int64, what string) {
		if n > 0 {
			p.Observe(event.Observation{What: what, Count: n})
		}
	}
	observe(t.Opened, "archives and compressed files of "+where+" looked into")
	observe(t.Texts, "texts inside them scanned for secrets")
	observe(t.Decoded, "encoded parts of "+where+" decoded and scanned for secrets")
	for _, kind := range slices.Sorted(maps.Keys(t.Unread)) {
		observe(t.Unread[kind], fmt.Sprintf("of %s not looked into: %s", where, kind))
	}
	t.tellBroken(p, where)
	slices.SortFunc(t.Cut, func(a, b cutFile) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Digest, b.Digest)) })
	for _, f := range t.Cut {
		p.Problem(event.Problem{
			Code: string(fault.TooCostly), Path: f.Path, Incomplete: true, Digest: f.Digest,
			Message: fmt.Sprintf("the file, in %s, was not looked into to its end: %s", where, f.Why),
			Hint:    "an archive of that size is not source: build it, or fetch it, where it is needed, and remove it",
		})
	}
}

// without leaves out the files that were cut in other as well: the same bytes
// are told of once.
func (t lookedInto) without(other *lookedInto) lookedInto {
	t.Cut = slices.DeleteFunc(slices.Clone(t.Cut), func(f cutFile) bool {
		return slices.ContainsFunc(other.Cut, func(g cutFile) bool { return g.Digest == f.Digest })
	})
	return t
}

// digestCut puts the digests of their bytes in the place of the names that git
// has for them, so that a file is the same here as in a work tree. The names
// stay where an object cannot be read.
func (t *lookedInto) digestCut(ctx context.Context, r *repo.Repo) {
	var names []string
	for _, f := range t.Cut {
		if name, ok := strings.CutPrefix(f.Digest, gitName); ok {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return
	}
	digests := r.DigestsOf(ctx, names)
	for i := range t.Cut {
		t.Cut[i].Digest = cmp.Or(digests[strings.TrimPrefix(t.Cut[i].Digest, gitName)], t.Cut[i].Digest)
	}
}

// gitName is before the name of an object that stands for a digest.
const gitName = "git:"

// tellBroken is no alarm: a file that no program can open holds nothing that
// one could read, and test data is full of such files.
func (t *lookedInto) tellBroken(p *check.Pass, where string) {
	if len(t.Broken) == 0 {
		return
	}
	slices.Sort(t.Broken)
	names := strings.Join(t.Broken[:min(len(t.Broken), maxNamed)], ", ")
	if more := len(t.Broken) - maxNamed; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	p.Problem(event.Problem{
		Code:    string(fault.Incomplete),
		Message: fmt.Sprintf("%d files of %s begin like archives and could not be read to their end: %s", len(t.Broken), where, names),
		Hint:    "their bytes were scanned, and what could be unpacked; the rest is damaged or no archive",
	})
}
