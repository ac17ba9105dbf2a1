package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Status writes a verdict requirement by requirement, wing by wing: what holds,
// what does not and why, and the cheapest thing that would better it.
func Status(w io.Writer, v *event.Verdict, opt Options) error {
	p := newPage(opt.withDefaults())
	r := &run{config: &event.Config{}, verdict: v}
	for _, req := range v.Requirements {
		if ours := req.Catalogue == "" || req.Catalogue == "plimsoll"; ours && req.Status != event.NotApplicable {
			r.config.Level = max(r.config.Level, req.Level)
		}
	}
	if !opt.Quiet {
		p.waterline(v)
		for _, wing := range wings(v.Requirements) {
			p.wing(wing)
		}
		p.tailored(v.Requirements)
		p.gap()
	}
	p.gateLine(r)
	if v.Gate == event.IncompleteGate {
		p.block("  ", v.Reason, "", 0)
	}
	if !opt.Quiet {
		p.steps(v.Next)
	}
	if _, err := io.WriteString(w, p.String()); err != nil {
		return fmt.Errorf("writing the status: %w", err)
	}
	return nil
}

// wing writes the requirements of one wing.
func (p *page) wing(w wing) {
	if len(w.requirements) == 0 && w.without == 0 {
		return
	}
	p.gap()
	tally := fmt.Sprintf("%d of %d", w.above(), len(w.requirements))
	if w.without > 0 {
		tally += fmt.Sprintf(", and %d not applicable", w.without)
	}
	p.line(p.paint(bold, w.label), ": ", tally)
	for _, r := range w.requirements {
		p.requirement(r)
	}
}

// requirement writes one of them; one that holds takes a single line.
func (p *page) requirement(r event.Requirement) {
	const indent = "           "
	word := fmt.Sprintf("  %-8s ", r.Status)
	p.paintedBlock(word, statusColor(r.Status), r.ID+"  "+r.Title)
	if r.Reason != "" && (r.Status != event.Pass || p.opt.Verbose) {
		p.block(indent, r.Reason, dim, 4)
	}
	told := (r.Status != event.Pass || p.opt.Verbose) && strings.Contains(r.Reason, r.Counter)
	if r.Counter != "" && !told {
		p.block(indent+"against it: ", r.Counter, "", 4)
	}
	if r.Next != "" && r.Status != event.Pass {
		next := r.Next
		if r.Cost > 0 {
			next += " (about " + minutes(r.Cost) + ")"
		}
		p.block(indent+"next: ", next, "", 4)
	}
}

// paintedBlock is block with the prefix painted rather than the text.
func (p *page) paintedBlock(prefix, code, text string) {
	for i, l := range p.wrap(text, p.width-len(prefix), 3) {
		if i > 0 {
			prefix, code = strings.Repeat(" ", len(prefix)), ""
		}
		p.line(p.paint(code, prefix), l)
	}
}

func statusColor(s event.Status) string {
	switch s {
	case event.Pass:
		return green
	case event.Exempt:
		return cyan
	case event.Stale:
		return yellow
	case event.Fail:
		return red
	}
	return dim
}
