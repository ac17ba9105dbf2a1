// Package checktest runs a check in a test, over files given in the test or over
// a real repository, with no state from other runs.
package checktest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Tree is a set of files: content by path.
type Tree map[string]string

// Result is what the check said.
type Result struct {
	Findings     []event.Finding
	Observations []event.Observation
	Problems     []event.Problem
	Record       evidence.Record
}

// Now is the date that Run and RunRepo examine for.
var Now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// Rules lists the rules of the findings, sorted, each once.
func (r Result) Rules() []string {
	seen := map[string]bool{}
	for _, f := range r.Findings {
		seen[f.Rule] = true
	}
	rules := make([]string, 0, len(seen))
	for rule := range seen {
		rules = append(rules, rule)
	}
	sort.Strings(rules)
	return rules
}

// Run runs c over the files of tree. There is no history: a check that asks for
// it has its repository nil, unless it takes care.
func Run(t testing.TB, c *check.Check, tree Tree, facts ...event.Fact) Result {
	t.Helper()
	return RunSubject(t, c, &check.Subject{Snapshot: Snapshot(tree), Facts: facts, AsOf: Now})
}

// RunRepo runs c over the git repository in dir.
func RunRepo(t testing.TB, c *check.Check, dir string) Result {
	t.Helper()
	ctx := t.Context()
	r, err := repo.Open(ctx, dir)
	if err != nil {
		t.Fatalf("opening %s: %v", dir, err)
	}
	state := t.TempDir()
	snapshot, faults, err := r.Snapshot(ctx, state)
	if err != nil {
		t.Fatalf("reading the files of %s: %v", dir, err)
	}
	for _, f := range faults {
		t.Log(f)
	}
	return RunSubject(t, c, &check.Subject{Repo: r, Snapshot: snapshot, AsOf: Now, StateDir: state})
}

// RunSubject runs c over a subject that the test made.
func RunSubject(t testing.TB, c *check.Check, s *check.Subject) Result {
	t.Helper()
	runner := &check.Runner{
		Subject: s,
		Store:   evidence.OpenStore(t.TempDir(), evidence.OpenKeys(t.TempDir())),
		Clock:   func() time.Time { return Now },
		NoMemo:  true,
	}
	w := runner.Run(t.Context(), []*check.Check{c})[0]
	if w.Err != nil {
		t.Fatalf("running %s: %v", c.ID, w.Err)
	}
	for _, f := range w.Evidence.Findings {
		if !declares(c, f.Rule) {
			t.Errorf("%s reports under rule %q, which it does not declare", c.ID, f.Rule)
		}
		if f.Fingerprint == "" {
			t.Errorf("%s: a finding without a fingerprint: %s", f.Rule, f.Message)
		}
	}
	record := w.Evidence.Record
	return Result{record.Findings, record.Observations, record.Problems, record}
}

// declares tells whether a check may report under a rule: one of its own, or
// another tool's, which it cannot list.
func declares(c *check.Check, rule string) bool {
	for _, r := range c.Rules {
		if r.ID == rule {
			return true
		}
	}
	return strings.HasPrefix(rule, "sarif.")
}

// Snapshot makes a snapshot of the files of tree, all of them regular and tracked.
func Snapshot(tree Tree) repo.Snapshot {
	s := memory{tree: tree}
	for path, content := range tree {
		s.files = append(s.files, repo.File{Path: path, Size: int64(len(content)),
			Digest: repo.DigestOf([]byte(content)), Tracked: true})
	}
	sort.Slice(s.files, func(i, j int) bool { return s.files[i].Path < s.files[j].Path })
	return s
}

type memory struct {
	tree  Tree
	files []repo.File
}

func (m memory) Files() []repo.File { return m.files }

func (m memory) Open(_ context.Context, f repo.File) (io.ReadCloser, error) {
	content, ok := m.tree[f.Path]
	if !ok {
		return nil, fmt.Errorf("%s is not in the tree", f.Path)
	}
	return io.NopCloser(bytes.NewReader([]byte(content))), nil
}
