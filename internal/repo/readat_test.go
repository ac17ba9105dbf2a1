package repo_test

import (
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

func TestReadAt(t *testing.T) {
	dir := repotest.New(t)
	first := dir.Commit("first", map[string]string{"house/acme.yaml": "one", "with blank.md": "b"})
	dir.Git("tag", "v1")
	dir.Commit("second", map[string]string{"house/acme.yaml": "two, and longer"})
	r, err := repo.Open(t.Context(), dir.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for spec, want := range map[string]string{
		first + ":house/acme.yaml": "one", "v1:house/acme.yaml": "one", "main:with blank.md": "b",
	} {
		if got, err := r.ReadAt(t.Context(), spec, 10); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", spec, got, err)
		}
	}
	for spec, want := range map[string]fault.Code{
		"main:house/acme.yaml": fault.TooCostly, // 15 bytes of 10
		"main:house":           fault.NotFound,
		"main:gone.yaml":       fault.NotFound,
		"gone:house/acme.yaml": fault.NotFound,
		"main":                 fault.NotFound,
		"--help:x":             fault.NotFound,
		"main:a\nmain:b":       fault.NotFound,
		":house/acme.yaml":     fault.NotFound, // the index is no commit
	} {
		if got, err := r.ReadAt(t.Context(), spec, 10); err == nil || fault.CodeOf(err) != want {
			t.Errorf("%q: got %q, %v; want %s", spec, got, err, want)
		}
	}
}
