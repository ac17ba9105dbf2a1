//go:build unix

package verify_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// tree is a folder with a bit of everything.
func tree(t testing.TB) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "site")
	for name, data := range map[string]string{"index.html": "<p>hello", "bin/run": "run", "data/empty": "", "data/large": string(noise(700_000))} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(data), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Chmod(filepath.Join(dir, "bin/run"), 0o755), os.Symlink("../data", filepath.Join(dir, "bin/data")), os.Symlink("index.html", filepath.Join(dir, "home"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

func folder(t testing.TB, dir string, attach bool) verifytest.Content {
	t.Helper()
	data, size, err := verify.Manifest(dir)
	if err != nil {
		t.Fatal(err)
	}
	return verifytest.Content{Name: "site", Kind: verify.KindDir, Data: data, Size: size, Attach: attach}
}

// TestDir: everything that is done to a folder is found, and named.
func TestDir(t *testing.T) {
	tests := []struct {
		name string
		do   func(in func(string) string) error
		want verify.Reason
		says string
	}{
		{"nothing", func(func(string) string) error { return nil }, "", ""},
		{"an empty folder more", func(in func(string) string) error { return os.Mkdir(in("new"), 0o755) }, "", ""},
		{"a file less", func(in func(string) string) error { return os.Remove(in("index.html")) }, verify.WrongArtifact, "missing index.html"},
		{"an empty file more", func(in func(string) string) error { return os.WriteFile(in("data/.profile"), nil, 0o644) }, verify.WrongArtifact, "additional data/.profile"},
		{"another content", func(in func(string) string) error { return writeAt(in("data/large"), 300_000, "x") }, verify.WrongArtifact, "changed data/large"},
		{"may be run", func(in func(string) string) error { return os.Chmod(in("index.html"), 0o755) }, verify.WrongArtifact, "changed index.html (whether it may be run)"},
		{"a link leads elsewhere", func(in func(string) string) error {
			return errors.Join(os.Remove(in("home")), os.Symlink("bin/run", in("home")))
		}, verify.WrongArtifact, "changed home (leads to bin/run)"},
		{"a link for a file", func(in func(string) string) error {
			return errors.Join(os.Remove(in("index.html")), os.Symlink("data/empty", in("index.html")))
		}, verify.WrongArtifact, "changed index.html (a file for a link"},
		{"much more", func(in func(string) string) error { return os.Truncate(in("data/empty"), 1<<40) }, verify.WrongArtifact, "more than any folder"},
		{"much more, in two files", func(in func(string) string) error {
			return errors.Join(os.WriteFile(in("a"), nil, 0o644), os.Truncate(in("a"), 1<<43), os.Truncate(in("data/empty"), 1<<43))
		}, verify.WrongArtifact, "more than any folder"},
		{"a link that leads out", func(in func(string) string) error { return os.Symlink("../../etc", in("bin/out")) }, verify.UnsafeFile, "bin/out"},
		{"a link that leads out by another", func(in func(string) string) error { return os.Symlink("data/../../x", in("bin/out")) }, verify.UnsafeFile, "bin/out"},
		{"an absolute link", func(in func(string) string) error { return os.Symlink("/etc/passwd", in("out")) }, verify.UnsafeFile, "out"},
		{"a pipe", func(in func(string) string) error { return syscall.Mkfifo(in("pipe"), 0o644) }, verify.UnsafeFile, "pipe"},
		{"a name that misleads", func(in func(string) string) error { return os.WriteFile(in("gnp\u202e.exe"), nil, 0o644) }, verify.UnsafeName, ""},
		{"runs as its owner", func(in func(string) string) error { return os.Chmod(in("bin/run"), 0o755|os.ModeSetuid) }, verify.UnsafeFile, "bin/run"},
		{"deep", func(in func(string) string) error {
			return os.MkdirAll(in(strings.Repeat("d/", 70)), 0o755)
		}, verify.TooLarge, ""},
	}
	for _, test := range tests {
		dir := tree(t)
		b := opened(t, verify.Policy{}, folder(t, dir, true))
		if err := test.do(func(name string) string { return filepath.Join(dir, name) }); err != nil {
			t.Logf("%s: skipped, since this file system does not: %v", test.name, err)
			continue
		}
		p, err := verify.Dir(dir, b)
		if got := verify.ReasonOf(err); got != test.want || err == nil != p.Valid() || err != nil && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v (%s), expected %q %q", test.name, err, got, test.want, test.says)
		}
	}
}

func TestDirRefuses(t *testing.T) {
	dir := tree(t)
	b := opened(t, verify.Policy{}, folder(t, dir, false)) // no manifest in the bundle
	if p, err := verify.Dir(dir, b); err != nil || !p.Valid() {
		t.Error(err)
	}
	link := filepath.Join(t.TempDir(), "site")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		path string
		b    *verify.Bundle
		want verify.Reason
	}{
		"a link":            {link, b, verify.UnsafeFile},
		"a file":            {filepath.Join(dir, "index.html"), b, verify.UnsafeFile},
		"nothing":           {filepath.Join(dir, "missing"), b, verify.Unreadable},
		"another":           {filepath.Join(dir, "data"), b, verify.WrongArtifact},
		"a permit of files": {dir, opened(t, verify.Policy{}, app), verify.WrongArtifact},
		"no permit":         {dir, nil, verify.NoPermit},
	}
	for name, test := range tests {
		if p, err := verify.Dir(test.path, test.b); verify.ReasonOf(err) != test.want || p.Valid() {
			t.Errorf("%s: %v, expected %s", name, err, test.want)
		}
	}
}

// TestManifestIsOne: the same folder gives the same bytes.
func TestManifestIsOne(t *testing.T) {
	first, size, err := verify.Manifest(tree(t))
	if err != nil || size != 700_011 {
		t.Fatal(size, err)
	}
	second, _, err := verify.Manifest(tree(t))
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("%v\n%s\n%s", err, first, second)
	}
}

func FuzzManifest(f *testing.F) {
	data, _, err := verify.Manifest(tree(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"mediaType":"application/vnd.plimsoll.manifest.v1+json","entries":[{"path":"a","link":"../b"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := verify.ReadManifest(data)
		if err != nil {
			if verify.ReasonOf(err) == "" {
				t.Errorf("no refusal: %v", err)
			}
			return
		}
		for _, e := range m.Entries {
			if !filepath.IsLocal(e.Path) || e.Link != "" && !filepath.IsLocal(filepath.Join(filepath.Dir(e.Path), e.Link)) {
				t.Errorf("%q leads out to %q", e.Path, e.Link)
			}
		}
	})
}
