package evidence_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	attestation "github.com/in-toto/attestation/go/v1"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// person makes a key that is the same at every run.
func person(t testing.TB, name string) (ed25519.PrivateKey, evidence.Key) {
	t.Helper()
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	private := ed25519.NewKeyFromSeed(seed)
	public, err := evidence.ParseKeyLine(evidence.KeyLine(private.Public().(ed25519.PublicKey)))
	if err != nil {
		t.Fatal(err)
	}
	return private, public
}

func given() evidence.Attestation {
	return evidence.Attestation{Requirement: "PL-DESIGN-1", Statement: "we did", By: "Ada", Effective: "2026-01-01", Until: "2026-06-01",
		Basis:   []evidence.Basis{{Name: "docs/log.md", Digest: "sha256:" + strings.Repeat("a", 64)}, {Name: "https://example.org", Outside: true}},
		Counter: "but not that", Repository: here}
}

// TestTwoSign: the second signature is over the same bytes, and each key counts once.
func TestTwoSign(t *testing.T) {
	ada, adaKey := person(t, "ada")
	bob, bobKey := person(t, "bob")
	eve, _ := person(t, "eve")
	keys := []evidence.Key{adaKey, bobKey}
	one, digest, err := evidence.SignAttestation(t.Context(), given(), ada)
	if err != nil {
		t.Fatal(err)
	}
	two, err := evidence.CoSign(t.Context(), "a.json", one, bob)
	if err != nil {
		t.Fatal(err)
	}
	s, err := evidence.OpenAttestation(t.Context(), "a.json", two, keys)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(given(), s.Word); diff != "" || s.Digest != digest {
		t.Errorf("digest %s, expected %s; %s", s.Digest, digest, diff)
	}
	if len(s.Signers) != 2 || s.Signers[0].ID != adaKey.ID || s.Signers[1].ID != bobKey.ID {
		t.Errorf("signers %+v", s.Signers)
	}
	if _, err := evidence.CoSign(t.Context(), "a.json", one, ada); err == nil || !strings.Contains(err.Error(), "already") {
		t.Errorf("the author signs again: %v", err)
	}
	if _, err := evidence.CoSign(t.Context(), "a.json", two, eve); err == nil || !strings.Contains(err.Error(), "two people") {
		t.Errorf("a third signs: %v", err)
	}
}

// TestWordsRefused spoils an attestation in each way that must be noticed.
func TestWordsRefused(t *testing.T) {
	ada, adaKey := person(t, "ada")
	bob, bobKey := person(t, "bob")
	eve, _ := person(t, "eve")
	sign := func(change func(*evidence.Attestation)) []byte {
		a := given()
		change(&a)
		envelope, _, err := evidence.SignAttestation(t.Context(), a, ada)
		if err != nil {
			t.Fatal(err)
		}
		return envelope
	}
	good := sign(func(*evidence.Attestation) {})
	change := func(fn func(e map[string]any)) []byte {
		var e map[string]any
		if err := json.Unmarshal(good, &e); err != nil {
			t.Fatal(err)
		}
		fn(e)
		out, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	stranger, err := evidence.CoSign(t.Context(), "a.json", good, eve)
	if err != nil {
		t.Fatal(err)
	}
	exemption, _, err := evidence.SignExemption(t.Context(), evidence.Exemption{Requirement: "x", Because: "y", By: "Ada", From: "2026-01-01", Until: "2026-01-02"}, ada)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		envelope []byte
		want     string
	}{
		"a flipped bit": {change(func(e map[string]any) {
			payload, _ := base64.StdEncoding.DecodeString(e["payload"].(string))
			payload[len(payload)/2] ^= 1
			e["payload"] = base64.StdEncoding.EncodeToString(payload)
		}), "does not fit"},
		"signed twice by one key": {change(func(e map[string]any) {
			e["signatures"] = append(e["signatures"].([]any), e["signatures"].([]any)[0])
		}), "signed twice by key"},
		"a second signature that is the first one's": {change(func(e map[string]any) {
			first := e["signatures"].([]any)[0].(map[string]any)
			e["signatures"] = append(e["signatures"].([]any), map[string]any{"keyid": bobKey.ID, "sig": first["sig"]})
		}), "does not fit"},
		"three signatures": {change(func(e map[string]any) {
			s := e["signatures"].([]any)[0]
			e["signatures"] = []any{s, s, s}
		}), "3 signatures, expected at most 2"},
		"no signature":              {change(func(e map[string]any) { e["signatures"] = []any{} }), "no signature"},
		"a stranger signed too":     {stranger, "none of the 2 known"},
		"another kind of word":      {exemption, "expected https://plimsoll.dev/attestation/v1"},
		"end before start":          {sign(func(a *evidence.Attestation) { a.Until = "2025-12-31" }), "ends (2025-12-31) before it begins (2026-01-01)"},
		"no date":                   {sign(func(a *evidence.Attestation) { a.Until = "soon" }), `"soon" (until) is no date`},
		"nobody says it":            {sign(func(a *evidence.Attestation) { a.By = " " }), "nobody who says it"},
		"no envelope":               {[]byte("{"), "no DSSE envelope"},
		"larger than a word can be": {make([]byte, 2<<20), "larger than"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := evidence.OpenAttestation(t.Context(), "a.json", test.envelope, []evidence.Key{adaKey, bobKey})
			if fault.CodeOf(err) != fault.Untrusted || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("got %v, expected a refusal with %q", err, test.want)
			}
			if f := fault.All(err)[0]; f.Place == nil || f.Place.Path != "a.json" || f.Hint == "" {
				t.Errorf("no place or no cure: %+v", f)
			}
		})
	}
	if _, err := evidence.CoSign(t.Context(), "a.json", []byte("{"), bob); err == nil {
		t.Error("a broken envelope was signed")
	}
}

