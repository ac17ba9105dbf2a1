//go:build linux

package cli_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/sealing"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

const guardExamples = "../../examples/guard"

// guarded is a machine in a folder: a program with its bundle, a trust file, a
// key, a sealed secret. The program is a shell; told to "serve" it runs the
// script of that name, which prints the secret.
func guarded(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh here")
	}
	shop, err := os.ReadFile(sh)
	if err != nil {
		t.Fatal(err)
	}
	o := verifytest.New()
	key, err := sealing.Generate()
	if err != nil {
		t.Fatal(err)
	}
	text, err := key.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	box, err := sealing.Seal(verify.Sealed{Name: "DATABASE", Organisation: "example", Product: "shop"}, []byte("open sesame"), key.Public())
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"shop": shop, "serve": []byte("echo serving ${DATABASE-without}\n"), "shop.plimsoll": o.Release("shop", "1.0.0", verifytest.Content{Name: "shop", Data: shop}).Bundle(),
		"trust.json": o.TrustFile(), "plimsoll.key": text, "database.sealed": box}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// serve runs a command line of an example in that folder, the command itself as
// a process of its own. It runs the right program and refuses another.
func serve(t *testing.T, dir, want string, command []string) {
	t.Helper()
	run := func() (string, error) {
		cmd := process(t, dir, command[1:]...)
		cmd.Dir = dir
		cmd.Env = append(cmd.Env, "CREDENTIALS_DIRECTORY="+dir, "PLIMSOLL_TEST_NOW="+verifytest.Now.Format("2006-01-02T15:04:05Z"))
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := run(); err != nil || out != want {
		t.Fatalf("%q: %v\n%s", command, err, out)
	}
	shop := filepath.Join(dir, "shop")
	data, err := os.ReadFile(shop)
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)-1] ^= 1
	if err := os.WriteFile(shop, data, 0o700); err != nil {
		t.Fatal(err)
	}
	if out, err := run(); err == nil || !strings.Contains(out, "[wrong-artifact]") || strings.Contains(out, "serving") {
		t.Errorf("another program: %v\n%s", err, out)
	}
}

// TestExampleContainer runs the entrypoint of the container as it stands.
func TestExampleContainer(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(guardExamples, "Dockerfile"))
	if err != nil {
		t.Fatal(err)
	}
	var command []string
	for _, what := range []string{"ENTRYPOINT", "CMD"} {
		var words []string
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, what+" "); ok {
				if err := json.Unmarshal([]byte(rest), &words); err != nil {
					t.Fatalf("%s: %v", what, err)
				}
			}
		}
		if len(words) == 0 {
			t.Fatalf("there is no %s", what)
		}
		command = append(command, words...)
	}
	dir := guarded(t)
	for i, word := range command {
		switch word {
		case "/run/plimsoll/trust.json", "/state/verified.json", "/shop":
			command[i] = filepath.Join(dir, filepath.Base(word))
		}
	}
	serve(t, dir, "serving without\n", command)
}

// execStart is the command line of a unit.
func execStart(t *testing.T, unit []byte) []string {
	t.Helper()
	joined := strings.ReplaceAll(string(unit), "\\\n", " ")
	_, rest, ok := strings.Cut(joined, "\nExecStart=")
	line, _, _ := strings.Cut(rest, "\n")
	if !ok || strings.ContainsAny(line, `"'`) {
		t.Fatalf("its ExecStart cannot be read here: %q", line)
	}
	return strings.Fields(line)
}

// TestExampleUnit runs the command line of the unit as it stands, with what
// systemd puts in for it.
func TestExampleUnit(t *testing.T) {
	unit, err := os.ReadFile(filepath.Join(guardExamples, "shop.service"))
	if err != nil {
		t.Fatal(err)
	}
	dir := guarded(t)
	command := execStart(t, unit)
	for i := range command {
		command[i] = strings.NewReplacer("${CREDENTIALS_DIRECTORY}", dir, "${STATE_DIRECTORY}", dir, "/opt/shop/shop", dir+"/shop").Replace(command[i])
	}
	serve(t, dir, "serving open sesame\n", command)
}

// TestExampleUnitIsSound asks systemd, which wants the program of a unit to be
// there.
func TestExampleUnitIsSound(t *testing.T) {
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("systemd-analyze is needed and not installed")
		}
		t.Skip("there is no systemd-analyze here")
	}
	unit, err := os.ReadFile(filepath.Join(guardExamples, "shop.service"))
	if err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	unit = bytes.ReplaceAll(unit, []byte("/usr/bin/plimsoll"), []byte(self))
	for name, test := range map[string]struct {
		unit  []byte
		sound bool
	}{"the example": {unit, true}, "a misspelt one": {bytes.ReplaceAll(unit, []byte("LoadCredential="), []byte("LoadCredentials=")), false}} {
		path := filepath.Join(t.TempDir(), "shop.service")
		if err := os.WriteFile(path, test.unit, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(analyze, "verify", path).CombinedOutput()
		if sound := err == nil && len(out) == 0; sound != test.sound {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}
