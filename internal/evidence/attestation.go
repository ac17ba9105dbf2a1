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
	Requirement string    `json:"requirement"`
	Statement   string    `json:"statement"` // what the person says, and how they know
	By          string    `json:"by"`
	Effective   string    `json:"effective"` // YYYY-MM-DD, first day on which it holds; may lie before Recorded
	Until       string    `json:"until"`     // YYYY-MM-DD, last day
	Recorded    time.Time `json:"recorded"`
	// Revision is the digest of the sentence that was attested, where the
	// organisation words the requirement itself: knowledge.Requirement.Revision.
	Revision string  `json:"revision,omitempty"`
	Basis    []Basis `json:"basis,omitempty"`
	// Counter is what speaks against it, as its author saw it.
	Counter      string     `json:"counter,omitempty"`
	CounterBasis []Basis    `json:"counterBasis,omitempty"`
	Repository   Repository `json:"repository"`
}

// Basis is a file or address that the person went by.
type Basis struct {
	Name   string `json:"name"`             // path in the repository, URL, or what a document is called
	Digest string `json:"digest,omitempty"` // of a file at the time
	// Outside says that it does not stand in the repository, where its digest
	// could be compared.
	Outside bool `json:"outside,omitempty"`
}

// SignAttestation wraps a in an envelope with the author's signature. The
// subject is the repository by its first commits, and each file that the person
// went by. Digest is that of the payload, "sha256:<hex>".
func SignAttestation(ctx context.Context, a Attestation, key ed25519.PrivateKey) (envelope []byte, digest string, err error) {
	return signWord(ctx, AttestationType, a, a.Repository, append(a.Basis[:len(a.Basis):len(a.Basis)], a.CounterBasis...), key)
}

// OpenAttestation verifies an attestation with the keys of the product's
// people: every signature in the envelope must be by one of them, by each at
// most once, and fit. An error is a *fault.Error with code Untrusted.
func OpenAttestation(ctx context.Context, name string, envelope []byte, keys []Key) (Signed[Attestation], error) {
	s, err := openWord[Attestation](ctx, name, AttestationType, envelope, keys)
	if err != nil {
		return s, err
	}
	a := s.Word
	if strings.TrimSpace(a.Requirement) == "" || strings.TrimSpace(a.By) == "" {
		return s, refused(name, "give it again with `plimsoll attest`", "it names no requirement or nobody who says it")
	}
	return s, checkDays(name, "effective", a.Effective, a.Until)
}

// checkDays wants two days of the calendar, the first no later than the last.
func checkDays(name, field, first, last string) error {
	for _, day := range []struct{ field, text string }{{field, first}, {"until", last}} {
		if _, err := time.Parse(time.DateOnly, day.text); err != nil {
			return refused(name, "give it again with days as YYYY-MM-DD", "its day %q (%s) is no date", day.text, day.field)
		}
	}
	if last < first {
		return refused(name, "give it again with a later end", "it ends (%s) before it begins (%s)", last, first)
	}
	return nil
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
	// Strict: of two spellings of one key, texts that are compared would make two.
	raw, err := base64.StdEncoding.Strict().DecodeString(text)
	if !ok || err != nil || len(raw) != ed25519.PublicKeySize {
		return Key{}, fault.New(fault.Config, "`plimsoll key export --line` prints one", "%q is no public key of the form ed25519:<base64>", line)
	}
	id, err := KeyID(raw)
	if err != nil {
		return Key{}, fmt.Errorf("reading a public key: %w", err)
	}
	return Key{ID: id, Public: raw}, nil
}
