package declare

import (
	"strconv"

	"github.com/CycloneDX/cyclonedx-go"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

// claims: one for each requirement of which something is known.
func (b *builder) claims() []cyclonedx.Claim {
	var all []cyclonedx.Claim
	for i := range b.d.Requirements {
		q := &b.d.Requirements[i]
		predicate := ""
		switch q.Status {
		case event.Pass:
			predicate = q.Statement
		case event.Fail, event.Exempt:
			predicate = "Not met: " + q.Statement
		default:
			continue
		}
		c := cyclonedx.Claim{BOMRef: claimRef(q), Target: targetRef, Predicate: said(predicate), Reasoning: said(q.Reason)}
		var supports, opposes []cyclonedx.BOMReference
		for _, e := range b.book.Of(q) {
			ref := cyclonedx.BOMReference(evidenceRef(e))
			if e.Refused != "" || e.Stale != "" {
				continue // it bears no claim
			}
			supports = append(supports, ref)
			if e.Counter != "" {
				opposes = append(opposes, cyclonedx.BOMReference(counterRef(e)))
			}
		}
		c.Evidence, c.CounterEvidence = list(supports), list(opposes)
		all = append(all, c)
	}
	return all
}

// evidence: each record, and each thing that its author says speaks against it.
func (b *builder) evidence() []cyclonedx.DeclarationEvidence {
	var all []cyclonedx.DeclarationEvidence
	for i := range b.d.Evidence {
		e := &b.d.Evidence[i]
		record := cyclonedx.DeclarationEvidence{BOMRef: evidenceRef(e), PropertyName: "plimsoll:" + string(e.Kind), Description: said(e.Seen() + "; " + e.Standing())}
		if !e.Made.IsZero() {
			record.Created = moment(e.Made)
		}
		if !e.Until.IsZero() {
			record.Expires = moment(e.Until)
		}
		record.Author = &cyclonedx.OrganizationalContact{Name: said(e.By)}
		if e.Reviewer != "" {
			record.Reviewer = &cyclonedx.OrganizationalContact{Name: said(e.Reviewer)}
		}
		record.Data = list(data(e))
		all = append(all, record)
		if e.Counter != "" {
			all = append(all, cyclonedx.DeclarationEvidence{BOMRef: counterRef(e), PropertyName: "plimsoll:counter-evidence", Description: said(e.Counter),
				Created: record.Created, Author: record.Author})
		}
	}
	return all
}

// data names the record by its digest, and what it rests on.
func data(e *dossier.Evidence) []cyclonedx.EvidenceData {
	all := []cyclonedx.EvidenceData{{Name: "record", Contents: text(e.Digest)}}
	for _, l := range e.Inputs {
		all = append(all, cyclonedx.EvidenceData{Name: said("input: " + l.Name), Contents: text(l.Digest)})
	}
	for n, l := range e.Basis {
		d := cyclonedx.EvidenceData{Name: said("basis: " + l.Name), Contents: text(l.Digest)}
		if link := dossier.WebAddress(l.Name); link != "" {
			d.Name, d.Contents = "basis "+strconv.Itoa(n+1), &cyclonedx.EvidenceDataContents{URL: link}
		}
		all = append(all, d)
	}
	return all
}

func text(digest string) *cyclonedx.EvidenceDataContents {
	if digest == "" {
		return nil
	}
	return &cyclonedx.EvidenceDataContents{Attachment: &cyclonedx.AttachedText{ContentType: "text/plain", Content: dossier.Text(digest)}}
}
