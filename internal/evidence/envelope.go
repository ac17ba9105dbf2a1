package evidence

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// signer signs for DSSE with a local key.
type signer struct {
	id  string
	key ed25519.PrivateKey
}

func (s signer) Sign(_ context.Context, data []byte) ([]byte, error) {
	return ed25519.Sign(s.key, data), nil
}
func (s signer) KeyID() (string, error) { return s.id, nil }

// verifier verifies for DSSE with a public key.
type verifier struct{ key Key }

func (v verifier) Verify(_ context.Context, data, sig []byte) error {
	if len(sig) != ed25519.SignatureSize || !ed25519.Verify(v.key.Public, data, sig) {
		return errors.New("the signature does not fit")
	}
	return nil
}
func (v verifier) KeyID() (string, error)   { return v.key.ID, nil }
func (v verifier) Public() crypto.PublicKey { return v.key.Public }

// sign wraps a statement of any kind in a DSSE envelope, as JSON on one line,
// and returns the digest of its payload.
func sign(ctx context.Context, statement any, key ed25519.PrivateKey) (envelope []byte, digest string, err error) {
	id, err := KeyID(key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, "", err
	}
	payload, err := json.Marshal(statement)
	if err != nil {
		return nil, "", fmt.Errorf("signing evidence: %w", err)
	}
	es, err := dsse.NewEnvelopeSigner(signer{id: id, key: key})
	if err != nil {
		return nil, "", fmt.Errorf("signing evidence: %w", err)
	}
	e, err := es.SignPayload(ctx, PayloadType, payload)
	if err != nil {
		return nil, "", fmt.Errorf("signing evidence: %w", err)
	}
	envelope, err = json.Marshal(e)
	if err != nil {
		return nil, "", fmt.Errorf("signing evidence: %w", err)
	}
	return append(envelope, '\n'), payloadDigest(payload), nil
}

func payloadDigest(payload []byte) string {
	sum := sha256.Sum256(payload)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// maxEnvelope bounds an envelope that is read.
const maxEnvelope = 256 << 20

// Open verifies an envelope with the keys known and returns its record and the
// digest of its payload. An error is a *fault.Error with code Untrusted that
// says which of signature, key or content does not fit.
func Open(ctx context.Context, name string, envelope []byte, keys []Key) (Record, string, error) {
	payload, _, err := openPayload(ctx, name, envelope, keys)
	if err != nil {
		return Record{}, "", err
	}
	var s Statement
	if err := readStatement(name, payload, &s); err != nil {
		return Record{}, "", err
	}
	if s.Type != StatementType || s.PredicateType != PredicateType {
		return Record{}, "", broken(name, "it holds a %s about a %s, expected %s", s.Type, s.PredicateType, PredicateType)
	}
	return s.Predicate, payloadDigest(payload), nil
}

// openPayload verifies the signature and returns what was signed, and by whom.
func openPayload(ctx context.Context, name string, envelope []byte, keys []Key) ([]byte, Key, error) {
	var e dsse.Envelope
	if err := json.Unmarshal(envelope, &e); err != nil {
		return nil, Key{}, broken(name, "it is no DSSE envelope: %v", err)
	}
	if e.PayloadType != PayloadType {
		return nil, Key{}, broken(name, "its payload type is %q, expected %q", e.PayloadType, PayloadType)
	}
	if len(e.Signatures) == 0 {
		return nil, Key{}, broken(name, "it bears no signature")
	}
	key, err := keyFor(name, e.Signatures, keys)
	if err != nil {
		return nil, Key{}, err
	}
	ev, err := dsse.NewEnvelopeVerifier(verifier{key})
	if err != nil {
		return nil, Key{}, fmt.Errorf("verifying evidence: %w", err)
	}
	_, payload, err := ev.VerifyAndDecode(ctx, &e)
	if err != nil {
		return nil, Key{}, broken(name, "its signature by key %s does not fit: the file was changed after it was signed", short(key.ID))
	}
	return payload, key, nil
}

// keyFor picks the key that a signature names.
func keyFor(name string, signatures []dsse.Signature, keys []Key) (Key, error) {
	for _, s := range signatures {
		for _, k := range keys {
			if s.KeyID == k.ID {
				return k, nil
			}
		}
	}
	return Key{}, fault.New(fault.Untrusted,
		"if you trust who signed it, name their public key; else delete it and run `plimsoll check`",
		"verifying evidence %s: it is signed by key %s, which is none of the %d known here", name, short(signatures[0].KeyID), len(keys))
}

func readStatement(name string, payload []byte, into any) error {
	if err := json.NewDecoder(bytes.NewReader(payload)).Decode(into); err != nil {
		return broken(name, "its statement cannot be read: %v", err)
	}
	return nil
}

func broken(name, format string, args ...any) error {
	return fault.New(fault.Untrusted, "delete the file and run `plimsoll check`: the check is called again",
		"verifying evidence %s: %s", name, fmt.Sprintf(format, args...))
}

func short(id string) string { return id[:min(len(id), 16)] }
