package assess

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// checkRecords are the records of checks that the statuses rest on.
func (a *assessment) checkRecords() []dossier.Evidence {
	var list []dossier.Evidence
	for _, w := range a.words {
		if w.Evidence.Digest == "" {
			continue
		}
		e := dossier.Evidence{Kind: dossier.Check, Digest: w.Evidence.Digest, By: w.Check.ID, Made: w.Evidence.Finished, Until: w.Evidence.FreshUntil,
			Stale: cmp.Or(w.stale, a.over(w.Evidence.FreshUntil)), Observations: w.Evidence.Observations, Statement: a.testsSay(w.Evidence.Tests)}
		if e.Statement != "" {
			e.Kind = dossier.Tests
		}
		for _, in := range w.Evidence.Inputs {
			e.Inputs = append(e.Inputs, dossier.Link{Name: in.Name, Digest: in.Digest})
		}
		list = append(list, e)
	}
	return list
}

// testsSay sums up test results that speak of the requirements at hand, "" where
// none do.
func (a *assessment) testsSay(tests []event.Test) string {
	at := a.selectedIDs()
	var of, passed, failed, skipped, flaky, missing int
	for _, t := range tests {
		if at[t.Requirement] {
			of, passed, failed = of+1, passed+t.Passed, failed+t.Failed
			skipped, flaky, missing = skipped+t.Skipped, flaky+t.Flaky, missing+len(t.NotRun)
		}
	}
	if of == 0 {
		return ""
	}
	return fmt.Sprintf("tests for %d requirements: %d passed, %d of them flaky, %d failed, %d skipped, %d did not run", of, passed, flaky, failed, skipped, missing)
}

// over says that the time of a record has ended, "" where it has not: a record
// of these very inputs can be too old all the same.
func (a *assessment) over(until time.Time) string {
	if until.IsZero() || !until.Before(a.AsOf) {
		return ""
	}
	return "its time ended on " + dossier.Day(until)
}

// attestationRecords are the words of people, those too that do not count.
func (a *assessment) attestationRecords() []dossier.Evidence {
	var list []dossier.Evidence
	for _, g := range a.given {
		list = append(list, dossier.Evidence{
			Kind: dossier.Attestation, Digest: g.Gate.Digest, By: g.Gate.By, Reviewer: g.Gate.Reviewer, Requirement: g.Gate.Requirement,
			Statement: g.Word.Statement, Made: g.Word.Recorded, From: g.Gate.Effective, Until: g.Gate.Until,
			Stale: cmp.Or(g.Gate.StaleBecause, a.over(g.Gate.Until)), Refused: g.Gate.Refused, Counter: g.Gate.Counter, Basis: basisLinks(g.Word.Basis),
		})
	}
	return list
}

func basisLinks(list []evidence.Basis) []dossier.Link {
	var links []dossier.Link
	for _, b := range list {
		links = append(links, dossier.Link{Name: b.Name, Digest: b.Digest})
	}
	return links
}

// dossierExemptions are all exemptions, and whether the status rests on one.
func (a *assessment) dossierExemptions() []dossier.Exemption {
	exempt := map[string]bool{}
	for _, r := range a.verdict.Requirements {
		exempt[r.ID] = r.Status == event.Exempt
	}
	var list []dossier.Exemption
	for _, e := range a.exemptions() {
		list = append(list, dossier.Exemption{Requirement: e.Requirement, Because: e.Because, By: e.By, Approver: e.Approver, Compensating: e.Compensating,
			From: e.From, Until: e.Until, Holds: exempt[e.Requirement] && e.Invalid(a.AsOf) == ""})
	}
	for _, x := range a.asked {
		if x.Refused != "" {
			list = append(list, dossier.Exemption{Requirement: x.Gate.Requirement, Because: x.Gate.Because + " (does not count: " + x.Refused + ")",
				By: x.Gate.By, Approver: x.Gate.Approver, Compensating: x.Gate.Compensating, From: x.Gate.From, Until: x.Gate.Until})
		}
	}
	return list
}

// tailoring is where the product departs from its catalogues.
func (a *assessment) tailoring() []dossier.Change {
	p := a.product.Requirements
	var list []dossier.Change
	for _, x := range p.Include {
		list = append(list, dossier.Change{Requirement: knowledge.NormalID(x.ID), What: "included", Because: x.Reason})
	}
	for _, x := range p.Exclude {
		list = append(list, dossier.Change{Requirement: knowledge.NormalID(x.ID), What: "excluded", Because: x.Reason})
	}
	for _, x := range p.Modify {
		c := dossier.Change{Requirement: knowledge.NormalID(x.ID), What: "modified", Because: x.Reason}
		for _, f := range []struct {
			name, text string
			number     int
		}{{"title", x.Title, 0}, {"statement", x.Statement, 0}, {"applies", x.Applies, 0}, {"owner", x.Owner, 0},
			{"level", "", x.Level}, {"days", "", x.Days}, {"minutes", "", x.Minutes}, {"strength", "", x.Strength}} {
			if f.number != 0 {
				f.text = fmt.Sprint(f.number)
			}
			if f.text = strings.TrimSpace(f.text); f.text != "" {
				c.Fields = append(c.Fields, f.name+": "+f.text)
			}
		}
		list = append(list, c)
	}
	return list
}
