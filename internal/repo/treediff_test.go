package repo_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

func TestChanges(t *testing.T) {
	g := repotest.New(t)
	base := g.Commit("one", map[string]string{"a.txt": "1\n2\n3\n4\n5\n", "gone.txt": "x\n", "same.txt": "s\n"})
	g.Git("mv", "a.txt", "b.txt")
	g.Git("rm", "-q", "gone.txt")
	head := g.Commit("two", map[string]string{"new.txt": "n\n"})
	r, err := repo.Open(t.Context(), g.Dir)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := r.Changes(t.Context(), base, head)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, c := range changes {
		got[c.Path] = c.OldPath
		if c.Gone() != (c.Path == "gone.txt") {
			t.Errorf("%s: gone is %v", c.Path, c.Gone())
		}
	}
	if len(got) != 3 || got["b.txt"] != "a.txt" || got["new.txt"] != "" || got["gone.txt"] != "gone.txt" {
		t.Errorf("changes are %v", got)
	}
	whole, err := r.Changes(t.Context(), "", base)
	if err != nil || len(whole) != 3 {
		t.Errorf("against the empty tree: %v, %v", whole, err)
	}
	commits, err := r.FirstParents(t.Context(), head, time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC), 10)
	if err != nil || len(commits) != 2 || commits[0].ID != head || len(commits[0].Parents) != 1 {
		t.Errorf("first parents are %+v, %v", commits, err)
	}
	if between, err := r.CommitsBetween(t.Context(), base, head, 10); err != nil || len(between) != 1 || between[0].Subject != "two" {
		t.Errorf("between are %+v, %v", between, err)
	}
}

func TestCommitsNameEverybody(t *testing.T) {
	g := repotest.New(t)
	base := g.Commit("one", map[string]string{"a.txt": "1\n"})
	g.Commit("two \x01\n\nbody\n\nCo-authored-by: Bob <bob@example.org>\nco-authored-by:  Eve <eve@example.org>", map[string]string{"a.txt": "2\n"})
	head := g.Commit("three", map[string]string{"kept/aside": "x\n"})
	r, err := repo.Open(t.Context(), g.Dir)
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.CommitsBetween(t.Context(), base, head, 10)
	if err != nil || len(all) != 2 || !slices.Equal(all[1].CoAuthors, []string{"Bob <bob@example.org>", "Eve <eve@example.org>"}) || len(all[0].CoAuthors) != 0 {
		t.Errorf("commits are %+v, %v", all, err)
	}
	outside, err := r.CommitsOutside(t.Context(), base, head, "kept", 10)
	if err != nil || len(outside) != 1 || outside[0].ID != all[1].ID {
		t.Errorf("commits outside of the folder are %+v, %v", outside, err)
	}
}

func TestWorkChanges(t *testing.T) {
	g := repotest.New(t)
	head := g.Commit("one", map[string]string{"a.txt": "1\n", "b.txt": "2\n"})
	g.Git("config", "filter.x.clean", "touch "+filepath.Join(g.Dir, "ran"))
	g.Write(map[string]string{"a.txt": "changed\n", "new.txt": "n\n", ".gitattributes": "* filter=x\n"})
	if err := os.Remove(filepath.Join(g.Dir, "b.txt")); err != nil {
		t.Fatal(err)
	}
	r, err := repo.Open(t.Context(), g.Dir)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := r.WorkChanges(t.Context(), head)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, c := range changes {
		got[c.Path] = c.Work
	}
	if work, ok := got["b.txt"]; len(got) != 4 || !got["a.txt"] || !got["new.txt"] || !ok || work {
		t.Errorf("changes are %v", got)
	}
	if _, err := os.Stat(filepath.Join(g.Dir, "ran")); err == nil {
		t.Error("a filter of the repository was run")
	}
}
