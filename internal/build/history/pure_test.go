package history

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

func TestIsDotGit(t *testing.T) {
	for name, want := range map[string]bool{
		".git": true, ".GIT": true, ".Git": true, "git~1": true, "GIT~1": true, ".git.": true, ".git ": true, ".git. .": true,
		".git::$INDEX_ALLOCATION": true, ".g\u200Cit": true, "\uFEFF.git": true,
		".github": false, ".gitignore": false, "git": false, "x.git": false, "git~2": false, "": false, ".gitmodules": false,
	} {
		if isDotGit(name) != want {
			t.Errorf("isDotGit(%q) = %v", name, !want)
		}
	}
}

func TestLinkLeads(t *testing.T) {
	for _, test := range []struct{ link, target, want string }{
		{"a", "b", ""},
		{"d/a", "../b", ""},
		{"d/e/a", "../../b/c", ""},
		{"a", "./b/../c", ""},
		{"a", "", ""},
		{"docs/a", "../.github/x", ""},
		{"a", "..", "outside"},
		{"d/a", "../../x", "outside"},
		{"d/a", "x/../../../d/a", "outside"}, // it comes back by the name of the folder, which may be any
		{"a", "/etc/passwd", "outside"},
		{"a", `C:\Windows`, "outside"},
		{"a", `..\x`, "outside"},
		{"a", ".git/config", "the git folder"},
		{"d/a", "../.GIT/hooks", "the git folder"},
		{"d/a", "../git~1", "the git folder"},
	} {
		if got := linkLeads(test.link, test.target); got != test.want {
			t.Errorf("a link at %s to %q leads to %q, want %q", test.link, test.target, got, test.want)
		}
	}
}

func TestSubmoduleFlaws(t *testing.T) {
	for _, test := range []struct {
		line string
		want event.Severity
	}{
		{"url = https://example.org/a.git", ""},
		{"url = git@example.org:a/b.git", ""},
		{"url = ssh://git@example.org:2222/a", ""},
		{"url = ../../a/b.git", ""},
		{"url = ./a", ""},
		{"url = example.org:a", ""},
		{"url = git@[::1]:a", ""},
		{"update = rebase", ""},
		{"path = a/b.c", ""},
		{"branch = -x", ""},
		{"URL = -u/bin/sh", event.High},
		{"url = \"ext::sh -c x\"", event.High},
		{"url = fd::17", event.High},
		{"url = ssh://-oProxyCommand=x/a", event.High},
		{"url = git@-oProxyCommand=x:a", event.High},
		{"url = \"https://example.org/a\\nb\"", event.High},
		{"path = ../a", event.High},
		{"path = .git/hooks", event.High},
		{"path = -a", event.High},
		{"path = \"a\r\"", event.High},
		{"update = !touch x", event.High},
		{"update = \\\n !touch x", event.High},
		{"url = file:///srv/a", event.Medium},
		{"url = /srv/a", event.Medium},
		{`url = C:\\srv\\a`, event.Medium},
		{"url = https://me:secret@example.org/a", event.Medium},
		{"url = http://example.org/a", event.Low},
		{"url = git://example.org/a", event.Low},
	} {
		var got event.Severity
		for _, f := range submoduleFlaws([]byte("[submodule \"a\"]\n\t" + test.line + "\n")) {
			got = f.severity
			if f.line != 2 {
				t.Errorf("%q: line %d", test.line, f.line)
			}
			if strings.Contains(f.what, "secret") {
				t.Errorf("%q: the message holds the password: %s", test.line, f.what)
			}
		}
		if got != test.want {
			t.Errorf("%q: got %q, want %q", test.line, got, test.want)
		}
	}
}

func TestParseConfig(t *testing.T) {
	got := parseConfig([]byte("\ufeff; comment\n[Core] editor = a # b\n[alias \"x\\\"y\"]\n  go = \"! a # b\" ; c\n\tlong = a \\\n  b\nflag\n[a.b]\nk=v\n[broken\nz = 1\n"))
	want := []setting{
		{"core", "", "editor", "a", 2},
		{"alias", `x"y`, "go", "! a # b", 4},
		{"alias", `x"y`, "long", "a   b", 5},
		{"alias", `x"y`, "flag", "", 7},
		{"a", "b", "k", "v", 9},
		{"", "", "z", "1", 11},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(setting{})); diff != "" {
		t.Error(diff)
	}
}

