package approval

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// FollowUpType is the predicate type of the word that what an emergency release
// promised is done.
const FollowUpType = "https://plimsoll.dev/follow-up/v1"

// FollowUp is that word.
type FollowUp struct {
	Product  string    `json:"product"`
	Version  string    `json:"version"`
	Prepared string    `json:"prepared"` // digest of the emergency release
	Promised string    `json:"promised"` // what was to be done
	Because  string    `json:"because"`  // how it is known to be done
	By       string    `json:"by"`
	Recorded time.Time `json:"recorded"`
}

type followUpStatement struct {
	Type          string           `json:"_type"`
	Subject       []verify.Subject `json:"subject"`
	PredicateType string           `json:"predicateType"`
	Predicate     FollowUp         `json:"predicate"`
}

// SignFollowUp signs the word of an owner.
func SignFollowUp(f FollowUp, subjects []verify.Subject, key ed25519.PrivateKey) ([]byte, error) {
	payload, err := json.Marshal(followUpStatement{verify.StatementType, subjects, FollowUpType, f})
	if err != nil {
		return nil, fmt.Errorf("signing a follow-up: %w", err)
	}
	id, err := evidence.KeyID(key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	sig := ed25519.Sign(key, verify.PAE(verify.StatementPayload, payload))
	return json.Marshal(verify.Envelope{PayloadType: verify.StatementPayload, Payload: payload, Signatures: []verify.Signature{{KeyID: id, Sig: sig}}})
}

// OpenFollowUp verifies the word for the release whose prepared.json is raw.
func OpenFollowUp(raw, data []byte, owners []product.Owner) (FollowUp, error) {
	e, err := envelope.Read(data)
	if err != nil {
		return FollowUp{}, err
	}
	var s followUpStatement
	d := json.NewDecoder(bytes.NewReader(e.Payload))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil || e.PayloadType != verify.StatementPayload || s.PredicateType != FollowUpType {
		return FollowUp{}, fmt.Errorf("it is no follow-up: %q, %v", s.PredicateType, err)
	}
	if s.Predicate.Prepared != verify.Digest(raw) {
		return FollowUp{}, fmt.Errorf("it is about another release than this %s", s.Predicate.Version)
	}
	team := &product.Product{Owners: owners}
	_, who, err := signer(e, team)
	if err != nil {
		return FollowUp{}, err
	}
	if named, ok := team.Person(s.Predicate.By); !ok || !named.Same(who) {
		return FollowUp{}, fmt.Errorf("it is in the name of %s, and signed with the key of %s", s.Predicate.By, who.Name)
	}
	return s.Predicate, nil
}
