package verify

import (
	"bytes"
	"encoding/json"
)

// Bundle is a bundle that was verified: every signature, digest and proof in it
// holds. Whether its permit stands today for what somebody wants is the matter
// of a Policy.
type Bundle struct {
	statement   PermitStatement
	digest      string
	signed      []string
	statements  map[string][]byte // payloads by digest
	attachments map[string][]byte
	log         *logged
	trust       *Trust
	policy      Policy
	notes       []string
	standing    bool // nothing stands against it
}

// Permit is what the organisation says.
func (b *Bundle) Permit() PermitPredicate { return b.statement.Predicate }

// Digest is that of the permit's payload.
func (b *Bundle) Digest() string { return b.digest }

// Signers are the ids of the keys of the release role that have signed.
func (b *Bundle) Signers() []string { return b.signed }

// Notes are what could not be said, and refused nothing.
func (b *Bundle) Notes() []string { return b.notes }

// Checkpoint is that of the log, where the bundle holds a proof.
func (b *Bundle) Checkpoint() (c Checkpoint, witnesses int, ok bool) {
	if b.log == nil {
		return Checkpoint{}, 0, false
	}
	return b.log.checkpoint, b.log.witnesses, true
}

// Deliverable finds one by its name.
func (b *Bundle) Deliverable(name string) (Deliverable, bool) {
	for _, d := range b.statement.Predicate.Deliverables {
		if d.Name == name {
			return d, true
		}
	}
	return Deliverable{}, false
}

// Attachment is the content with this digest ("sha256:<hex>").
func (b *Bundle) Attachment(digest string) ([]byte, bool) {
	data, ok := b.attachments[digest]
	return data, ok
}

// Statement is the payload of the statement with this digest.
func (b *Bundle) Statement(digest string) ([]byte, bool) {
	data, ok := b.statements[digest]
	return data, ok
}

// OpenBundle verifies a bundle, and that its permit stands for the policy. It
// remembers nothing; Remember does, once the deliverable was verified too.
func OpenBundle(data []byte, trust *Trust, policy Policy) (*Bundle, error) {
	b, against, err := InspectBundle(data, trust, policy)
	if err != nil {
		return nil, err
	}
	if against != nil {
		return nil, against
	}
	return b, nil
}

// InspectBundle verifies a bundle and says apart what stands against its permit
// (expired, revoked, another product, …). It is for those who want to know what
// a thing is though it may not run; such a bundle verifies no deliverable.
func InspectBundle(data []byte, trust *Trust, policy Policy) (b *Bundle, against *Refusal, err error) {
	if trust == nil {
		return nil, nil, refuse(NoPermit, "verifying a bundle: there is no trust file")
	}
	if err := trust.CheckTime(policy.now()); err != nil {
		return nil, nil, err
	}
	b, err = readBundle(data, trust)
	if err != nil {
		return nil, nil, err
	}
	b.policy = policy
	against, err = b.stands()
	b.standing = against == nil && err == nil
	return b, against, err
}

func readBundle(data []byte, trust *Trust) (*Bundle, error) {
	if len(data) > MaxBundle {
		return nil, refuse(TooLarge, "reading the bundle: it has %d bytes, more than %d", len(data), MaxBundle)
	}
	if !bytes.HasSuffix(data, []byte("\n")) {
		return nil, refuse(Truncated, "reading the bundle: its last line has no end")
	}
	lines := bytes.Split(data[:len(data)-1], []byte("\n"))
	b := &Bundle{trust: trust, statements: map[string][]byte{}, attachments: map[string][]byte{}}
	if err := b.readPermit(lines[0]); err != nil {
		return nil, err
	}
	rest, err := b.readStatements(lines[1:])
	if err != nil {
		return nil, err
	}
	if rest, err = b.readAttachments(rest); err != nil {
		return nil, err
	}
	return b, b.readLog(rest)
}

