package secretscan

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/code/unwrap"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// maxNamed is how many files a message names.
const maxNamed = 5

// countInside is the key of what one file held, as JSON; see check.go.
const countInside = "inside "

// opened is what was looked into under a path.
type opened struct {
	Path string `json:"path"`
	*unwrap.Walk
}

// lookedInto adds up what was looked into.
type lookedInto struct {
	Opened  int64                 `json:"opened,omitempty"`
	Texts   int64                 `json:"texts,omitempty"`
	Decoded int64                 `json:"decoded,omitempty"`
	Unread  map[unwrap.Kind]int64 `json:"unread,omitempty"`
	Broken  []string              `json:"broken,omitempty"` // paths
	Cut     map[string]string     `json:"cut,omitempty"`    // why, by path
}

func (t *lookedInto) add(path string, w *unwrap.Walk) {
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
		if t.Cut == nil {
			t.Cut = map[string]string{}
		}
		t.Cut[path] = w.Cut
	}
}

// count notes w in the item of a file.
func countOpened(item *check.Item, path string, w *unwrap.Walk) error {
	if w == nil {
		return nil
	}
	key, err := json.Marshal(opened{path, w})
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
		t.add(of.Path, of.Walk)
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
	for _, path := range slices.Sorted(maps.Keys(t.Cut)) {
		p.Problem(event.Problem{
			Code: string(fault.TooCostly), Path: path, Incomplete: true,
			Message: fmt.Sprintf("the file, in %s, was not looked into to its end: %s", where, t.Cut[path]),
			Hint:    "an archive of that size is not source: build it, or fetch it, where it is needed, and remove it",
		})
	}
}

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
