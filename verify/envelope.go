package verify

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
)

// Envelope is a DSSE envelope (secure-systems-lab/dsse, protocol 1.0.2).
type Envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     []byte      `json:"payload"` // base64 in JSON
	Signatures  []Signature `json:"signatures"`
}

// Signature is one over PAE of the envelope. KeyID is a hint.
type Signature struct {
	KeyID string `json:"keyid,omitempty"`
	Sig   []byte `json:"sig"`
}

// What bounds the work that an envelope can ask for: each signature that names no
// key is tried with all keys of a role, over as much as an envelope holds.
const (
	maxSignatures = 64
	maxUnnamed    = 8
)

// PAE is what is signed: DSSE's pre-authentication encoding.
func PAE(payloadType string, payload []byte) []byte {
	out := make([]byte, 0, len(payload)+len(payloadType)+32)
	out = append(out, "DSSEv1 "...)
	out = append(strconv.AppendInt(out, int64(len(payloadType)), 10), ' ')
	out = append(append(out, payloadType...), ' ')
	out = append(strconv.AppendInt(out, int64(len(payload)), 10), ' ')
	return append(out, payload...)
}

// readEnvelope reads an envelope of the type that the caller expects. Its
// signatures are not verified yet.
func readEnvelope(what string, line []byte, payloadType string) (Envelope, error) {
	var e Envelope
	if len(line) > MaxEnvelope {
		return e, refuse(TooLarge, "reading %s: it has %d bytes, more than %d", what, len(line), MaxEnvelope)
	}
	if err := decode(what, line, &e); err != nil {
		return e, err
	}
	unnamed := 0
	for _, s := range e.Signatures {
		if s.KeyID == "" {
			unnamed++
		}
	}
	switch {
	case e.PayloadType != payloadType:
		return e, refuse(WrongType, "reading %s: its payload is of the type %q, expected %q", what, cut(e.PayloadType), payloadType)
	case len(e.Signatures) == 0:
		return e, refuse(Threshold, "reading %s: it bears no signature", what)
	case len(e.Signatures) > maxSignatures:
		return e, refuse(TooLarge, "reading %s: it bears %d signatures, more than %d", what, len(e.Signatures), maxSignatures)
	case unnamed > maxUnnamed:
		return e, refuse(TooLarge, "reading %s: %d of its signatures name no key, more than %d", what, unnamed, maxUnnamed)
	}
	return e, nil
}

// signers are the ids of those of the keys that have signed, each once, sorted.
// Signatures by other keys say nothing; one that names a key of ours and does
// not fit is refused, since somebody changed something.
func (e Envelope) signers(what string, keys []Key, more map[Algorithm]Verifier) ([]string, error) {
	message := PAE(e.PayloadType, e.Payload)
	var found []string
	for _, s := range e.Signatures {
		for _, k := range keys {
			if s.KeyID != "" && s.KeyID != k.ID {
				continue
			}
			ok, known := k.verifies(message, s.Sig, more)
			switch {
			case !known:
				return nil, noVerifier(what, k)
			case ok:
				found = append(found, k.ID)
			case s.KeyID != "":
				return nil, refuse(BadSignature, "verifying %s: the signature by key %s does not fit: something was changed after it was signed", what, short(k.ID))
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// Digest is "sha256:<hex>" of data.
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func short(id string) string { return id[:min(len(id), 16)] }

func noVerifier(what string, k Key) *Refusal {
	r := refuse(UnknownAlgorithm, "verifying %s: key %s is for %s, and this program has no verifier for it", what, short(k.ID), k.Algorithm)
	r.Hint = "whoever makes the program: give ReadTrust p256.Verify or pq.Verify of the packages beside verify"
	return r
}
