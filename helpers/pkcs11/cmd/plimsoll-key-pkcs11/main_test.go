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
	t.Setenv("PLIMSOLL_KEYS", t.TempDir())
	t.Setenv("XDG_STATE_HOME", t.TempDir())
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

	product(t, dir)
	plimsoll("wrote .plimsoll/releases/1.0.0", "release", "prepare", "1.0.0", "--by", "Ada <ada@example.org>", "--sbom", "bill.json")
	plimsoll("!may not sign", "release", "seal", "1.0.0", "--trust", "trust.json", "--key", uri("root"))
	plimsoll("sealed shop 1.0.0", "release", "seal", "1.0.0", "--trust", "trust.json", "--key", uri("seal"))
	plimsoll("verified", "verify", "dist/app", "--no-state", "--trust", "trust.json", "--bundle", ".plimsoll/releases/1.0.0/1.0.0.plimsoll")
}

// product makes the folder the repository of a product that is fit to ship.
func product(t *testing.T, dir string) {
	t.Helper()
	for name, text := range map[string]string{
		".gitignore":             "*.json\npin\ndist/\n",
		"CHANGELOG.md":           "## 1.0.0\n",
		"dist/app":               "the program\n",
		"bill.json":              `{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": []}`,
		".plimsoll/product.yaml": "name: shop\ndeliverables: [{name: shop, path: dist/app}]\ngate: {rule: \"fail < 100\"}\nrelease:\n  approvals: []\n  preconditions:\n    - {id: tests, title: none here, expression: tests.failed == 0, fix: none}\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=Ada", "-c", "user.email=ada@example.org", "commit", "-qm", "one"}} {
		if out, err := exec.Command("git", append([]string{"-C", dir}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
}