func (b *Bundle) readPermit(line []byte) error {
	e, err := readEnvelope("the permit", line, StatementPayload)
	if err != nil {
		return err
	}
	if err := decodeSigned("the permit", e.Payload, &b.statement); err != nil {
		return err
	}
	if err := b.statement.check(); err != nil {
		return err
	}
	b.digest = Digest(e.Payload)
	return b.authorised(e)
}

// authorised holds the permit against the trust document under which it was
// sealed: keys that were retired in good order since still count for it, those
// that were compromised do not, and a raised epoch ends them all.
func (b *Bundle) authorised(e Envelope) error {
	p, newest := b.statement.Predicate, b.trust.Document()
	switch {
	case p.Organisation != newest.Organisation:
		return refuse(WrongProduct, "the permit is of the organisation %q, the trust file of %q", p.Organisation, newest.Organisation)
	case p.Trust > newest.Version:
		r := refuse(TrustRollback, "the permit was sealed under version %d of the trust file, this one is version %d", p.Trust, newest.Version)
		r.Hint = "get the organisation's newest trust file"
		return r
	}
	then := b.trust.versions[p.Trust-1]
	if p.Epoch != then.Epoch {
		return refuse(Malformed, "reading the permit: it says epoch %d, version %d of the trust file is of epoch %d", p.Epoch, p.Trust, then.Epoch)
	}
	if p.Issued.Before(then.Issued) {
		return refuse(Malformed, "reading the permit: it was issued before the trust file that it names")
	}
	if p.Epoch < newest.Epoch {
		r := refuse(EpochRollback, "the permit of %s %s was sealed in epoch %d; the organisation accepts %d and later", p.Product, p.Version, p.Epoch, newest.Epoch)
		r.Hint = "get the release that was sealed anew"
		return r
	}
	signed, err := b.releasedBy("the permit", e)
	b.signed = signed
	return err
}

// releasedBy returns who of the keys that could release the product, when the
// permit was sealed, have signed an envelope.
func (b *Bundle) releasedBy(what string, e Envelope) ([]string, error) {
	p := b.statement.Predicate
	return b.trust.meets(what, e, b.trust.versions[p.Trust-1].authority(p.Product, RoleRelease), b.trust.keys[p.Trust-1])
}

func (b *Bundle) readAttachments(lines [][]byte) ([][]byte, error) {
	for _, a := range b.statement.Predicate.Attached {
		if a.Apart {
			continue
		}
		if len(lines) == 0 || kind(lines[0]) != AttachmentLine {
			return nil, refuse(Truncated, "reading the bundle: the attachment %s (%s) is missing", cut(a.Name), a.Digest)
		}
		var c AttachmentContent
		if err := decode("the attachment "+cut(a.Name), lines[0], &c); err != nil {
			return nil, err
		}
		if got := Digest(c.Data); got != a.Digest || c.Digest != a.Digest || int64(len(c.Data)) != a.Size {
			return nil, refuse(Truncated, "reading the bundle: expected the attachment %s (%s), found %s", cut(a.Name), a.Digest, got)
		}
		b.attachments[a.Digest] = c.Data
		lines = lines[1:]
	}
	return lines, nil
}

func (b *Bundle) readLog(lines [][]byte) error {
	if len(lines) > 0 && kind(lines[0]) == ProofLine {
		proof, err := readProof(lines[0], b.trust.Document().Log, b.statement.Predicate, b.digest)
		if err != nil {
			return err
		}
		b.log, lines = proof, lines[1:]
	}
	if len(lines) > 0 {
		return refuse(Extended, "reading the bundle: it holds %d lines more than the permit names", len(lines))
	}
	return nil
}

// kind is the media type of a line of ours, empty for an envelope.
func kind(line []byte) string {
	var l struct {
		MediaType string `json:"mediaType"`
	}
	if json.Unmarshal(line, &l) != nil {
		return ""
	}
	return l.MediaType
}
