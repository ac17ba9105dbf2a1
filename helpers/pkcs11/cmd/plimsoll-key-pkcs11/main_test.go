package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/helpers/pkcs11/token/tokentest"
	"github.com/plimsoll-dev/plimsoll/internal/release/keyring"
)

// build builds a program of this repository into dir.
func build(t *testing.T, dir, name, cgo, from, pkg string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, name), pkg)
	cmd.Dir = from
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", name, err, out)
	}
}

// TestCeremony: the real programs make a trust file with keys that never leave
// the token; a key in a file alone would not be enough.
func TestCeremony(t *testing.T) {
	module := tokentest.New(t)
	bin, dir := t.TempDir(), t.TempDir()
	build(t, bin, "plimsoll", "0", "../../../..", "./cmd/plimsoll")
	build(t, bin, "plimsoll-key-pkcs11", "1", ".", ".")
	t.Setenv("PATH", bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	pin := filepath.Join(dir, "pin")
	if err := os.WriteFile(pin, []byte(tokentest.PIN), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PLIMSOLL_PASSPHRASE_FILE", pin)
	plimsoll := func(wants string, args ...string) {
		t.Helper()
		cmd := exec.Command(filepath.Join(bin, "plimsoll"), args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if refused := strings.HasPrefix(wants, "!"); (err != nil) != refused || !strings.Contains(string(out), strings.TrimPrefix(wants, "!")) {
			t.Fatalf("plimsoll %s: %v, expected %q\n%s", strings.Join(args, " "), err, wants, out)
		}
		if bytes.Contains(out, []byte(tokentest.PIN)) {
			t.Errorf("the PIN is shown:\n%s", out)
		}
	}
	uri := func(object string) string { return "pkcs11:token=release;object=" + object + "?module-path=" + module }
	line := func(object string) string {
		t.Helper()
		s, err := keyring.Open(t.Context(), uri(object), func(string) (string, error) { return tokentest.PIN, nil })
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		return s.Key().Line()
	}
	plimsoll(line("seal"), "key", "public", uri("seal"))
	plimsoll("2 more must sign", "key", "ceremony", "--organisation", "example", "--out", "draft.json",
		"--root", "ada="+line("seal"), "--root", "grace="+line("root"), "--root-threshold", "2",
		"--release", "ada="+line("seal"), "--release-threshold", "1")
	plimsoll("1 more must sign", "trust", "sign", "draft.json", "--yes", "--key", uri("seal"))
	plimsoll("!", "trust", "finish", "draft.json", "--trust", "trust.json")
	plimsoll("!0 private keys", "trust", "sign", "draft.json", "--yes", "--key", uri("none"))
	plimsoll("enough have signed", "trust", "sign", "draft.json", "--yes", "--key", uri("root")+"&pin-source=file:"+pin)
	plimsoll("is at version 1", "trust", "finish", "draft.json", "--trust", "trust.json")
	plimsoll("release  1 of 1", "trust", "show", "trust.json")
}
