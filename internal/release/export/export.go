// Package export writes parts of a bundle in the forms that other tools read:
// Sigstore's bundle and plain DSSE, each with the public key in PEM, so that who
// has cosign or another in-toto consumer needs nothing of ours to verify the
// parts that are theirs.
package export

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// SigstoreMedia is the media type of a Sigstore bundle, version 0.3.
const SigstoreMedia = "application/vnd.dev.sigstore.bundle.v0.3+json"

// The fields of a Sigstore bundle that a signature by a key of one's own needs.
type (
	sigstoreBundle struct {
		MediaType            string               `json:"mediaType"`
		VerificationMaterial verificationMaterial `json:"verificationMaterial"`
		DSSE                 dsse                 `json:"dsseEnvelope"`
	}
	verificationMaterial struct {
		PublicKey publicKey `json:"publicKey"`
	}
	publicKey struct {
		Hint string `json:"hint"`
	}
	dsse struct {
		Payload     []byte          `json:"payload"`
		PayloadType string          `json:"payloadType"`
		Signatures  []dsseSignature `json:"signatures"`
	}
	dsseSignature struct {
		Sig   []byte `json:"sig"`
		KeyID string `json:"keyid,omitempty"`
	}
)

// Sigstore is an envelope as a Sigstore bundle. It holds exactly one signature,
// as Sigstore asks: that of the key.
func Sigstore(line []byte, key verify.Key) ([]byte, error) {
	e, err := envelope.Read(line)
	if err != nil {
		return nil, err
	}
	for _, s := range e.Signatures {
		if s.KeyID == key.ID {
			return json.Marshal(sigstoreBundle{SigstoreMedia, verificationMaterial{publicKey{Hint(key)}},
				dsse{e.Payload, e.PayloadType, []dsseSignature{{Sig: s.Sig}}}})
		}
	}
	return nil, fault.New(fault.NotFound, "`plimsoll release show` lists who signed", "the key %s has not signed it", key.ID)
}

// Hint names a key in a Sigstore bundle as cosign does: the base64 of the
// SHA-256 of its PKIX form.
func Hint(key verify.Key) string {
	sum := sha256.Sum256(key.PKIX())
	return base64.StdEncoding.EncodeToString(sum[:])
}

// PEM is a public key as other tools read it.
func PEM(key verify.Key) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: key.PKIX()})
}

// Name is what an exported statement is called: by what it says.
func Name(predicateType string) string {
	switch predicateType {
	case verify.PermitType:
		return "permit"
	case verify.ApprovalType:
		return "approval"
	case verify.VSAType:
		return "vsa"
	case "https://slsa.dev/provenance/v1":
		return "provenance"
	}
	return "statement"
}

// PredicateType is that of the statement in an envelope.
func PredicateType(line []byte) (string, error) {
	e, err := envelope.Read(line)
	if err != nil {
		return "", err
	}
	var s struct {
		PredicateType string `json:"predicateType"`
	}
	if err := json.Unmarshal(e.Payload, &s); err != nil {
		return "", fmt.Errorf("reading a statement: %w", err)
	}
	return s.PredicateType, nil
}
