package verify

import (
	"encoding/json"
	"fmt"
	"slices"
)

func (b *Bundle) readStatements(lines [][]byte) ([][]byte, error) {
	for i, digest := range b.statement.Predicate.Statements {
		what := fmt.Sprintf("line %d of the bundle", i+2)
		if i >= len(lines) {
			return nil, refuse(Truncated, "reading the bundle: it ends before %s, the statement %s", what, digest)
		}
		e, err := readEnvelope(what, lines[i], StatementPayload)
		if err != nil {
			if kind(lines[i]) != "" {
				return nil, refuse(Truncated, "reading the bundle: the statement %s is missing", digest)
			}
			return nil, err
		}
		if got := Digest(e.Payload); got != digest {
			return nil, refuse(Truncated, "reading %s: expected the statement %s, found %s", what, digest, got)
		}
		if err := b.checkStatement(what, digest, e); err != nil {
			return nil, err
		}
		b.statements[digest] = e.Payload
	}
	return lines[len(b.statement.Predicate.Statements):], nil
}

// checkStatement verifies whose word a statement is. Its payload is what the
// permit names, whatever its signatures; but whoever takes it out of the bundle
// and shows it to another tool should not find that it was signed by a stranger.
func (b *Bundle) checkStatement(what, digest string, e Envelope) error {
	if err := unambiguous(what, e.Payload); err != nil {
		return err
	}
	var s struct {
		PredicateType string    `json:"predicateType"`
		Subject       []Subject `json:"subject"`
	}
	if err := json.Unmarshal(e.Payload, &s); err != nil {
		return refuse(Malformed, "reading %s: it is no in-toto statement: %v", what, err)
	}
	p := b.statement.Predicate
	n := slices.IndexFunc(p.Approvals, func(a Approved) bool { return a.Statement == digest })
	switch {
	case n >= 0:
		return b.checkApproval(what, p.Approvals[n], e)
	case s.PredicateType == ApprovalType:
		b.notes = append(b.notes, what+" is an approval that the permit does not count; its signature was not verified")
		return nil
	case s.PredicateType == VSAType:
		if err := b.checkSummary(s.Subject); err != nil {
			return err
		}
	}
	_, err := b.releasedBy(what, e)
	return err
}

// approvalStatement is the one form of an approval.
type approvalStatement struct {
	Type          string            `json:"_type"`
	Subject       []Subject         `json:"subject"`
	PredicateType string            `json:"predicateType"`
	Predicate     ApprovalPredicate `json:"predicate"`
}

// checkApproval wants an approval to be of this release, by whom the permit
// says, and signed with their key. The key is none of the trust file's: that it
// is that person's is the word of those who sealed the permit.
func (b *Bundle) checkApproval(what string, a Approved, e Envelope) error {
	var s approvalStatement
	if err := decodeSigned(what, e.Payload, &s); err != nil {
		return err
	}
	p, says := b.statement.Predicate, s.Predicate
	if s.Type != StatementType || s.PredicateType != ApprovalType || says.By != a.By || says.Role != a.Role || says.Product != p.Product || says.Version != p.Version ||
		says.Gate != p.Verdict.Gate || says.Emergency != (p.Emergency != nil) || !slices.EqualFunc(s.Subject, b.statement.Subject, sameSubject) {
		return refuse(Malformed, "reading %s: it is no approval of this release by %s", what, cut(a.By))
	}
	if a.Public == "" {
		return b.namesSigner(what, a, e)
	}
	key, err := ParseKey(a.Public)
	if err != nil {
		return err
	}
	signed, err := e.signers(what, []Key{key}, b.trust.more)
	if err == nil && len(signed) == 0 {
		return refuse(BadSignature, "verifying %s: it is not signed by the key %s of %s, who approved", what, short(a.Key), cut(a.By))
	}
	return err
}

// namesSigner is all that can be said of an approval whose key the permit does
// not hold.
func (b *Bundle) namesSigner(what string, a Approved, e Envelope) error {
	if !slices.ContainsFunc(e.Signatures, func(s Signature) bool { return s.KeyID == a.Key }) {
		return refuse(Malformed, "reading %s: it is not signed by the key %s of %s, who approved", what, short(a.Key), cut(a.By))
	}
	b.notes = append(b.notes, "the signature of "+cut(a.By)+", who approved, was not verified: the permit does not hold their key")
	return nil
}

func sameSubject(a, b Subject) bool {
	return a.Name == b.Name && len(a.Digest) == len(b.Digest) && a.Digest["sha256"] == b.Digest["sha256"]
}

// checkSummary: a summary in the bundle must be about the same files, or
// somebody who reads it alone would be misled.
func (b *Bundle) checkSummary(subjects []Subject) error {
	for _, s := range subjects {
		d, ok := b.Deliverable(s.Name)
		if !ok || "sha256:"+s.Digest["sha256"] != d.Digest {
			return refuse(Malformed, "reading the bundle: its summary is about %q, which the permit does not name", cut(s.Name))
		}
	}
	return nil
}
