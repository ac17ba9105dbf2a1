package repo_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

// TestGraftsHideNothing: a file in the git directory can give a commit other
// parents, and the history before it would not be seen.
func TestGraftsHideNothing(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a.txt": "a secret"})
	head := g.Commit("two", map[string]string{"a.txt": "none"})
	grafts := filepath.Join(g.Dir, ".git", "info", "grafts")
	if err := os.MkdirAll(filepath.Dir(grafts), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(grafts, []byte(head+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	in, err := open(t, g.Dir).Introductions(t.Context())
	if err != nil || in.Len() != 2 {
		t.Errorf("%d blobs in the history, expected 2; %v", in.Len(), err)
	}
}

// TestLargeCommitIsTold: whoever pads a message must not keep the commit from
// being examined in silence.
func TestLargeCommitIsTold(t *testing.T) {
	g := repotest.New(t)
	small := g.Commit("small", map[string]string{"a.txt": "a"})
	message := filepath.Join(t.TempDir(), "message")
	if err := os.WriteFile(message, []byte("large\n\n"+strings.Repeat(strings.Repeat("x", 99)+"\n", 50_000)), 0o644); err != nil {
		t.Fatal(err)
	}
	g.Git("commit", "-q", "--allow-empty", "-F", message)
	large := g.Git("rev-parse", "HEAD")
	g.Git("tag", "-a", "-F", message, "v1")
	r := open(t, g.Dir)
	var seen []string
	collect := func(oid string, _ []byte) error { seen = append(seen, oid); return nil }
	if err := r.EachCommit(t.Context(), collect); err == nil || !strings.Contains(err.Error(), large) {
		t.Errorf("commits: %v, expected an error about %s", err, large)
	}
	if !slices.Equal(seen, []string{small}) {
		t.Errorf("saw %v, expected %s alone", seen, small)
	}
	if err := r.EachTag(t.Context(), collect); err == nil {
		t.Error("tags: no error about the large one")
	}
}

// TestSparseIsIncomplete: a file that git was told not to check out is part of
// the commit, and nobody has examined it.
func TestSparseIsIncomplete(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a.txt": "a", "b/c.txt": "c", "gone.txt": "g"})
	g.Git("update-index", "--skip-worktree", "b/c.txt")
	for _, path := range []string{"b/c.txt", "gone.txt"} {
		if err := os.Remove(filepath.Join(g.Dir, path)); err != nil {
			t.Fatal(err)
		}
	}
	s, faults, err := open(t, g.Dir).Snapshot(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := paths(s); !slices.Equal(got, []string{"a.txt"}) {
		t.Errorf("files %v, expected a.txt alone", got)
	}
	if len(faults) != 1 || faults[0].Code != fault.Incomplete || faults[0].Place.Path != "b/c.txt" {
		t.Errorf("faults %v, expected one about b/c.txt", faults)
	}
}

// TestAnotherWorkTree: the verdict must not be on another folder than the one
// that was asked about.
func TestAnotherWorkTree(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a.txt": "a"})
	g.Git("config", "core.worktree", t.TempDir())
	_, err := repo.Open(t.Context(), g.Dir)
	if f, ok := errors.AsType[*fault.Error](err); !ok || f.Code != fault.Config {
		t.Errorf("opened, or failed otherwise: %v", err)
	}
}

// TestNameEndsInBlank: "shop " is another folder than "shop".
func TestNameEndsInBlank(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such names")
	}
	dir := filepath.Join(t.TempDir(), "shop ")
	if out, err := exec.Command("git", "init", "-q", dir).CombinedOutput(); err != nil {
		t.Fatalf("git init: %v: %s", err, out)
	}
	if root := open(t, dir).Root(); !strings.HasSuffix(root, "shop ") {
		t.Errorf("root is %q", root)
	}
}

// TestReadInside refuses what would leave the work tree or never end.
func TestReadInside(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a/b.txt": "text", "large.txt": "0123456789x"})
	r := open(t, g.Dir)
	if data, err := r.ReadInside("a/b.txt", 10); err != nil || string(data) != "text" {
		t.Errorf("read %q, %v", data, err)
	}
	if runtime.GOOS != "windows" {
		if out, err := exec.Command("mkfifo", filepath.Join(g.Dir, "pipe")).CombinedOutput(); err != nil {
			t.Skipf("mkfifo: %v: %s", err, out)
		}
		if err := os.Symlink("/etc", filepath.Join(g.Dir, "link")); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"large.txt", "pipe", "link/hostname", "../a", "none"} {
		if data, err := r.ReadInside(path, 10); err == nil {
			t.Errorf("%s: read %q", path, data)
		}
	}
}
