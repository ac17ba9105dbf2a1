package oscal

import (
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

// observations are the records of evidence; of those named alone where wanted is
// not nil.
func (b *builder) observations(wanted map[string]bool) []observation {
	var list []observation
	for i := range b.d.Evidence {
		if e := &b.d.Evidence[i]; wanted == nil || wanted[e.Digest] {
			list = append(list, b.observation(e))
		}
	}
	return list
}

// observed is the UUID of the observation of a record.
func observed(e *dossier.Evidence) string {
	return dossier.UUID("observation", string(e.Kind), e.Digest, e.By, e.Requirement)
}

func (b *builder) observation(e *dossier.Evidence) observation {
	made := e.Made
	if made.IsZero() {
		made = b.d.AsOf
	}
	o := observation{
		UUID: observed(e), Title: said(string(e.Kind) + ": " + e.By), Description: said(e.Seen()),
		Props:   []property{prop("standing", e.Standing())},
		Methods: []string{method(e)}, Types: []string{"control-objective"},
		Origins: []origin{{[]actor{b.actor(e)}}}, Subjects: []subject{{b.product(), "component"}},
		Evidence:  relevant(e),
		Collected: moment(made), Remarks: dossier.Text(e.Counter),
	}
	if o.Remarks != "" {
		o.Remarks = "Counter-evidence: " + o.Remarks
	}
	if !e.Until.IsZero() {
		o.Expires = moment(e.Until)
	}
	return o
}

// method is one of NIST SP 800-53A's three: to read is to examine, to run is to
// test, and a bare word is an interview.
func method(e *dossier.Evidence) string {
	switch {
	case e.Kind == dossier.Tests:
		return "TEST"
	case e.Kind == dossier.Attestation && len(e.Basis) == 0:
		return "INTERVIEW"
	}
	return "EXAMINE"
}

func (b *builder) actor(e *dossier.Evidence) actor {
	if e.Kind == dossier.Attestation && dossier.Text(e.By) != "" {
		return actor{"party", person(e.By)}
	}
	return actor{"tool", b.tool()}
}

// relevant is the signed record itself, and what a person went by.
func relevant(e *dossier.Evidence) []relevantEvidence {
	list := []relevantEvidence{{Description: "the signed record", Props: []property{prop("digest", e.Digest)}}}
	for _, l := range e.Inputs {
		list = append(list, relevantEvidence{Description: said("input: " + l.Name), Props: []property{prop("digest", l.Digest)}})
	}
	for _, l := range e.Basis {
		r := relevantEvidence{Description: said("basis: " + l.Name), Href: dossier.WebAddress(l.Name)}
		if l.Digest != "" {
			r.Props = []property{prop("digest", l.Digest)}
		}
		list = append(list, r)
	}
	return list
}

func (b *builder) finding(q *dossier.Requirement, risky bool) finding {
	f := finding{
		UUID: b.uuid("finding", q.ID), Title: said(q.ID + " " + q.Title), Description: said(q.Statement),
		Props:   []property{prop("status", string(q.Status)), prop("catalogue", q.Catalogue), prop("automation", q.Automation)},
		Origins: []origin{{[]actor{{"tool", b.tool()}}}},
		Target: target{Type: "objective-id", ID: token(q.ID), Title: dossier.Text(q.Title),
			Status: targetStatus{State: satisfied(q.Status), Reason: because(q.Status), Remarks: said(string(q.Status) + ": " + q.Reason)}},
		Observations: b.related(q),
	}
	if risky {
		f.Risks = []relatedRisk{{b.lasting("risk", q.ID)}}
	}
	return f
}

// satisfied: only a pass is. An exemption accepts a risk; it meets nothing.
func satisfied(s event.Status) string {
	if s == event.Pass {
		return "satisfied"
	}
	return "not-satisfied"
}

// because is the reason of a finding's state: pass, fail, or other for what is
// not known.
func because(s event.Status) string {
	switch s {
	case event.Pass:
		return "pass"
	case event.Fail:
		return "fail"
	}
	return "other"
}

func (b *builder) related(q *dossier.Requirement) []relatedObservation {
	var list []relatedObservation
	for _, e := range b.book.Of(q) {
		list = append(list, relatedObservation{observed(e)})
	}
	return list
}

// risk is a requirement that is not met, and what would change that.
func (b *builder) risk(q *dossier.Requirement) risk {
	r := risk{
		UUID: b.lasting("risk", q.ID), Title: said(q.ID + " is not met: " + q.Title), Description: said(q.Reason), Statement: said(q.Statement),
		Props: []property{prop("status", string(q.Status))}, Status: "open",
		Origins: []origin{{[]actor{{"tool", b.tool()}}}}, Observations: b.related(q),
	}
	if q.Next != "" {
		r.Remediations = []response{{UUID: b.lasting("remediation", q.ID), Lifecycle: "recommendation", Title: "The cheapest next step", Description: said(q.Next),
			Props: []property{prop("minutes", fmt.Sprint(q.Minutes))}}}
	}
	if e := b.exempt[q.ID]; e != nil && q.Status == event.Exempt {
		b.accept(&r, e)
	} else if q.Status == event.Exempt {
		// Findings that a tool or a decision accepted, without an exemption.
		r.Status = "deviation-approved"
	}
	return r
}

// accept makes r a risk that two people have accepted until a date.
func (b *builder) accept(r *risk, e *dossier.Exemption) {
	r.Status = "deviation-approved"
	r.Props = append(r.Props, prop("deviation", "risk-accepted"), prop("requested-by", e.By), prop("approved-by", e.Approver))
	r.Description = said(e.Because)
	if !e.Until.IsZero() {
		r.Deadline = moment(e.Until)
	}
	if e.Compensating != "" {
		r.Mitigating = []mitigating{{UUID: b.lasting("mitigating", e.Requirement), Description: said(e.Compensating)}}
	}
}
