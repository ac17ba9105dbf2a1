package verify_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// TestSelf: this test's own program is the deliverable.
func TestSelf(t *testing.T) {
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	o := verifytest.New()
	release := func(data []byte) string {
		c := planted(t, "verify.test", data, verify.DefaultChunk)
		return written(t, "app.plimsoll", o.Release("app", "1.0.0", c).Bundle())
	}
	policy := verify.SelfPolicy{Policy: verify.Policy{Now: now, Product: "app"}, Trust: o.TrustFile(), Bundle: release(data)}
	if p, err := verify.Self(policy); err != nil || p.Says().Version != "1.0.0" {
		t.Errorf("%s, %v", p, err)
	}
	data[len(data)/2] ^= 1
	policy.Bundle = release(data)
	if p, err := verify.Self(policy); verify.ReasonOf(err) != verify.WrongArtifact || p.Valid() {
		t.Errorf("another program: %v", err)
	}
	policy.Bundle = filepath.Join(t.TempDir(), "missing")
	if _, err := verify.Self(policy); verify.ReasonOf(err) != verify.Unreadable {
		t.Errorf("no bundle: %v", err)
	}
	if _, err := verify.Self(verify.SelfPolicy{}); verify.ReasonOf(err) == "" {
		t.Errorf("no trust file: %v", err)
	}
}
