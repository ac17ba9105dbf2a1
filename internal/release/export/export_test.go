package export

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Package helpers/sigstore has sigstore-go verify what this package writes.

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

func TestSigstore(t *testing.T) {
	line, err := envelope.Sign(t.Context(), verify.StatementPayload, []byte(`{"predicateType":"`+verify.VSAType+`"}`), newEd(1), newEd(2))
	if err != nil {
		t.Fatal(err)
	}
	data, err := Sigstore(line, newEd(2).Key())
	if err != nil {
		t.Fatal(err)
	}
	var b sigstoreBundle
	if err := json.Unmarshal(data, &b); err != nil {
		t.Fatal(err)
	}
	if b.MediaType != SigstoreMedia || len(b.DSSE.Signatures) != 1 || !ed25519.Verify(newEd(2).Key().Public, verify.PAE(b.DSSE.PayloadType, b.DSSE.Payload), b.DSSE.Signatures[0].Sig) {
		t.Errorf("it is %s", data)
	}
	if _, err := Sigstore(line, newEd(3).Key()); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a key that did not sign: %v", err)
	}
	if kind, err := PredicateType(line); err != nil || Name(kind) != "vsa" {
		t.Errorf("it is called %q, %v", Name(kind), err)
	}
}

// TestPEM: the standard library reads the key, and it is the same.
func TestPEM(t *testing.T) {
	block, _ := pem.Decode(PEM(newEd(1).Key()))
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil || !newEd(1).private.Public().(ed25519.PublicKey).Equal(public) {
		t.Errorf("%v, %v", public, err)
	}
}
