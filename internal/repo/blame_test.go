package repo_test

import (
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

func TestLineChange(t *testing.T) {
	r := repotest.New(t)
	first := r.Commit("first", map[string]string{"a.txt": "one\ntwo\n"})
	second := r.Commit("second", map[string]string{"a.txt": "one\nother\n"})
	opened, err := repo.Open(t.Context(), r.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[int]string{1: first, 2: second, 3: "", 0: ""} {
		c, ok := opened.LineChange(t.Context(), "a.txt", line)
		if ok != (want != "") || ok && (c.Commit != want || c.Author != "Ada") {
			t.Errorf("line %d: got %+v %v, want %s", line, c, ok, want)
		}
	}
	if _, ok := opened.LineChange(t.Context(), "nowhere.txt", 1); ok {
		t.Error("a file that is not there has a history")
	}
}