func TestRevocation(t *testing.T) {
	ada, adaKey := person(t, "ada")
	r := evidence.Revocation{Of: "sha256:" + strings.Repeat("b", 64), Requirement: "PL-DESIGN-1", Because: "wrong", By: "Ada", Repository: here}
	envelope, _, err := evidence.SignRevocation(t.Context(), r, ada)
	if err != nil {
		t.Fatal(err)
	}
	s, err := evidence.OpenRevocation(t.Context(), "a.revoked.json", envelope, []evidence.Key{adaKey})
	if diff := cmp.Diff(r, s.Word); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	name := evidence.RevocationName("x/a.json")
	if of, ok := evidence.RevokedName(name); name != "x/a.revoked.json" || !ok || of != "x/a.json" {
		t.Errorf("names: %s, %s, %v", name, of, ok)
	}
	if _, ok := evidence.RevokedName("x/a.json"); ok {
		t.Error("an attestation is taken for a revocation")
	}
}

// TestInTotoReadsAttestations holds people's words against in-toto's own module.
func TestInTotoReadsAttestations(t *testing.T) {
	ada, _ := person(t, "ada")
	envelope, _, err := evidence.SignAttestation(t.Context(), given(), ada)
	if err != nil {
		t.Fatal(err)
	}
	var e struct{ Payload []byte }
	if err := json.Unmarshal(envelope, &e); err != nil {
		t.Fatal(err)
	}
	var s attestation.Statement
	if err := protojson.Unmarshal(e.Payload, &s); err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Error(err)
	}
}

// FuzzOpenAttestation: only what a known key signed is believed, whatever the
// bytes are, and what is believed has two days in order.
func FuzzOpenAttestation(f *testing.F) {
	ada, adaKey := person(f, "ada")
	bob, bobKey := person(f, "bob")
	one, digest, err := evidence.SignAttestation(f.Context(), given(), ada)
	if err != nil {
		f.Fatal(err)
	}
	two, err := evidence.CoSign(f.Context(), "a.json", one, bob)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(one)
	f.Add(two)
	f.Add([]byte(`{"payload":"e30=","payloadType":"application/vnd.in-toto+json","signatures":[{"keyid":"k","sig":"AA=="}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := evidence.OpenAttestation(t.Context(), "x", data, []evidence.Key{adaKey, bobKey})
		if err != nil {
			return
		}
		if s.Digest != digest || len(s.Signers) == 0 || len(s.Signers) > 2 || len(s.Signers) == 2 && s.Signers[0].ID == s.Signers[1].ID {
			t.Errorf("believed: %+v", s)
		}
	})
}

// TestOneSpellingOfAKey: the last digit of a key in base64 has two bits that mean
// nothing. With them set it would be another text for the same key, listed under
// nobody who can be found by it.
func TestOneSpellingOfAKey(t *testing.T) {
	line := evidence.KeyLine(make(ed25519.PublicKey, ed25519.PublicKeySize))
	if _, err := evidence.ParseKeyLine(line); err != nil {
		t.Fatal(err)
	}
	if _, err := evidence.ParseKeyLine(strings.TrimSuffix(line, "A=") + "B="); err == nil {
		t.Error("a second spelling of a key is taken")
	}
}
