//go:build unix

package revoke

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// ed is a signer as keyring has them.
type ed struct{ private ed25519.PrivateKey }

func newEd(seed byte) ed {
	return ed{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))}
}
func (s ed) Key() verify.Key {
	k, err := verify.NewKey(verify.Ed25519, s.private.Public().(ed25519.PublicKey))
	if err != nil {
		panic(err)
	}
	return k
}
func (s ed) Sign(_ context.Context, m []byte) ([]byte, error) {
	return ed25519.Sign(s.private, m), nil
}
func (ed) Close() error { return nil }

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// desk is a repository whose trust file wants two of the keys 1, 2 and 3 for a
// revocation, and a log.
func desk(t *testing.T) Options {
	t.Helper()
	dir := t.TempDir()
	o := deskIn(t, dir)
	if _, err := translog.Init(t.Context(), o.Log.Dir, o.Log.Signer, o.Log.Verifier); err != nil {
		t.Fatal(err)
	}
	return o
}

// deskIn is the desk in a folder whose log was made before.
func deskIn(t *testing.T, dir string) Options {
	t.Helper()
	const origin = "log.example.org"
	signer, err := translog.NewSigner(origin, newEd(9))
	if err != nil {
		t.Fatal(err)
	}
	line, err := translog.VerifierKey(origin, newEd(9).Key())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := translog.NewVerifier(line)
	if err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(dir, "log")
	keys := []string{newEd(1).Key().ID, newEd(2).Key().ID, newEd(3).Key().ID}
	doc := verify.TrustDocument{Type: verify.TrustType, Organisation: "Example", Version: 1, Epoch: 1, Issued: noon.AddDate(0, -1, 0), Expires: noon.AddDate(1, 0, 0),
		Roles: map[verify.Role]verify.Authority{verify.RoleRoot: {Threshold: 1, Keys: []string{newEd(4).Key().ID}}, verify.RoleRelease: {Threshold: 2, Keys: keys}, verify.RoleRevoke: {Threshold: 2, Keys: keys}}}
	for _, k := range []byte{1, 2, 3, 4} {
		doc.Keys = append(doc.Keys, verify.TrustKey{Key: newEd(k).Key().Line(), Name: "holder", Epoch: 1})
	}
	payload, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	file, err := envelope.Sign(context.Background(), verify.TrustPayload, payload, newEd(4))
	if err != nil {
		t.Fatal(err)
	}
	trust, err := verify.ReadTrust(append(file, '\n'), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, ".plimsoll"), 0o755); err != nil {
		t.Fatal(err)
	}
	return Options{Dir: dir, Trust: trust, Now: func() time.Time { return noon }, ValidFor: 720 * time.Hour,
		Log: &translog.Log{Dir: log, Signer: signer, Verifier: verifier}}
}

func (o Options) with(keys ...byte) Options {
	for _, k := range keys {
		o.Signers = append(o.Signers, newEd(k))
	}
	return o
}

func (o Options) taking(n string) Options {
	o.New = []verify.Revocation{{Permit: verify.Digest([]byte(n)), Product: "shop", Version: n, Since: noon, Because: "it leaks sessions", By: "Ada"}}
	return o
}

func do(t *testing.T, o Options) *Result {
	t.Helper()
	r, err := Revoke(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestTwoPeople: a list waits for its second signature, is logged and holds all
// that was revoked before.
func TestTwoPeople(t *testing.T) {
	o := desk(t)
	if r := do(t, o.taking("1.0").with(1)); !r.Pending || len(r.Added) != 1 {
		t.Fatalf("after one signature: %+v", r)
	}
	if _, err := os.Stat(o.path(record.Revocations)); err == nil {
		t.Error("one signature was enough")
	}
	if r := do(t, o.with(2)); r.Pending || r.Document.Version != 1 || r.Index != 0 {
		t.Fatalf("after two: %+v", r)
	}
	if r := do(t, o.taking("1.1").with(2, 3)); r.Pending || r.Document.Version != 2 || len(r.Document.Revoked) != 2 || r.Index != 1 {
		t.Errorf("the second: %+v", r)
	}
	renew := o.with(1, 3)
	renew.Renew, renew.ValidFor = true, 2*o.ValidFor
	if r := do(t, renew); len(r.Document.Revoked) != 2 || !r.Document.Expires.Equal(noon.Add(renew.ValidFor)) {
		t.Errorf("renewed: %+v", r)
	}
	data, err := os.ReadFile(o.path(record.Revocations))
	if err != nil {
		t.Fatal(err)
	}
	if doc, err := verify.ReadRevocations(data, o.Trust); err != nil || doc.Version != 3 {
		t.Errorf("package verify reads %+v, %v", doc, err)
	}
}

// TestKilled: after the log and before the file, the same list is completed.
func TestKilled(t *testing.T) {
	o := desk(t)
	do(t, o.taking("1.0").with(1))
	waiting, err := os.ReadFile(o.path(PendingFile))
	if err != nil {
		t.Fatal(err)
	}
	do(t, o.with(2))
	signed, err := os.ReadFile(o.path(record.Revocations))
	if err != nil {
		t.Fatal(err)
	}
	os.Remove(o.path(record.Revocations)) // killed before the rename
	write(t, o.path(PendingFile), signed)
	if r := do(t, o); r.Pending || r.Index != 0 || !bytes.Equal(must(os.ReadFile(o.path(record.Revocations))), signed) {
		t.Errorf("killed before the rename: %+v", r)
	}
	write(t, o.path(PendingFile), waiting) // killed after it
	if r := do(t, o.taking("1.1").with(1, 2)); r.Document.Version != 2 {
		t.Errorf("killed after the rename: %+v", r)
	}
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRefused(t *testing.T) {
	o := desk(t)
	for name, c := range map[string]struct {
		o    Options
		says string
	}{
		"nothing waits":       {o.with(1), "no revocation waits"},
		"nobody signs":        {o.taking("1.0"), "needs a key"},
		"a key that may not":  {o.taking("1.0").with(8), "may not revoke"},
		"a key of the root's": {o.taking("1.0").with(4), "may not revoke"},
	} {
		if _, err := Revoke(t.Context(), c.o); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(o.path(PendingFile)); err == nil {
			t.Errorf("%s: it was written", name)
		}
	}
	do(t, o.taking("1.0").with(1, 2))
	if _, err := Revoke(t.Context(), o.taking("1.0").with(1)); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("revoked twice: %v", err)
	}
	do(t, o.taking("1.1").with(1))
	if _, err := Revoke(t.Context(), o.taking("1.2").with(1)); fault.CodeOf(err) != fault.Usage {
		t.Errorf("two at once: %v", err)
	}
	// Somebody takes the first revocation back in the list that waits.
	e, doc, err := parse(must(os.ReadFile(o.path(PendingFile))))
	if err != nil {
		t.Fatal(err)
	}
	doc.Revoked = doc.Revoked[1:]
	e.Payload = must(json.Marshal(doc))
	write(t, o.path(PendingFile), must(json.Marshal(e)))
	if _, err := Revoke(t.Context(), o.with(2)); fault.CodeOf(err) != fault.Untrusted {
		t.Errorf("a list that leaves out what was revoked: %v", err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"payloadType":"` + verify.RevocationsPayload + `","payload":"e30=","signatures":[]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if e, doc, err := parse(data); err == nil {
			if e.PayloadType != verify.RevocationsPayload {
				t.Error("it is no list")
			}
			_ = extends(verify.RevocationsDocument{}, doc)
		}
	})
}
