// Package envelope writes signed envelopes (DSSE 1.0) that several people sign,
// one after the other. Package verify reads them; it cannot write any, since
// whoever only verifies should carry nothing that signs.
package envelope

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/p256"
	"github.com/plimsoll-dev/plimsoll/verify/pq"
)

// Signer signs with one key of the organisation. The message is what is signed;
// a signer of P-256 hashes it with SHA-256 itself.
type Signer interface {
	Key() verify.Key
	Sign(ctx context.Context, message []byte) ([]byte, error)
	Close() error
}

// Algorithms are the verifiers that package verify leaves to its callers.
func Algorithms() map[verify.Algorithm]verify.Verifier {
	return map[verify.Algorithm]verify.Verifier{verify.ECDSAP256: p256.Verify, verify.MLDSA65: pq.Verify}
}

// Errors of Add.
var (
	ErrSigned = errors.New("the key has signed it already")
	errNone   = errors.New("nobody signs it")
)

// Sign wraps a payload with the signatures of all signers: one line of JSON
// without its end.
func Sign(ctx context.Context, payloadType string, payload []byte, signers ...Signer) ([]byte, error) {
	if len(signers) == 0 {
		return nil, fmt.Errorf("signing a %s: %w", payloadType, errNone)
	}
	e := &verify.Envelope{PayloadType: payloadType, Payload: payload}
	for _, s := range signers {
		if err := add(ctx, e, s); err != nil {
			return nil, err
		}
	}
	return json.Marshal(e)
}

// Add adds a signature to an envelope. ErrSigned says that the key is among its
// signers already.
func Add(ctx context.Context, envelope []byte, signer Signer) ([]byte, error) {
	e, err := Read(envelope)
	if err != nil {
		return nil, err
	}
	if err := add(ctx, e, signer); err != nil {
		return nil, err
	}
	return json.Marshal(e)
}

func add(ctx context.Context, e *verify.Envelope, signer Signer) error {
	key := signer.Key()
	for _, s := range e.Signatures {
		if s.KeyID == key.ID {
			return fmt.Errorf("adding the signature of %s: %w", key.ID, ErrSigned)
		}
	}
	sig, err := signer.Sign(ctx, verify.PAE(e.PayloadType, e.Payload))
	if err != nil {
		return fmt.Errorf("signing with %s: %w", key.ID, err)
	}
	if !key.Verify(verify.PAE(e.PayloadType, e.Payload), sig, Algorithms()) {
		return fmt.Errorf("signing with %s: what keeps the key gave a signature that does not fit", key.ID)
	}
	e.Signatures = append(e.Signatures, verify.Signature{KeyID: key.ID, Sig: sig})
	return nil
}

// Read reads an envelope of ours: it verifies no signature. Strangers' envelopes
// are for package verify.
func Read(envelope []byte) (*verify.Envelope, error) {
	if len(envelope) > verify.MaxEnvelope {
		return nil, fmt.Errorf("reading an envelope: it has %d bytes, more than %d", len(envelope), verify.MaxEnvelope)
	}
	var e verify.Envelope
	decoder := json.NewDecoder(bytes.NewReader(envelope))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&e); err != nil {
		return nil, fmt.Errorf("reading an envelope: %w", err)
	}
	if decoder.More() {
		return nil, errors.New("reading an envelope: something follows it")
	}
	if e.PayloadType == "" || len(e.Payload) == 0 {
		return nil, errors.New("reading an envelope: it holds nothing")
	}
	return &e, nil
}

// Signers are the ids of the keys that an envelope says it is signed by.
func Signers(e *verify.Envelope) []string {
	ids := make([]string, len(e.Signatures))
	for i, s := range e.Signatures {
		ids[i] = s.KeyID
	}
	return ids
}
