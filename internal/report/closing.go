package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// reason is one line of "not known": the requirements that share it.
type reason struct {
	status event.Status
	why    string
	ids    []string
}

// reasonsOf groups what is below the waterline by status and reason: failures
// first, and within a status the reason that holds back the most.
func reasonsOf(reqs []event.Requirement) []reason {
	var out []reason
	for _, r := range reqs {
		if r.Status != event.Fail && r.Status != event.Unknown && r.Status != event.Stale {
			continue
		}
		i := slices.IndexFunc(out, func(o reason) bool { return o.status == r.Status && o.why == r.Reason })
		if i < 0 {
			i = len(out)
			out = append(out, reason{status: r.Status, why: r.Reason})
		}
		out[i].ids = append(out[i].ids, r.ID)
	}
	slices.SortStableFunc(out, func(a, b reason) int {
		return cmp.Or(
			cmp.Compare(slices.Index(event.Statuses, b.status), slices.Index(event.Statuses, a.status)),
			cmp.Compare(len(b.ids), len(a.ids)))
	})
	return out
}

// reasons says in short what keeps requirements below the waterline.
func (p *page) reasons(reqs []event.Requirement) {
	all := reasonsOf(reqs)
	if len(all) == 0 {
		return
	}
	p.title("Not met or not known, and why")
	widest := 0
	for _, r := range all {
		widest = max(widest, clean.Width(p.someIDs(r.ids)))
	}
	for i, r := range all {
		if i == mostReasons-1 && len(all) > mostReasons {
			p.line("  ", count(len(all)-i, "more reason"), ": ", p.paint(bold, "plimsoll status"))
			return
		}
		color := map[event.Status]string{event.Fail: red, event.Stale: yellow}[r.status]
		ids := p.someIDs(r.ids)
		pad := strings.Repeat(" ", widest-clean.Width(ids))
		p.line("  ", p.paint(color, fmt.Sprintf("%2d %-7s", len(r.ids), r.status)), "  ", ids, pad, "  ",
			clean.Truncate(clean.Line(r.why), p.width-16-widest, p.ellipsis))
	}
}

// someIDs is the first id, cleaned, and how many follow.
func (p *page) someIDs(ids []string) string {
	first := clean.Truncate(clean.Line(ids[0]), p.width/4, p.ellipsis)
	if len(ids) > 1 {
		return fmt.Sprintf("%s, %d more", first, len(ids)-1)
	}
	return first
}

// problems writes what could not be examined, then what else the user should
// know; a long list is cut unless everything was asked for.
func (p *page) problems(problems []*event.Problem) {
	sorted := slices.Clone(problems)
	slices.SortStableFunc(sorted, func(a, b *event.Problem) int {
		return cmp.Compare(btoi(b.Incomplete), btoi(a.Incomplete))
	})
	// Two checks that need the same missing object say the same of it.
	sorted = slices.CompactFunc(sorted, func(a, b *event.Problem) bool {
		return a.Code == b.Code && a.Message == b.Message && a.Path == b.Path && a.Line == b.Line && a.Column == b.Column
	})
	for i, problem := range sorted {
		if i == mostProblems && p.opt.Show != ShowAll {
			p.gap()
			p.line(count(len(sorted)-i, "more problem"), ": ", p.paint(bold, "plimsoll check --show all"))
			break
		}
		p.problem(problem)
	}
	if len(problems) > 0 && p.opt.Quiet {
		p.gap()
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (p *page) problem(problem *event.Problem) {
	word, color := "note", blue
	if problem.Incomplete {
		word, color = "incomplete", yellow
	}
	p.gap()
	p.head(word, color, problem.Code, "", problem.Message)
	gutter := len(fmt.Sprint(max(problem.Line, 10)))
	p.place(problem.Path, problem.Line, problem.Column, "", gutter)
	p.source(problem.Source, problem.Line, problem.Column, 0, gutter, color)
	if problem.Hint != "" {
		p.remark(gutter, "hint", problem.Hint)
	}
}

// steps writes the cheapest ways up.
func (p *page) steps(steps []event.Step) {
	if len(steps) == 0 {
		return
	}
	p.title("Cheapest next steps")
	for i, s := range steps[:min(mostSteps, len(steps))] {
		text := s.Do
		if s.Minutes > 0 {
			text += fmt.Sprintf(" (about %s)", minutes(s.Minutes))
		}
		if len(s.Requirements) > 0 {
			text += ": betters " + some(s.Requirements, 4, "")
		}
		p.block(fmt.Sprintf("  %d. ", i+1), text, "", 5)
	}
}

// minutes is a time as people say it.
func minutes(n int) string {
	switch {
	case n < 90:
		return fmt.Sprintf("%d min", n)
	case n < 16*60:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/60), ".0") + " h"
	}
	return fmt.Sprintf("%d days", (n+8*60-1)/(8*60))
}

// hint says how to go on.
func (p *page) hint(r *run) {
	text := "more: plimsoll explain ID (facts, or any requirement, rule or finding)"
	if len(r.verdict.Requirements) > 0 {
		text += ", plimsoll status"
	}
	p.gap()
	p.block("", text, dim, 0)
}
