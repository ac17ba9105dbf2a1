package evidence

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// AttestationsDir is where people's attestations stand in a repository, one
// DSSE envelope a file.
const AttestationsDir = ".plimsoll/attestations"

// AttestationType names a person's word about a requirement.
const AttestationType = "https://plimsoll.dev/attestation/v1"

// Attestation is a person's word that a requirement is met, until a day.
type Attestation struct {
	Requirement string     `json:"requirement"`
	Statement   string     `json:"statement"` // what the person says, and how they know
	By          string     `json:"by"`
	Effective   string     `json:"effective"` // YYYY-MM-DD, first day on which it holds
	Until       string     `json:"until"`     // YYYY-MM-DD, last day
	Recorded    time.Time  `json:"recorded"`
	Basis       []Basis    `json:"basis,omitempty"`
	Repository  Repository `json:"repository"`
}

// Basis is a file or address that the person went by.
type Basis struct {
	Name   string `json:"name"`             // path in the repository, or URL
	Digest string `json:"digest,omitempty"` // of a file at the time
}

type attestationStatement struct {
	Type          string      `json:"_type"`
	Subject       []Subject   `json:"subject"`
	PredicateType string      `json:"predicateType"`
	Predicate     Attestation `json:"predicate"`
}

// SignAttestation wraps a in a signed envelope. The subject is the repository
// by its first commits, and each file that the person went by.
func SignAttestation(ctx context.Context, a Attestation, key ed25519.PrivateKey) (envelope []byte, digest string, err error) {
	s := attestationStatement{Type: StatementType, PredicateType: AttestationType, Predicate: a}
	for _, root := range a.Repository.Roots {
		s.Subject = append(s.Subject, Subject{Name: "repository", Digest: map[string]string{"gitCommit": root}})
	}
	for _, b := range a.Basis {
		if algorithm, value := splitDigest(b.Digest); b.Digest != "" {
			s.Subject = append(s.Subject, Subject{Name: b.Name, Digest: map[string]string{algorithm: value}})
		}
	}
	return sign(ctx, s, key)
}

// OpenAttestation verifies an attestation with the keys of the product's people
// and returns it, its digest and the key that signed. An error is a
// *fault.Error with code Untrusted.
func OpenAttestation(ctx context.Context, name string, envelope []byte, keys []Key) (Attestation, string, Key, error) {
	payload, key, err := openPayload(ctx, name, envelope, keys)
	if err != nil {
		return Attestation{}, "", Key{}, err
	}
	var s attestationStatement
	if err := readStatement(name, payload, &s); err != nil {
		return Attestation{}, "", Key{}, err
	}
	if s.Type != StatementType || s.PredicateType != AttestationType {
		return Attestation{}, "", Key{}, broken(name, "it holds a %s about a %s, expected %s", s.Type, s.PredicateType, AttestationType)
	}
	for field, day := range map[string]string{"effective": s.Predicate.Effective, "until": s.Predicate.Until} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return Attestation{}, "", Key{}, broken(name, "its day %q (%s) is no date", day, field)
		}
	}
	return s.Predicate, payloadDigest(payload), key, nil
}

// keyLine opens the one-line form of a public key, as product.yaml holds it.
const keyLine = "ed25519:"

// KeyLine is a public key on one line: "ed25519:<base64>".
func KeyLine(public ed25519.PublicKey) string {
	return keyLine + base64.StdEncoding.EncodeToString(public)
}

// ParseKeyLine reads what KeyLine writes.
func ParseKeyLine(line string) (Key, error) {
	text, ok := strings.CutPrefix(strings.TrimSpace(line), keyLine)
	raw, err := base64.StdEncoding.DecodeString(text)
	if !ok || err != nil || len(raw) != ed25519.PublicKeySize {
		return Key{}, fault.New(fault.Config, "`plimsoll key export --line` prints one", "%q is no public key of the form ed25519:<base64>", line)
	}
	id, err := KeyID(raw)
	if err != nil {
		return Key{}, fmt.Errorf("reading a public key: %w", err)
	}
	return Key{ID: id, Public: raw}, nil
}
