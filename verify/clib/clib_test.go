//go:build cgo && unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/sealing"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// TestExamples builds the library and runs the examples of other languages
// against it: what they print is what a reader of them will get.
func TestExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a C compiler and a minute of building")
	}
	dir := t.TempDir()
	library := built(t, dir)
	box, key := release(t, dir)
	languages := map[string][]string{"C": {inC(t, dir, library)}}
	if python, err := exec.LookPath("python3"); err == nil {
		languages["Python"] = []string{python, "example.py", library}
	} else {
		t.Log("no python3 here: its example is not run")
	}
	if node, err := exec.LookPath("node"); err == nil && exec.Command(node, "-e", "require('koffi')").Run() == nil {
		languages["Node"] = []string{node, "example.js", library}
	} else {
		t.Logf("no node with koffi here (set NODE_PATH, now %q, to the folder where koffi is installed): its example is not run", os.Getenv("NODE_PATH"))
	}
	for name, command := range languages {
		t.Run(name, func(t *testing.T) {
			run := func(args ...string) (string, bool) {
				cmd := exec.Command(command[0], append(command[1:len(command):len(command)], args...)...)
				out, err := cmd.CombinedOutput()
				return string(out), err == nil
			}
			at := func(name string) string { return filepath.Join(dir, name) }
			if out, ok := run(at("trust.json"), at("app.plimsoll"), at("app"), box, key); !ok || !strings.Contains(out, "verified app 1.2.0") || !strings.Contains(out, "secret of 11 bytes") {
				t.Errorf("%s", out)
			}
			if out, ok := run(at("trust.json"), at("app.plimsoll"), at("other"), box, key); ok || !strings.Contains(out, "[wrong-artifact]") || strings.Contains(out, "secret") {
				t.Errorf("another program: %s", out)
			}
			if out, ok := run(at("trust.json"), at("missing"), at("app")); ok || !strings.Contains(out, "[unreadable]") {
				t.Errorf("no bundle: %s", out)
			}
		})
	}
}

func built(t *testing.T, dir string) string {
	t.Helper()
	library := filepath.Join(dir, "libplimsoll.so")
	if out, err := exec.Command("go", "build", "-buildmode=c-shared", "-o", library, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return library
}

func inC(t *testing.T, dir, library string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("a C compiler is needed and not installed")
		}
		t.Skip("there is no C compiler here")
	}
	program := filepath.Join(dir, "example")
	if out, err := exec.Command(cc, "-Wall", "-Wextra", "-Werror", "-o", program, "testdata/example.c", library, "-Wl,-rpath,"+dir).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// release makes one that stands today, since the library asks the real clock.
func release(t *testing.T, dir string) (box, key string) {
	t.Helper()
	put := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	o := verifytest.New()
	o.Next(func(d *verify.TrustDocument) { d.Expires = time.Now().AddDate(1, 0, 0) })
	r := o.Release("app", "1.2.0", verifytest.Content{Name: "app", Data: []byte("the program")})
	r.Statement.Predicate.Issued, r.Statement.Predicate.Expires, r.Unlogged = time.Now().Add(-time.Minute).UTC(), time.Now().Add(time.Hour).UTC(), true
	put("trust.json", o.TrustFile())
	put("app.plimsoll", r.Bundle())
	put("app", []byte("the program"))
	put("other", []byte("the pr0gram"))
	private, err := sealing.Generate()
	if err != nil {
		t.Fatal(err)
	}
	text, err := private.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	data, err := sealing.Seal(verify.Sealed{Name: "DATABASE", Organisation: "example", Product: "app"}, []byte("open sesame"), private.Public())
	if err != nil {
		t.Fatal(err)
	}
	return put("database.sealed", data), put("unseal.key", text)
}
