package verify

import (
	"encoding/hex"
	"slices"
	"strings"
)

// Bounds of a permit.
const (
	maxDeliverables = 10_000
	maxRequirements = 100_000
	maxPeople       = 1_000
	minChunk        = 4 << 10
	maxChunk        = 64 << 20
)

// check says whether a permit makes sense by itself.
func (s PermitStatement) check() error {
	if s.Type != StatementType || s.PredicateType != PermitType {
		return refuse(WrongType, "reading the permit: it is a %q about %q, expected %q", cut(s.Type), cut(s.PredicateType), PermitType)
	}
	p := s.Predicate
	if err := p.checkNames(); err != nil {
		return err
	}
	switch {
	case p.Sequence < 1 || p.Trust < 1 || p.Epoch < 1:
		return refuse(Malformed, "reading the permit: sequence, trust and epoch count from 1")
	case p.Issued.IsZero() || !p.Issued.Before(p.Expires):
		return refuse(Malformed, "reading the permit: it must end after it was issued")
	case len(p.Deliverables) == 0 || len(p.Deliverables) > maxDeliverables || len(p.Deliverables) != len(s.Subject):
		return refuse(Malformed, "reading the permit: %d deliverables and %d subjects", len(p.Deliverables), len(s.Subject))
	case p.Emergency != nil && len(p.Emergency.By) > maxPeople || len(p.Approvals) > maxPeople:
		return refuse(TooLarge, "reading the permit: more than %d people", maxPeople)
	case len(p.Verdict.Requirements) > maxRequirements || len(p.Statements) > MaxStatement || len(p.Attached) > 2*maxDeliverables:
		return refuse(TooLarge, "reading the permit: it names too much")
	}
	names := map[string]bool{}
	for i, d := range p.Deliverables {
		if names[d.Name] {
			return refuse(Malformed, "reading the permit: the deliverable %q is there twice", d.Name)
		}
		names[d.Name] = true
		if err := d.check(s.Subject[i]); err != nil {
			return err
		}
	}
	if err := p.checkSays(); err != nil {
		return err
	}
	return p.checkDigests()
}

func (p PermitPredicate) checkNames() error {
	if err := checkName("the organisation", p.Organisation); err != nil {
		return err
	}
	if err := checkName("the product", p.Product); err != nil {
		return err
	}
	if p.Line != "" {
		if err := checkVersion(p.Line); err != nil {
			return err
		}
	}
	return checkVersion(p.Version)
}

func (p PermitPredicate) checkDigests() error {
	for i, s := range p.Statements {
		if err := checkDigest("a statement of the permit", s); err != nil {
			return err
		}
		if slices.Contains(p.Statements[:i], s) {
			return refuse(Malformed, "reading the permit: it names the statement %s twice", s)
		}
	}
	seen := map[string]bool{}
	for _, a := range p.Attached {
		if err := checkDigest("an attachment of the permit", a.Digest); err != nil {
			return err
		}
		if err := checkName("an attachment", a.Name); err != nil {
			return err
		}
		if seen[a.Digest] || a.Size < 0 {
			return refuse(Malformed, "reading the permit: the attachment %s is there twice, or has no size", a.Digest)
		}
		seen[a.Digest] = true
	}
	return p.checkApprovals()
}

func (p PermitPredicate) checkApprovals() error {
	counted := map[string]bool{}
	for _, a := range p.Approvals {
		if err := checkShown("who approved", a.By); err != nil {
			return err
		}
		if !slices.Contains(p.Statements, a.Statement) || counted[a.Statement] {
			return refuse(Malformed, "reading the permit: the approval of %s is not among its statements, or counts twice", cut(a.By))
		}
		counted[a.Statement] = true
		if a.Public == "" {
			continue
		}
		if key, err := ParseKey(a.Public); err != nil {
			return err
		} else if key.ID != a.Key || key.Line() != a.Public {
			return refuse(Malformed, "reading the permit: the key of %s is not the key %s", cut(a.By), short(a.Key))
		}
	}
	return nil
}

// checkSays refuses a permit that says two things of one requirement, or counts
// one person of an emergency twice.
func (p PermitPredicate) checkSays() error {
	seen := make(map[string]bool, len(p.Verdict.Requirements))
	for _, r := range p.Verdict.Requirements {
		if seen[r.ID] {
			return refuse(Malformed, "reading the permit: it says twice what became of the requirement %q", cut(r.ID))
		}
		seen[r.ID] = true
	}
	if p.Emergency == nil {
		return nil
	}
	for i, by := range p.Emergency.By {
		if err := checkShown("who lets an emergency release out", by); err != nil {
			return err
		}
		if slices.ContainsFunc(p.Emergency.By[:i], func(other string) bool { return strings.EqualFold(other, by) }) {
			return refuse(EmergencyRefused, "reading the permit: %s lets the emergency release out twice", cut(by))
		}
	}
	return nil
}

func (d Deliverable) check(s Subject) error {
	name := d.Name
	if d.Kind == KindImage { // in a registry, or a folder with a layout
		name = strings.TrimPrefix(name, RegistryPrefix)
	}
	if err := checkPath("the deliverable", name); err != nil {
		return err
	}
	if err := checkDigest("the deliverable "+d.Name, d.Digest); err != nil {
		return err
	}
	if s.Name != d.Name || len(s.Digest) != 1 || "sha256:"+s.Digest["sha256"] != d.Digest {
		return refuse(Malformed, "reading the permit: the subject %q is not the deliverable %q", cut(s.Name), d.Name)
	}
	if d.Kind != KindFile && d.Kind != KindDir && d.Kind != KindImage || d.Size < 0 {
		return refuse(Malformed, "reading the permit: %q is a %q of %d bytes", d.Name, cut(string(d.Kind)), d.Size)
	}
	if d.Tree == nil {
		return nil
	}
	if d.Kind != KindFile || d.Size == 0 || d.Tree.Chunk < minChunk || d.Tree.Chunk > maxChunk {
		return refuse(Malformed, "reading the permit: the tree of %q is of chunks of %d bytes", d.Name, d.Tree.Chunk)
	}
	if d.Tree.Leaves != "" {
		if err := checkDigest("the leaves of "+d.Name, d.Tree.Leaves); err != nil {
			return err
		}
	}
	return checkDigest("the tree of "+d.Name, d.Tree.Root)
}

// Sum is the raw digest of a deliverable, 32 bytes.
func (d Deliverable) Sum() []byte {
	raw, _ := hex.DecodeString(strings.TrimPrefix(d.Digest, "sha256:")) // checked when the permit was read
	return raw
}
