package verify_test

import (
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// minimalProgram builds the smallest program that verifies a file.
func minimalProgram(t *testing.T) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "minimal")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", out, "./testdata/minimal")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return out
}

// today is a release that stands by the real clock.
func today(t *testing.T, o *verifytest.Org, dir string) {
	t.Helper()
	o.Next(func(d *verify.TrustDocument) { d.Expires = time.Now().AddDate(1, 0, 0) })
	r := o.Release("app", "1.0.0", app)
	p := &r.Statement.Predicate
	p.Issued, p.Expires, r.Unlogged = time.Now().Add(-time.Minute).UTC(), time.Now().Add(time.Hour).UTC(), true
	for name, data := range map[string][]byte{"trust": o.TrustFile(), "bundle": r.Bundle(), "app": app.Data, "other": []byte("the pr0gram")} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// TestMinimal: what the package costs whoever links it, in bytes and modules,
// and that such a program does its work.
func TestMinimal(t *testing.T) {
	if testing.Short() {
		t.Skip("builds two programs")
	}
	program := minimalProgram(t)
	if info, err := os.Stat(program); err != nil || info.Size() > 3_000_000 {
		t.Errorf("%d bytes, expected 3,000,000 at most (%v)", info.Size(), err)
	} else {
		t.Logf("%d bytes", info.Size())
	}
	if info, err := buildinfo.ReadFile(program); err != nil || len(info.Deps) > 1 {
		t.Errorf("it brings the modules %v (%v)", info.Deps, err)
	}
	o, dir := verifytest.New(), t.TempDir()
	today(t, o, dir)
	runsMinimal(t, program, dir, "app", "")
	runsMinimal(t, program, dir, "other", "is no deliverable")
	o.Releasers[0] = verifytest.P256("release p256")
	o.Next(func(d *verify.TrustDocument) {
		d.Keys = append(d.Keys, verify.TrustKey{Key: o.Releasers[0].Key.Line(), Name: "p256", Epoch: 1})
		d.Roles[verify.RoleRelease] = verifytest.Authority(2, o.Releasers...)
	})
	today(t, o, dir)
	runsMinimal(t, program, dir, "app", "no verifier for it")
}

func runsMinimal(t *testing.T, program, dir, file, refusal string) {
	t.Helper()
	at := func(name string) string { return filepath.Join(dir, name) }
	out, err := exec.Command(program, at("trust"), at("bundle"), at(file)).CombinedOutput()
	if (err == nil) != (refusal == "") || !strings.Contains(string(out), refusal) {
		t.Errorf("%s: %v\n%s", file, err, out)
	}
}
