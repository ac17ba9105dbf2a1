package verify

import (
	"fmt"
	"path/filepath"
)

// Permit is what a verification gives: this deliverable, read through a held
// descriptor, is one of a permit that stands. Only functions of this package
// make one; the zero value permits nothing and unseals nothing, so that code
// which asks for a Permit can be reached only after a verification.
type Permit struct{ granted *granted }

type granted struct {
	bundle      *Bundle
	deliverable Deliverable
}

// Valid reports whether a verification gave it.
func (p Permit) Valid() bool { return p.granted != nil }

// Deliverable is what was verified; its zero value where nothing was.
func (p Permit) Deliverable() Deliverable {
	if p.granted == nil {
		return Deliverable{}
	}
	return p.granted.deliverable
}

// Says is what the organisation says of the release; the zero value where
// nothing was verified.
func (p Permit) Says() PermitPredicate {
	if p.granted == nil {
		return PermitPredicate{}
	}
	return p.granted.bundle.Permit()
}

// Digest is that of the permit's payload, empty where nothing was verified.
func (p Permit) Digest() string {
	if p.granted == nil {
		return ""
	}
	return p.granted.bundle.digest
}

func (p Permit) String() string {
	if p.granted == nil {
		return "no permit"
	}
	says := p.Says()
	return fmt.Sprintf("%s %s (%s)", says.Product, says.Version, p.granted.deliverable.Name)
}

// stillStands looks at the clock again: a process may live longer than its
// permit.
func (p Permit) stillStands() error {
	if p.granted == nil {
		r := refuse(NoPermit, "nothing was verified")
		r.Hint = "verify the program first: verify.Self, verify.File or `plimsoll guard`"
		return r
	}
	return p.granted.bundle.ready()
}

func (b *Bundle) grant(d Deliverable) Permit { return Permit{&granted{b, d}} }

// ready refuses a bundle that verifies nothing, or nothing any more.
func (b *Bundle) ready() error {
	if b == nil || !b.standing {
		return refuse(NoPermit, "verifying a deliverable: there is no permit that stands")
	}
	if against := b.dated(); against != nil {
		return against
	}
	return nil
}

// notAmong says that something is none of the deliverables, and what is known of
// the one with its name.
func (b *Bundle) notAmong(path string, size int64, digest string) *Refusal {
	p := b.statement.Predicate
	what := fmt.Sprintf("%s is no deliverable of %s %s", path, p.Product, p.Version)
	found := fmt.Sprintf("%d bytes", size)
	if digest != "" {
		found += ", " + digest
	}
	for _, d := range p.Deliverables {
		if filepath.Base(d.Name) == filepath.Base(path) {
			return refuse(WrongArtifact, "%s: the permit's %s (%s) has %d bytes, %s; this has %s", what, d.Name, d.Kind, d.Size, d.Digest, found)
		}
	}
	return refuse(WrongArtifact, "%s: none of its %d has this digest and size (%s)", what, len(p.Deliverables), found)
}
