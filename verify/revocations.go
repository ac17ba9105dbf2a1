package verify

import "time"

// maxRevoked bounds a revocation list.
const maxRevoked = 1_000_000

// ReadRevocations verifies a revocation list: one DSSE envelope.
func ReadRevocations(data []byte, trust *Trust) (RevocationsDocument, error) {
	const what = "the revocation list"
	var doc RevocationsDocument
	if n := len(data); n > 0 && data[n-1] == '\n' {
		data = data[:n-1]
	}
	e, err := readEnvelope(what, data, RevocationsPayload)
	if err != nil {
		return doc, err
	}
	if err := decodeSigned(what, e.Payload, &doc); err != nil {
		return doc, err
	}
	newest := trust.Document()
	switch {
	case doc.Type != RevocationsType:
		return doc, refuse(WrongType, "reading %s: its type is %q", what, cut(doc.Type))
	case doc.Organisation != newest.Organisation:
		return doc, refuse(WrongProduct, "reading %s: it is of %q, expected %q", what, cut(doc.Organisation), newest.Organisation)
	case doc.Version < 1 || doc.Issued.IsZero() || !doc.Issued.Before(doc.Expires) || len(doc.Revoked) > maxRevoked:
		return doc, refuse(Malformed, "reading %s: it has no version or no period, or is too long", what)
	}
	for _, r := range doc.Revoked {
		if err := checkDigest("a revoked permit", r.Permit); err != nil {
			return doc, err
		}
	}
	_, err = trust.meets(what, e, newest.authority("", RoleRevoke), trust.keys[len(trust.keys)-1])
	return doc, err
}

// revocations reads the list of the policy.
func (b *Bundle) revocations() (*RevocationsDocument, error) {
	if b.policy.Revocations == nil {
		if b.policy.RequireRevocations {
			return nil, refuse(RevocationsStale, "a revocation list is asked for, and there is none")
		}
		return nil, nil
	}
	doc, err := ReadRevocations(b.policy.Revocations, b.trust)
	if err != nil {
		return nil, err
	}
	if b.policy.now().After(doc.Expires) {
		r := refuse(RevocationsStale, "the revocation list ended on %s", doc.Expires.UTC().Format(time.DateOnly))
		r.Hint = "get the organisation's newest revocation list"
		return nil, r
	}
	return &doc, nil
}

func (b *Bundle) revoked(list *RevocationsDocument) *Refusal {
	if list == nil {
		return nil
	}
	p := b.statement.Predicate
	for _, r := range list.Revoked {
		if r.Permit != b.digest {
			continue
		}
		against := refuse(Revoked, "the permit of %s %s was taken back on %s: %s", p.Product, p.Version, r.Since.UTC().Format(time.DateOnly), cut(r.Because))
		if r.Instead != "" {
			against.Hint = "use " + cut(r.Instead)
		}
		return against
	}
	return nil
}
