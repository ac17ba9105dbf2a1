package oscal

import (
	"io"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

// PlanOfAction writes d as an OSCAL plan of action and milestones: an item for
// each requirement that is not met, with the cheapest next step, and for each
// exemption that holds.
func PlanOfAction(w io.Writer, d *dossier.Dossier) error {
	b := newBuilder(d, "plan-of-action-and-milestones")
	p := plan{
		UUID: b.uuid("document"), Metadata: b.metadata("Plan of action and milestones of " + said(d.Product)),
		SystemID:         systemID{"https://ietf.org/rfc/rfc4122", b.product()},
		LocalDefinitions: b.localDefinitions(), BackMatter: b.backMatter(),
	}
	wanted := map[string]bool{}
	for i := range b.d.Requirements {
		q := &b.d.Requirements[i]
		if q.Status == event.Pass || q.Status == event.NotApplicable {
			continue
		}
		for _, digest := range q.Evidence {
			wanted[digest] = true
		}
		p.Risks = append(p.Risks, b.risk(q))
		p.Findings = append(p.Findings, b.finding(q, true))
		p.Items = append(p.Items, b.item(q))
	}
	p.Observations = b.observations(wanted)
	if len(p.Items) == 0 { // the schema wants one
		p.Items = []item{{UUID: b.uuid("item"), Title: "Nothing to do", Description: "Every requirement that applies is met as of " + moment(d.AsOf) + "."}}
	}
	return write(w, "plan-of-action-and-milestones", p)
}

// item is what is to be done about one requirement.
func (b *builder) item(q *dossier.Requirement) item {
	i := item{
		UUID: b.lasting("item", q.ID), Title: said(q.ID + " " + q.Title), Description: said(string(q.Status) + ": " + q.Reason),
		Props:    []property{prop("status", string(q.Status)), prop("owner", q.Owner)},
		Findings: []relatedFinding{{b.uuid("finding", q.ID)}}, Risks: []relatedRisk{{b.lasting("risk", q.ID)}},
		Observations: b.related(q),
	}
	if q.Next != "" {
		i.Remarks = "Next: " + said(q.Next)
	}
	return i
}
