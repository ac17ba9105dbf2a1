package pack_test

import (
	"path/filepath"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

// TestPackedBehindOurBack: objects that were loose when the store was opened are
// found where git has put them since.
func TestPackedBehindOurBack(t *testing.T) {
	dir := repotest.New(t)
	dir.Commit("first", map[string]string{"a": "one"})
	name := dir.Git("rev-parse", "HEAD:a")
	s, err := pack.Open([]string{filepath.Join(dir.Dir, ".git", "objects")}, 20)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	dir.Git("gc", "-q", "--prune=now")
	id, ok := pack.ParseID(name)
	if !ok {
		t.Fatal("no id")
	}
	if kind, data, err := s.NewGetter().Get(&id); err != nil || kind != pack.Blob || string(data) != "one" {
		t.Errorf("got %v, %q, %v", kind, data, err)
	}
	id[0] ^= 1
	if _, _, err := s.NewGetter().Get(&id); err == nil {
		t.Error("an object that never was is found")
	}
}
