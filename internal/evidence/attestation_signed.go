package evidence

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// MaxSigners is how many people sign one word: its author and a second person.
const MaxSigners = 2

// maxWord bounds the envelope of a person's word.
const maxWord = 1 << 20

// Signed is a person's word that was verified.
type Signed[T any] struct {
	Word    T
	Digest  string // of the payload, "sha256:<hex>"
	Signers []Key  // one or two, in the order of the signatures
}

// wordStatement is an in-toto Statement v1 with a person's word as predicate.
type wordStatement[T any] struct {
	Type          string    `json:"_type"`
	Subject       []Subject `json:"subject"`
	PredicateType string    `json:"predicateType"`
	Predicate     T         `json:"predicate"`
}

// signWord signs a word about a repository and the files that it rests on.
func signWord[T any](ctx context.Context, kind string, word T, where Repository, basis []Basis, key ed25519.PrivateKey) (envelope []byte, digest string, err error) {
	s := wordStatement[T]{Type: StatementType, PredicateType: kind, Predicate: word}
	for _, root := range where.Roots {
		s.Subject = append(s.Subject, Subject{Name: "repository", Digest: map[string]string{"gitCommit": root}})
	}
	for _, b := range basis {
		if algorithm, value := splitDigest(b.Digest); b.Digest != "" {
			s.Subject = append(s.Subject, Subject{Name: b.Name, Digest: map[string]string{algorithm: value}})
		}
	}
	return sign(ctx, s, key)
}

// openWord verifies every signature and reads a word of the kind.
func openWord[T any](ctx context.Context, name, kind string, envelope []byte, keys []Key) (Signed[T], error) {
	var out Signed[T]
	payload, signers, err := openSigned(ctx, name, envelope, keys)
	if err != nil {
		return out, err
	}
	var s wordStatement[T]
	if err := json.Unmarshal(payload, &s); err != nil {
		return out, refused(name, "give it again", "its statement cannot be read: %v", err)
	}
	if s.Type != StatementType || s.PredicateType != kind {
		return out, refused(name, "move it to the folder that is meant for it", "it holds a %s about a %s, expected %s", s.Type, s.PredicateType, kind)
	}
	return Signed[T]{Word: s.Predicate, Digest: payloadDigest(payload), Signers: signers}, nil
}

// KindOf is the predicate type in an envelope, for sorting files into kinds. It
// verifies nothing; "" where there is none.
func KindOf(envelope []byte) string {
	var e dsse.Envelope
	if len(envelope) > maxWord || json.Unmarshal(envelope, &e) != nil {
		return ""
	}
	payload, err := e.DecodeB64Payload()
	if err != nil {
		return ""
	}
	var s struct {
		PredicateType string `json:"predicateType"`
	}
	if json.Unmarshal(payload, &s) != nil {
		return ""
	}
	return s.PredicateType
}

// openSigned wants every signature to be by another key that is known, and to
// fit. One that does not spoils the rest: nobody adds it by accident.
func openSigned(ctx context.Context, name string, envelope []byte, keys []Key) ([]byte, []Key, error) {
	e, err := readEnvelope(name, envelope)
	if err != nil {
		return nil, nil, err
	}
	var signers []Key
	var payload []byte
	for _, s := range e.Signatures {
		i := slices.IndexFunc(keys, func(k Key) bool { return k.ID == s.KeyID })
		if i < 0 {
			return nil, nil, fault.At(fault.Untrusted, fault.Place{Path: name}, "if you trust who signed it, list their public key under owners in .plimsoll/product.yaml; else delete the file",
				"verifying evidence %s: it is signed by key %s, which is none of the %d known here", name, short(s.KeyID), len(keys))
		}
		if slices.ContainsFunc(signers, func(k Key) bool { return k.ID == s.KeyID }) {
			return nil, nil, refused(name, "have a second person sign it", "it is signed twice by key %s, which counts once", short(s.KeyID))
		}
		one := dsse.Envelope{PayloadType: e.PayloadType, Payload: e.Payload, Signatures: []dsse.Signature{s}}
		if payload, err = verifyOne(ctx, &one, keys[i]); err != nil {
			return nil, nil, refused(name, "restore the file from git, or give it again",
				"its signature by key %s does not fit: the file was changed after it was signed", short(s.KeyID))
		}
		signers = append(signers, keys[i])
	}
	return payload, signers, nil
}

func readEnvelope(name string, envelope []byte) (*dsse.Envelope, error) {
	if len(envelope) > maxWord {
		return nil, refused(name, "delete it", "it is larger than %d bytes", maxWord)
	}
	var e dsse.Envelope
	if err := json.Unmarshal(envelope, &e); err != nil {
		return nil, refused(name, "restore the file from git, or give it again", "it is no DSSE envelope: %v", err)
	}
	switch n := len(e.Signatures); {
	case e.PayloadType != PayloadType:
		return nil, refused(name, "give it again", "its payload type is %q, expected %q", e.PayloadType, PayloadType)
	case n == 0:
		return nil, refused(name, "give it again", "it bears no signature")
	case n > MaxSigners:
		return nil, refused(name, "give it again", "it bears %d signatures, expected at most %d", n, MaxSigners)
	}
	return &e, nil
}

func verifyOne(ctx context.Context, e *dsse.Envelope, key Key) ([]byte, error) {
	ev, err := dsse.NewEnvelopeVerifier(verifier{key})
	if err != nil {
		return nil, fmt.Errorf("verifying evidence: %w", err)
	}
	_, payload, err := ev.VerifyAndDecode(ctx, e)
	return payload, err
}

// CoSign adds a second signature over the very bytes that the first is over.
// Whether the two keys belong to two people is for the caller to know.
func CoSign(ctx context.Context, name string, envelope []byte, key ed25519.PrivateKey) ([]byte, error) {
	e, err := readEnvelope(name, envelope)
	if err != nil {
		return nil, err
	}
	id, err := KeyID(key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(e.Signatures, func(s dsse.Signature) bool { return s.KeyID == id }) {
		return nil, refused(name, "have a second person sign it, with a key of their own", "it is signed by key %s already", short(id))
	}
	if len(e.Signatures) >= MaxSigners {
		return nil, refused(name, "give it again where another person has to sign", "two people have signed it already")
	}
	payload, err := e.DecodeB64Payload()
	if err != nil {
		return nil, refused(name, "give it again", "its payload cannot be read: %v", err)
	}
	es, err := dsse.NewEnvelopeSigner(signer{id: id, key: key})
	if err != nil {
		return nil, fmt.Errorf("signing evidence: %w", err)
	}
	second, err := es.SignPayload(ctx, PayloadType, payload)
	if err != nil {
		return nil, fmt.Errorf("signing evidence: %w", err)
	}
	if second.Payload != e.Payload {
		return nil, errors.New("signing evidence: the payload is not in its plain encoding")
	}
	e.Signatures = append(e.Signatures, second.Signatures...)
	out, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("signing evidence: %w", err)
	}
	return append(out, '\n'), nil
}

// refused is the fault of a file that cannot be believed, with what cures it.
func refused(name, hint, format string, args ...any) error {
	message := strings.TrimSpace(fmt.Sprintf(format, args...))
	return fault.At(fault.Untrusted, fault.Place{Path: name}, hint, "verifying evidence %s: %s", name, message)
}
