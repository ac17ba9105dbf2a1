// Package approval is people's word on a prepared release.
//
// An approval is a signed statement about the exact bytes of prepared.json, and
// so about every digest and the verdict in it. Who may give one is a matter of
// the product's owners: whoever wrote part of the release may not, nobody counts
// twice, and each line of the policy wants people of its roles.
package approval

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// statement is an in-toto statement about the deliverables.
type statement struct {
	Type          string                   `json:"_type"`
	Subject       []verify.Subject         `json:"subject"`
	PredicateType string                   `json:"predicateType"`
	Predicate     verify.ApprovalPredicate `json:"predicate"`
}

// Given is one approval that was verified.
type Given struct {
	verify.Approved
	Predicate verify.ApprovalPredicate
	who       product.Person
}

// Ready verifies the approvals of a prepared release and says whether they are
// enough. Every one of them must be right: a wrong one among them is a sign that
// something was changed, and not to be passed over.
func Ready(p record.Prepared, raw []byte, approvals [][]byte, owners []product.Owner) ([]verify.Approved, error) {
	given, err := Open(p, raw, approvals, owners)
	if err != nil {
		return nil, err
	}
	out := make([]verify.Approved, len(given))
	for i, g := range given {
		out[i] = g.Approved
	}
	return out, enough(p, given)
}

// Open verifies approvals, whether they are enough or not. A second one by the
// same person is left out.
func Open(p record.Prepared, raw []byte, approvals [][]byte, owners []product.Owner) ([]Given, error) {
	team := &product.Product{Owners: owners}
	var out []Given
	for i, data := range approvals {
		g, err := open(p, raw, data, team)
		if err != nil {
			return nil, fault.Wrap(fault.Untrusted, err, "remove it, and have what is prepared now approved: `plimsoll release approve "+p.Version+"`", "reading approval %d of %s", i+1, p.Version)
		}
		if !slices.ContainsFunc(out, func(o Given) bool { return o.who.Same(g.who) }) {
			out = append(out, g)
		}
	}
	return out, nil
}

func open(p record.Prepared, raw, data []byte, team *product.Product) (Given, error) {
	e, err := envelope.Read(data)
	if err != nil {
		return Given{}, err
	}
	s, err := readStatement(e)
	if err != nil {
		return Given{}, err
	}
	if err := s.about(p, raw); err != nil {
		return Given{}, err
	}
	key, who, err := signer(e, team)
	if err != nil {
		return Given{}, err
	}
	if named, ok := team.Person(s.Predicate.By); !ok || !named.Same(who) {
		return Given{}, fmt.Errorf("it is in the name of %s, and signed with the key of %s", s.Predicate.By, who.Name)
	}
	if err := MayApprove(p, who, team); err != nil {
		return Given{}, err
	}
	if role := s.Predicate.Role; role != "" && !slices.Contains(who.Roles, role) {
		return Given{}, fmt.Errorf("it is given as %s, and %s has no such role", role, who.Name)
	}
	approved := verify.Approved{By: s.Predicate.By, Role: s.Predicate.Role, Key: key.ID, Public: key.Line(), Statement: verify.Digest(e.Payload)}
	return Given{approved, s.Predicate, who}, nil
}

// readStatement reads what was signed, in the one form in which it is written:
// bytes that another reader could take for something else are refused.
func readStatement(e *verify.Envelope) (s statement, err error) {
	if e.PayloadType != verify.StatementPayload {
		return s, fmt.Errorf("its payload is of the type %q, expected %q", e.PayloadType, verify.StatementPayload)
	}
	d := json.NewDecoder(bytes.NewReader(e.Payload))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, err
	}
	if again, err := json.Marshal(s); err != nil || !bytes.Equal(again, e.Payload) {
		return s, fmt.Errorf("it is not in the form in which approvals are written")
	}
	if s.Type != verify.StatementType || s.PredicateType != verify.ApprovalType {
		return s, fmt.Errorf("it is a %q, expected %q", s.PredicateType, verify.ApprovalType)
	}
	return s, nil
}

