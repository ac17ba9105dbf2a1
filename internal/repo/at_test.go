package repo_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

func TestAt(t *testing.T) {
	dir := repotest.New(t)
	first := dir.Commit("first", map[string]string{"a": "one"})
	dir.Commit("second", map[string]string{"a": "two", "b": "three"})
	r, err := repo.Open(t.Context(), dir.Dir)
	if err != nil {
		t.Fatal(err)
	}
	at, err := r.At(t.Context(), "HEAD~1")
	if err != nil {
		t.Fatal(err)
	}
	if at.Head() != first {
		t.Errorf("head: got %s, want %s", at.Head(), first)
	}
	s, _, err := at.Snapshot(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if files := s.Files(); len(files) != 1 || files[0].Path != "a" {
		t.Errorf("files: got %v, want a alone", files)
	}
	in, err := at.Introductions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	whole, err := r.Introductions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if in.Len() != 1 || whole.Len() != 3 {
		t.Errorf("blobs: got %d at the first commit and %d in all, want 1 and 3", in.Len(), whole.Len())
	}
	if base, err := r.MergeBase(t.Context(), first, "HEAD"); err != nil || base != first {
		t.Errorf("merge base: got %q, %v, want %s", base, err, first)
	}
	for _, revision := range []string{"", "gone", "--all", "main\nmain", "HEAD:a"} {
		if _, err := r.At(t.Context(), revision); fault.CodeOf(err) != fault.Usage {
			t.Errorf("%q: got %v, want a usage fault", revision, err)
		}
	}
}

// TestTree holds that a commit's files have the digests that they have in a work
// tree, from the objects and from what was remembered of them.
func TestTree(t *testing.T) {
	dir := repotest.New(t)
	dir.Commit("first", map[string]string{"a": "one", "b/c": "two"})
	if err := os.Symlink("a", filepath.Join(dir.Dir, "link")); err != nil {
		t.Skip(err)
	}
	dir.Commit("second", map[string]string{"a": "three"})
	r, err := repo.Open(t.Context(), dir.Dir)
	if err != nil {
		t.Fatal(err)
	}
	work, _, err := r.Snapshot(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	state := t.TempDir()
	for _, run := range []string{"first", "remembered"} {
		at, err := r.At(t.Context(), "HEAD")
		if err != nil {
			t.Fatal(err)
		}
		tree, err := at.Tree(t.Context(), state)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(work.Files(), tree.Files()); diff != "" {
			t.Errorf("%s (-work tree +commit):\n%s", run, diff)
		}
		data, err := repo.ReadFile(t.Context(), tree, tree.Files()[0], 100)
		if err != nil || string(data) != "three" {
			t.Errorf("%s: a holds %q, %v", run, data, err)
		}
	}
	// A memory that was tampered with is none.
	if err := os.WriteFile(filepath.Join(state, "objects"), []byte("plimsoll objects 1\nx y\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	at, _ := r.At(t.Context(), "HEAD")
	if tree, err := at.Tree(t.Context(), state); err != nil || tree.Files()[0].Digest != work.Files()[0].Digest {
		t.Errorf("with a broken memory: %v", err)
	}
}

func TestBranchAndBetween(t *testing.T) {
	dir := repotest.New(t)
	first := dir.Commit("first", map[string]string{"a": "one"})
	dir.Git("tag", "v1")
	second := dir.Commit("second", map[string]string{"a": "two"})
	r, err := repo.Open(t.Context(), dir.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for revision, want := range map[string]bool{"main": true, "v1": false, first: false, "HEAD~1": false, "gone": false, "--all": false} {
		if got := r.Branch(t.Context(), revision); got != want {
			t.Errorf("%s is a branch: %v", revision, got)
		}
	}
	commits, err := r.Between(t.Context(), first)
	if err != nil || len(commits) != 1 || !commits[second] {
		t.Errorf("got %v, %v", commits, err)
	}
}
