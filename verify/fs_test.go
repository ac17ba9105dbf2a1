//go:build unix

package verify_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/plimsoll-dev/plimsoll/verify"
)

func opensFS(t *testing.T, dir string) *verify.FolderFS {
	t.Helper()
	f, err := verify.FS(dir, opened(t, verify.Policy{}, folder(t, dir, true)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestFS(t *testing.T) {
	dir := tree(t)
	f := opensFS(t, dir)
	if err := fstest.TestFS(f, "index.html", "bin/run", "data/empty", "data/large", "home", "bin/data"); err != nil {
		t.Error(err)
	}
	for name, want := range map[string]string{"home": "<p>hello", "bin/run": "run", "bin/data/large": string(noise(700_000)), "data/empty": ""} {
		if got, err := fs.ReadFile(f, name); err != nil || string(got) != want {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if info, err := fs.Stat(f, "bin/run"); err != nil || info.Mode() != 0o555 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestFSFindsChanges: a file that was changed gives not a byte, and what was put
// there is not there.
func TestFSFindsChanges(t *testing.T) {
	dir := tree(t)
	f := opensFS(t, dir)
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(os.WriteFile(at("extra"), []byte("x"), 0o644), writeAt(at("data/large"), 300_000, "x"), os.Remove(at("index.html")),
		os.Symlink("bin/run", at("index.html")), os.Chmod(at("bin/run"), 0o644), os.Truncate(at("data/empty"), 1)); err != nil {
		t.Fatal(err)
	}
	tests := map[string]verify.Reason{"data/large": verify.WrongArtifact, "index.html": verify.UnsafeFile, "home": verify.UnsafeFile,
		"bin/run": verify.WrongArtifact, "data/empty": verify.WrongArtifact, "extra": "", "../site/extra": "", "bin/data/../../extra": ""}
	for name, want := range tests {
		got, err := fs.ReadFile(f, name)
		if err == nil || len(got) > 0 || verify.ReasonOf(err) != want {
			t.Errorf("%s: %d bytes, %v, expected %s", name, len(got), err, want)
		}
	}
	if _, err := f.Open("extra"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what nobody permitted: %v", err)
	}
}

// TestFSChangesWhileOpen: each chunk is held against what it was at the start.
func TestFSChangesWhileOpen(t *testing.T) {
	dir := tree(t)
	file, err := opensFS(t, dir).Open("data/large")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := writeAt(filepath.Join(dir, "data/large"), 600_000, "x"); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(file)
	if verify.ReasonOf(err) != verify.Changed || !bytes.Equal(got, noise(700_000)[:len(got)]) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// TestFSLoop: links that lead in a circle end.
func TestFSLoop(t *testing.T) {
	dir := tree(t)
	if err := errors.Join(os.Symlink("b", filepath.Join(dir, "a")), os.Symlink("a", filepath.Join(dir, "b"))); err != nil {
		t.Fatal(err)
	}
	if _, err := opensFS(t, dir).Open("a"); err == nil {
		t.Error("it opened")
	}
}

func TestFSRefuses(t *testing.T) {
	dir := tree(t)
	if _, err := verify.FS(dir, opened(t, verify.Policy{}, folder(t, dir, false))); verify.ReasonOf(err) != verify.Unsupported {
		t.Errorf("no manifest: %v", err)
	}
	if _, err := verify.FS(dir, opened(t, verify.Policy{}, app)); verify.ReasonOf(err) != verify.WrongArtifact {
		t.Errorf("no folder: %v", err)
	}
	if _, err := verify.FS(dir, nil); verify.ReasonOf(err) != verify.NoPermit {
		t.Errorf("no permit: %v", err)
	}
	a, b := folder(t, dir, true), folder(t, dir, false)
	a.Name, b.Name = "one", "two"
	b.Data, b.Attach = append(bytes.Clone(b.Data), '\n'), true
	if _, err := verify.FS(dir, opened(t, verify.Policy{}, a, b)); verify.ReasonOf(err) != verify.WrongArtifact {
		t.Errorf("one of two: %v", err)
	}
}
