package envelope

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// ed and ecdsaKey are signers as keyring has them.
type ed struct{ private ed25519.PrivateKey }

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

type ecdsaKey struct{ private *ecdsa.PrivateKey }

func (s ecdsaKey) Key() verify.Key {
	raw, err := s.private.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	k, err := verify.NewKey(verify.ECDSAP256, raw)
	if err != nil {
		panic(err)
	}
	return k
}
func (s ecdsaKey) Sign(_ context.Context, m []byte) ([]byte, error) {
	sum := sha256.Sum256(m)
	return ecdsa.SignASN1(rand.Reader, s.private, sum[:])
}
func (ecdsaKey) Close() error { return nil }

func newEd(seed byte) ed {
	return ed{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))}
}

// stranger verifies with go-securesystemslib, another implementation.
type stranger struct {
	id     string
	public crypto.PublicKey
}

func (s stranger) KeyID() (string, error)   { return s.id, nil }
func (s stranger) Public() crypto.PublicKey { return s.public }
func (s stranger) Verify(_ context.Context, data, sig []byte) error {
	switch k := s.public.(type) {
	case ed25519.PublicKey:
		if ed25519.Verify(k, data, sig) {
			return nil
		}
	case *ecdsa.PublicKey:
		if sum := sha256.Sum256(data); ecdsa.VerifyASN1(k, sum[:], sig) {
			return nil
		}
	}
	return errors.New("it does not fit")
}

// TestSecuresystemslib: the library of the DSSE specification's authors accepts
// our envelopes with two signatures of two algorithms, and refuses them changed.
func TestSecuresystemslib(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	a, b := newEd(1), ecdsaKey{private}
	payload := []byte(`{"hello":"world"}`)
	line, err := Sign(t.Context(), verify.StatementPayload, payload, a)
	if err != nil {
		t.Fatal(err)
	}
	if line, err = Add(t.Context(), line, b); err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsRune(line, '\n') {
		t.Error("an envelope is one line")
	}
	var e dsse.Envelope
	if err := json.Unmarshal(line, &e); err != nil {
		t.Fatal(err)
	}
	verifier, err := dsse.NewMultiEnvelopeVerifier(2,
		stranger{a.Key().ID, a.private.Public()}, stranger{b.Key().ID, private.Public()})
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := verifier.Verify(t.Context(), &e)
	if err != nil || len(accepted) != 2 {
		t.Fatalf("accepted %d signatures, %v", len(accepted), err)
	}
	e.PayloadType = "application/other"
	if _, err := verifier.Verify(t.Context(), &e); err == nil {
		t.Error("an envelope of another payload type was accepted")
	}
}

func TestPAE(t *testing.T) {
	want := "DSSEv1 29 http://example.com/HelloWorld 11 hello world"
	if got := string(verify.PAE("http://example.com/HelloWorld", []byte("hello world"))); got != want {
		t.Errorf("PAE is %q, the specification says %q", got, want)
	}
	vectors, err := os.ReadFile("../../../../shared/data/release/dsse/protocol-test-vector.md")
	if err != nil {
		t.Skip("the specification's test vector is not beside the repository")
	}
	if !strings.Contains(string(vectors), "\n"+want+"\n") {
		t.Error("the specification's test vector is another")
	}
}

func TestAddRefuses(t *testing.T) {
	a := newEd(1)
	line, err := Sign(t.Context(), verify.StatementPayload, []byte("{}"), a)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Add(t.Context(), line, a); !errors.Is(err, ErrSigned) {
		t.Errorf("the same key signed twice: %v", err)
	}
	if _, err := Sign(t.Context(), verify.StatementPayload, []byte("{}")); err == nil {
		t.Error("nobody signed, and it is an envelope")
	}
	for name, bad := range map[string]string{
		"nothing":       ``,
		"no payload":    `{"payloadType":"a","payload":"","signatures":[]}`,
		"unknown field": `{"payloadType":"a","payload":"YQ==","signatures":[],"x":1}`,
		"two":           string(line) + string(line),
		"no base64":     `{"payloadType":"a","payload":"?","signatures":[]}`,
	} {
		if _, err := Add(t.Context(), []byte(bad), a); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func FuzzRead(f *testing.F) {
	line, err := Sign(f.Context(), verify.StatementPayload, []byte("{}"), newEd(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Add([]byte(`{"payloadType":"a","payload":"YQ==","signatures":[{}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := Read(data)
		if err != nil {
			return
		}
		again, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(again); err != nil {
			t.Errorf("what was written cannot be read: %v", err)
		}
	})
}