// about wants the statement to be about this prepared release and no other.
func (s statement) about(p record.Prepared, raw []byte) error {
	a := s.Predicate
	switch {
	case a.Prepared != verify.Digest(raw):
		return fmt.Errorf("the approval of %s is of something else than what is prepared now", a.By)
	case a.Product != p.Product || a.Version != p.Version || a.Gate != p.Verdict.Gate || a.Emergency != (p.Emergency != nil):
		return fmt.Errorf("the approval of %s says something else of the release than was prepared", a.By)
	case !slices.EqualFunc(s.Subject, Subjects(p), sameSubject):
		return fmt.Errorf("the approval of %s is about other deliverables", a.By)
	}
	return nil
}

func sameSubject(a, b verify.Subject) bool {
	return a.Name == b.Name && len(a.Digest) == len(b.Digest) && a.Digest["sha256"] == b.Digest["sha256"]
}

// signer is the one owner whose key has signed. Each signature must be by an
// owner's key and fit.
func signer(e *verify.Envelope, team *product.Product) (key verify.Key, who product.Person, err error) {
	if len(e.Signatures) != 1 {
		return key, who, fmt.Errorf("it bears %d signatures, expected one", len(e.Signatures))
	}
	sig := e.Signatures[0]
	for _, person := range team.People() {
		for _, line := range person.Keys {
			k, err := evidence.ParseKeyLine(line)
			if err != nil || sig.KeyID != k.ID {
				continue
			}
			if len(sig.Sig) != ed25519.SignatureSize || !ed25519.Verify(k.Public, verify.PAE(e.PayloadType, e.Payload), sig.Sig) {
				return key, who, fmt.Errorf("the signature by the key of %s does not fit: something was changed after it was signed", person.Name)
			}
			key, err = verify.NewKey(verify.Ed25519, k.Public)
			return key, person, err
		}
	}
	return key, who, fmt.Errorf("it is signed by the key %.16s, which is none of the owners in %s", sig.KeyID, product.Path)
}

// MayApprove refuses whoever wrote part of the release.
func MayApprove(p record.Prepared, who product.Person, team *product.Product) error {
	for _, author := range p.Authors {
		if wrote, ok := team.Person(author); ok && wrote.Same(who) {
			return fmt.Errorf("%s wrote part of the release, as %s, and may not approve it", who.Name, author)
		}
	}
	return nil
}

// Subjects are the deliverables as in-toto names them.
func Subjects(p record.Prepared) []verify.Subject {
	out := make([]verify.Subject, len(p.Deliverables))
	for i, d := range p.Deliverables {
		out[i] = verify.Subject{Name: d.Name, Digest: map[string]string{"sha256": strings.TrimPrefix(d.Digest, "sha256:")}}
	}
	return out
}

// Word is what a person says when they approve.
type Word struct {
	By, Role, Says string
	Recorded       time.Time
}

// Sign approves a prepared release: one line of JSON.
func Sign(p record.Prepared, raw []byte, w Word, key ed25519.PrivateKey) ([]byte, error) {
	s := statement{Type: verify.StatementType, Subject: Subjects(p), PredicateType: verify.ApprovalType, Predicate: verify.ApprovalPredicate{
		Product: p.Product, Version: p.Version, Prepared: verify.Digest(raw), Gate: p.Verdict.Gate,
		By: w.By, Role: w.Role, Says: w.Says, Recorded: w.Recorded.UTC().Truncate(time.Second), Emergency: p.Emergency != nil,
	}}
	payload, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("signing an approval: %w", err)
	}
	id, err := evidence.KeyID(key.Public().(ed25519.PublicKey))
	if err != nil {
		return nil, err
	}
	sig := ed25519.Sign(key, verify.PAE(verify.StatementPayload, payload))
	return json.Marshal(verify.Envelope{PayloadType: verify.StatementPayload, Payload: payload, Signatures: []verify.Signature{{KeyID: id, Sig: sig}}})
}
