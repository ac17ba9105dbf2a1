package verify_test

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// TestMemory: what was seen is not forgotten, and nobody leads a verifier back.
func TestMemory(t *testing.T) {
	o := verifytest.New()
	state := verify.FileState(filepath.Join(t.TempDir(), "state", "seen.json"))
	first, second := o.Release("app", "1.0.0", app).Bundle(), o.Release("app", "1.1.0", app).Bundle()
	see := func(o *verifytest.Org, bundle []byte) error {
		b, err := verify.OpenBundle(bundle, o.Trust(), verify.Policy{Now: now, State: state})
		if err != nil {
			return err
		}
		return b.Remember()
	}
	for _, bundle := range [][]byte{first, first, second} {
		if err := see(o, bundle); err != nil {
			t.Fatal(err)
		}
	}
	if err := see(o, first); verify.ReasonOf(err) != verify.VersionRollback {
		t.Errorf("an older release: %v", err)
	}
	r := o.Release("app", "1.1.1", app)
	r.Statement.Predicate.Sequence = 2
	if err := see(o, r.Bundle()); verify.ReasonOf(err) != verify.LogFork {
		t.Errorf("the same release twice: %v", err)
	}
	forked := verifytest.New() // the same keys, another history
	forked.Release("app", "0.9.0", app).Bundle()
	forked.Release("app", "0.9.1", app).Bundle()
	if err := see(forked, forked.Release("app", "2.0.0", app).Bundle()); verify.ReasonOf(err) != verify.LogFork {
		t.Errorf("a log that forked: %v", err)
	}
	o.Next(func(*verify.TrustDocument) {})
	if err := see(o, o.Release("app", "1.2.0", app).Bundle()); err != nil {
		t.Fatal(err)
	}
	if err := see(forked, second); verify.ReasonOf(err) != verify.TrustRollback {
		t.Errorf("an older trust file: %v", err)
	}
}

// TestMemoryTogether: many at once lose nothing.
func TestMemoryTogether(t *testing.T) {
	state := verify.FileState(filepath.Join(t.TempDir(), "seen.json"))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			product := string(rune('a' + i))
			if err := state.Save(verify.Memory{Organisations: map[string]verify.Seen{"example": {Products: map[string]verify.Newest{product: {Sequence: i + 1}}}}}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	memory, err := state.Load()
	if err != nil || len(memory.Organisations["example"].Products) != 20 {
		t.Errorf("%v, %v", memory, err)
	}
}

// TestStateBroken: a memory that cannot be read is no reason to forget.
func TestStateBroken(t *testing.T) {
	path := filepath.Join(t.TempDir(), "seen.json")
	if err := os.WriteFile(path, []byte(`{"organisations":`), 0o600); err != nil {
		t.Fatal(err)
	}
	o := verifytest.New()
	_, err := verify.OpenBundle(o.Release("app", "1.0.0", app).Bundle(), o.Trust(), verify.Policy{Now: now, State: verify.FileState(path)})
	if verify.ReasonOf(err) != verify.Malformed {
		t.Error(err)
	}
}
