package basics

import (
	"context"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

func treeOf(ex knowledge.Example) checktest.Tree {
	tree := checktest.Tree{}
	maps.Copy(tree, ex.Files)
	tree[ex.Path] = ex.Text
	return tree
}

// TestRules runs every example of every rule through the check itself.
func TestRules(t *testing.T) {
	for _, rule := range New().Rules {
		t.Run(rule.ID, func(t *testing.T) {
			for i, ex := range rule.Examples.Match {
				if got := checktest.Run(t, New(), treeOf(ex)).Rules(); !slices.Contains(got, rule.ID) {
					t.Errorf("match %d is not reported; got %v", i+1, got)
				}
			}
			for i, ex := range rule.Examples.NoMatch {
				r := checktest.Run(t, New(), treeOf(ex))
				for _, f := range r.Findings {
					if f.Rule == rule.ID {
						t.Errorf("no_match %d is reported: %s", i+1, f.Message)
					}
				}
			}
		})
	}
}

// TestCleanProduct has everything in order: nothing is found, and every rule is
// known to have been looked at.
func TestCleanProduct(t *testing.T) {
	r := checktest.Run(t, New(), checktest.Tree{
		"README.md":    "# Shop\n\n## Supported versions\n\nThe latest.\n",
		"SECURITY.md":  "Report to sec@shop.test.\n",
		"LICENSE":      "All rights reserved.\n",
		"CHANGELOG.md": "## 1.0.0\n",
		"CODEOWNERS":   "* @ann\n",
		"go.mod":       "module m.test/m\n\nrequire a.test/a v1.0.0\n",
		"go.sum":       "a.test/a v1.0.0 h1:x=\na.test/a v1.0.0/go.mod h1:x=\n",
	})
	for _, f := range r.Findings {
		t.Errorf("%s: %s", f.Rule, f.Message)
	}
	seen := map[string]bool{}
	for _, o := range r.Observations {
		for _, rule := range o.Rules {
			seen[rule] = seen[rule] || o.Count > 0
		}
	}
	for _, rule := range New().Rules {
		if !seen[rule.ID] {
			t.Errorf("no observation for %s", rule.ID)
		}
	}
}

func TestNothingObservedInAnEmptyTree(t *testing.T) {
	if r := checktest.Run(t, New(), checktest.Tree{}); len(r.Observations)+len(r.Findings) > 0 {
		t.Errorf("got %d observations and %d findings", len(r.Observations), len(r.Findings))
	}
}

// TestExpiryBoundsFreshness: evidence must not outlive the date in security.txt.
func TestExpiryBoundsFreshness(t *testing.T) {
	r := checktest.Run(t, New(), checktest.Tree{".well-known/security.txt": "Contact: mailto:a@b.test\nExpires: 2026-06-09T00:00:00Z\n"})
	if want := time.Date(2026, 6, 9, 0, 0, 0, 0, time.UTC); !r.Record.FreshUntil.Equal(want) {
		t.Errorf("fresh until %v, want %v", r.Record.FreshUntil, want)
	}
}

// linked makes one path of a snapshot a symbolic link that cannot be opened.
type linked struct {
	repo.Snapshot
	path string
}

func (l linked) Files() []repo.File {
	files := slices.Clone(l.Snapshot.Files())
	for i := range files {
		if files[i].Path == l.path {
			files[i].Mode = repo.Symlink
		}
	}
	return files
}

func (l linked) Open(ctx context.Context, f repo.File) (io.ReadCloser, error) {
	if f.Path == l.path {
		panic("a link was opened")
	}
	return l.Snapshot.Open(ctx, f)
}

// TestLinksAreNotFollowed: what nobody has read passes nothing and fails nothing.
func TestLinksAreNotFollowed(t *testing.T) {
	for path, family := range map[string]string{"SECURITY.md": "security.", "LICENSE": "license.", "CODEOWNERS": "codeowners.", "CHANGELOG.md": "changelog."} {
		snapshot := linked{checktest.Snapshot(checktest.Tree{path: "", "main.go": ""}), path}
		r := checktest.RunSubject(t, New(), &check.Subject{Snapshot: snapshot, AsOf: checktest.Now})
		for _, rule := range r.Rules() {
			if strings.HasPrefix(rule, family) {
				t.Errorf("%s: found %s", path, rule)
			}
		}
		for _, o := range r.Observations {
			if slices.ContainsFunc(o.Rules, func(id string) bool { return strings.HasPrefix(id, family) }) {
				t.Errorf("%s: observed %q", path, o.What)
			}
		}
		if len(r.Problems) == 0 {
			t.Errorf("%s: nobody is told that it was not read", path)
		}
	}
}
