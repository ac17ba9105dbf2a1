package sheet

import (
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

func findings(d *dossier.Dossier) table {
	type F = event.Finding
	return tableOf("Findings", d.Findings, []column[F]{
		{"severity", 10, func(f F) string { return string(f.Severity) }},
		{"confidence", 10, func(f F) string { return string(f.Confidence) }},
		{"state", 10, func(f F) string { return string(f.State) }},
		{"check", 18, func(f F) string { return f.Check }},
		{"rule", 26, func(f F) string { return f.Rule }},
		{"message", 60, func(f F) string { return f.Message }},
		{"place", 36, func(f F) string { return dossier.Place(&f) }},
		{"decision", 50, func(f F) string { return dossier.Decision(&f) }},
		{"fingerprint", 30, func(f F) string { return f.Fingerprint }},
	})
}

// departures are exemptions and tailoring in one sheet: what somebody decided
// against the catalogue.
func departures(d *dossier.Dossier) table {
	type row struct{ what, requirement, because, by, approver, from, until, more string }
	var list []row
	for _, e := range d.Exemptions {
		r := row{what: "exemption", requirement: e.Requirement, because: e.Because, by: e.By, approver: e.Approver,
			from: dossier.Day(e.From), until: dossier.Day(e.Until), more: e.Compensating}
		if !e.Holds {
			r.what = "exemption that does not hold"
		}
		list = append(list, r)
	}
	for _, c := range d.Tailoring {
		list = append(list, row{what: c.What, requirement: c.Requirement, because: c.Because, more: fmt.Sprint(c.Fields)})
	}
	return tableOf("Departures", list, []column[row]{
		{"what", 16, func(r row) string { return r.what }},
		{"requirement", 18, func(r row) string { return r.requirement }},
		{"reason", 60, func(r row) string { return r.because }},
		{"asked by", 24, func(r row) string { return r.by }},
		{"approved by", 24, func(r row) string { return r.approver }},
		{"from", 12, func(r row) string { return r.from }},
		{"until", 12, func(r row) string { return r.until }},
		{"instead, or fields", 40, func(r row) string { return r.more }},
	})
}

// about says what the workbook is.
func about(d *dossier.Dossier) table {
	type pair struct{ name, value string }
	list := []pair{
		{"product", d.Product}, {"gate", string(d.Gate)}, {"because", d.GateReason}, {"rule", d.GateRule},
		{"as of", dossier.Moment(d.AsOf)}, {"commit", d.Commit}, {"uncommitted changes", fmt.Sprint(d.Dirty)},
		{"judged by", d.Tool.Name + " " + d.Tool.Version}, {"digest of the tool", d.Tool.Digest}, {"level", number(d.Level)},
	}
	for _, o := range d.Owners {
		list = append(list, pair{"owner", o.Name + " " + o.Email + " " + o.Role})
	}
	for _, f := range d.Facts {
		list = append(list, pair{"fact " + f.Name, fmt.Sprintf("%s (%s %s)", f.Value, f.Origin, f.Path)})
	}
	for _, c := range d.Catalogues {
		list = append(list, pair{"catalogue " + c.Name, fmt.Sprintf("%s %s; %s; %s %s", c.Title, c.Version, c.Publisher, c.Licence, c.Attribution)})
	}
	for _, p := range d.Problems {
		list = append(list, pair{"problem", p.Message + " " + p.Path})
	}
	return tableOf("About", list, []column[pair]{
		{"what", 24, func(p pair) string { return p.name }},
		{"value", 90, func(p pair) string { return p.value }},
	})
}
