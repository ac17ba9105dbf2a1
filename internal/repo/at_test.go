package repo_test

import (
	"testing"

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
