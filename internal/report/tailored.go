package report

import (
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// mostTailored is how many tailored requirements the first screen names.
const mostTailored = 8

// tailoredOf are the requirements that the product took in, left out or changed.
// A report that hid them would show a line that nobody else holds.
func tailoredOf(reqs []event.Requirement) []event.Requirement {
	var out []event.Requirement
	for _, r := range reqs {
		if r.Tailored != "" {
			out = append(out, r)
		}
	}
	return out
}

func (p *page) tailored(reqs []event.Requirement) {
	list := tailoredOf(reqs)
	if len(list) == 0 {
		return
	}
	p.title(fmt.Sprintf("Tailored by the product (%d)", len(list)))
	for i, r := range list {
		if i == mostTailored && p.opt.Show != ShowAll {
			p.line("  ", count(len(list)-i, "more requirement"))
			return
		}
		p.block("  "+clean.Line(r.ID)+"  ", r.Tailored, "", 3)
	}
}

func (d *document) tailored(reqs []event.Requirement) {
	list := tailoredOf(reqs)
	if len(list) == 0 || !d.fits("\n### Tailored by the product\n\n") {
		return
	}
	for i, r := range list {
		if !d.fits("- " + code(r.ID) + " " + prose(r.Tailored) + "\n") {
			d.WriteString("- " + count(len(list)-i, "more requirement") + "\n")
			return
		}
	}
}

// tailoredSuite holds what the product left out: everything else that it
// tailored is a case of its wing and says so there.
func tailoredSuite(reqs []event.Requirement) junitSuite {
	s := junitSuite{Name: "left out by the product"}
	for _, r := range tailoredOf(reqs) {
		if r.Status == event.NotApplicable {
			s.Cases = append(s.Cases, junitCase{Class: "plimsoll.tailored", Name: clean.Line(r.ID + " " + r.Title),
				Skipped: &junitDetail{Message: clean.Line(r.Tailored)}})
		}
	}
	return s
}

func sarifTailored(reqs []event.Requirement) []sarifNotification {
	var notes []sarifNotification
	for _, r := range tailoredOf(reqs) {
		notes = append(notes, sarifNotification{Descriptor: sarifReference{"tailored"}, Level: "note", Message: sarifText{clean.Line(r.ID + ": " + r.Tailored)}})
	}
	return notes
}