// A file of the largest size that is read costs no more than its length,
// whatever stands in it.
func TestHostileConfigIsCheap(t *testing.T) {
	start := time.Now()
	for _, piece := range []string{"a\\\n", "\\", "[", "[a \"", "\"", "x=\n", "[a]", "#"} {
		text := []byte(strings.Repeat(piece, maxGitFile/len(piece)))
		submoduleFlaws(text)
		attributeDrivers(text)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
}

func TestClassify(t *testing.T) {
	pe := "MZ" + strings.Repeat("\x00", 0x3a) + "\x40\x00\x00\x00PE\x00\x00"
	for _, test := range []struct{ path, head, want string }{
		{"a", "\x7fELF\x02\x01", program},
		{"a.exe", pe, program},
		{"a.dylib", "\xcf\xfa\xed\xfe\x07\x00\x00\x01", program},
		{"fat", "\xca\xfe\xba\xbe\x00\x00\x00\x02", program},
		{"A.class", "\xca\xfe\xba\xbe\x00\x00\x00\x34", bytecode},
		{"a.pyc", "\x42\x0d\x0d\x0a", bytecode},
		{"a.wasm", "\x00asm\x01\x00\x00\x00", webasm},
		{"a.jar", "PK\x03\x04", packed},
		{"gradle/wrapper/gradle-wrapper.jar", "PK\x03\x04", wrapper},
		{"a.zip", "PK\x03\x04", archive},
		{"a.tar.gz", "\x1f\x8b\x08\x00", archive},
		{"a.docx", "PK\x03\x04", document},
		{"icon.svgz", "\x1f\x8b\x08\x00", ""},
		{"notes.txt", "MZ is how a program begins", ""},
		{"a.txt", "hello", ""},
		{"a.pyc", "abcd", ""},
		{"a", "", ""},
	} {
		if got := classify(test.path, []byte(test.head)); got != test.want {
			t.Errorf("%s %q: got %q, want %q", test.path, test.head, got, test.want)
		}
	}
}

func TestCollisions(t *testing.T) {
	regular := func(paths ...string) (files []repo.File) {
		for _, p := range paths {
			files = append(files, repo.File{Path: p})
		}
		return files
	}
	withLink := append(regular("A/hooks/post-checkout"), repo.File{Path: "a", Mode: repo.Symlink})
	for name, test := range map[string]struct {
		files []repo.File
		want  []collision
	}{
		"none":            {regular("a", "ab", "a.b", "b/a"), nil},
		"case":            {regular("A/B", "a/b", "a/c"), []collision{{[]string{"A/B", "a/b"}, false}}},
		"three":           {regular("AA", "Aa", "aa"), []collision{{[]string{"AA", "Aa", "aa"}, false}}},
		"normalisation":   {regular("cafe\u0301", "caf\u00e9"), []collision{{[]string{"cafe\u0301", "caf\u00e9"}, false}}},
		"sharp s":         {regular("strasse", "stra\u00dfe"), []collision{{[]string{"strasse", "stra\u00dfe"}, false}}},
		"folder and link": {withLink, []collision{{[]string{"a", "A/hooks/post-checkout"}, true}}},
	} {
		got := collisions(test.files)
		if diff := cmp.Diff(test.want, got, cmp.AllowUnexported(collision{})); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestEmbeddedRepositories(t *testing.T) {
	var files []repo.File
	for _, p := range []string{"HEAD", "config", "objects/x", "a/HEAD", "a/config", "a/objects/ab/cd", "b/HEAD", "b/objects/x", "c/config"} {
		files = append(files, repo.File{Path: p})
	}
	if got := embeddedRepositories(files); len(got) != 1 || got[0] != "a" {
		t.Errorf("got %q", got)
	}
}

func TestFloatingTags(t *testing.T) {
	for name, want := range map[string]bool{"latest": true, "nightly": true, "v1": true, "release/latest": true, "v2.x": true, "nightly-build": true,
		"v1.0.0": false, "1.0": false, "v1.2": false, "release-1": false, "2024-01-01": false} {
		if floating.MatchString(name) != want {
			t.Errorf("%s: floating is %v", name, !want)
		}
	}
}

func TestIsTest(t *testing.T) {
	for path, want := range map[string]bool{"internal/testdata/a.zip": true, "src/__tests__/a.js": true, "a_test.go": true, "integration-tests/x": true,
		"src/latest/a": false, "contest/a": false, "lib/a.so": false} {
		if isTest(path) != want {
			t.Errorf("isTest(%s) = %v", path, !want)
		}
	}
}

func FuzzSteering(f *testing.F) {
	f.Add([]byte("[submodule \"../a\"]\n\turl = -x \\\n\\\"\n[a.b]c=d;"), "a/../.GIT ")
	f.Add([]byte("*.x filter=a diff=b\n"), "git~1/\u202e")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		lines := strings.Count(string(data), "\n") + 1
		for _, fl := range append(append(submoduleFlaws(data), configFlaws(data, event.Low)...), lfsFlaws(data)...) {
			if fl.line < 1 || fl.line > lines || fl.what == "" || fl.severity.Rank() < 0 {
				t.Errorf("a flaw that cannot be: %+v", fl)
			}
		}
		for _, d := range attributeDrivers(data) {
			if d.line < 1 || d.line > lines {
				t.Errorf("a driver that cannot be: %+v", d)
			}
		}
		linkLeads(path, string(data))
		classify(path, data)
		aliasesDotGit(path)
		collisions([]repo.File{{Path: path}, {Path: string(data), Mode: repo.Symlink}})
	})
}

func BenchmarkCollisions(b *testing.B) {
	var files []repo.File
	for i := range 100_000 {
		files = append(files, repo.File{Path: fmt.Sprintf("some/folder/of%d/File%d.go", i%100, i)})
	}
	for b.Loop() {
		collisions(files)
	}
}
