//go:build unix

package verify_test

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// TestFileUnsafe: only a regular file is a file.
func TestFileUnsafe(t *testing.T) {
	b := opened(t, verify.Policy{}, app)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	target := written(t, "app", app.Data)
	if err := os.Symlink(target, at("link")); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(at("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	if l, err := net.Listen("unix", at("socket")); err == nil {
		defer l.Close()
	}
	tests := map[string]verify.Reason{at("link"): verify.UnsafeFile, at("pipe"): verify.UnsafeFile, at("socket"): verify.UnsafeFile,
		dir: verify.UnsafeFile, os.DevNull: verify.UnsafeFile, at("missing"): verify.Unreadable, target + "/x": verify.Unreadable}
	for path, want := range tests {
		if p, err := verify.File(path, b); verify.ReasonOf(err) != want || p.Valid() {
			t.Errorf("%s: %v, expected %s", path, err, want)
		}
	}
	f, err := os.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := verify.Descriptor(f, b); verify.ReasonOf(err) != verify.UnsafeFile {
		t.Errorf("a folder's descriptor: %v", err)
	}
}
