// Package attention decides which few findings a run shows first, and says of
// every other one why it waits.
//
// People read about five findings of a run. Which five, follows from what looking
// at each is expected to bring: how bad it is, how often its rule is right in such
// files, where it stands, whether the change brought it in. A rule that has not
// proven itself does not interrupt, nor does one that was wrong too often.
//
// That a rule does not interrupt must not hide what it finds. So two of five places
// are kept for findings that wait, another one each day, by lot and by worth, as
// long as little of what is shown is expected to be wrong; and findings of high severity that wait each have their day of the week, on which
// they take that place, or one that is free. All of it is a function of the
// findings, the decisions and the date: whoever runs it again sees the same.
package attention

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding/precision"
)

const (
	// Budget is how many findings a run shows where the product says nothing.
	Budget = 5
	// sameRule is how many places a rule takes while others wait.
	sameRule = 2
)

// Options are what the places are given away by.
type Options struct {
	Book   *precision.Book
	Facts  []event.Fact
	Budget int       // Budget where 0
	AsOf   time.Time // the day of the run
}

// Why the places of a run are not all that a finding can wait for.
const (
	overBudget = "budget: others are worth more; see them first, or raise attention.budget"
	notOfThis  = "not brought in by this change"
)

// candidate is a finding that may take a place; grouped ones share one.
type candidate struct {
	*event.Finding
	estimate precision.Estimate
	others   []*event.Finding // of the same group
}

// Route sets Worth of every finding, and Queue of those that wait. Findings that
// somebody has settled do neither ask nor wait.
func Route(findings []event.Finding, o Options) {
	if o.Budget <= 0 {
		o.Budget = Budget
	}
	var waiting, ready []*candidate
	for _, c := range o.candidates(findings) {
		if c.Queue = c.reserved(); c.Queue != "" {
			waiting = append(waiting, c)
		} else {
			ready = append(ready, c)
		}
	}
	ready = varied(ready)
	sure := min(len(ready), o.Budget-o.kept(dayOf(o.AsOf)))
	for _, c := range ready[sure:] {
		c.Queue = overBudget
		waiting = append(waiting, c)
	}
	shown := o.turns(waiting, len(ready))
	for _, c := range shown {
		c.Queue = ""
	}
	left := o.Budget - len(shown)
	for i, c := range ready {
		switch {
		case i < sure && left > 0, i >= sure && left > 0 && c.Queue != "":
			c.Queue = ""
			left--
		case i < sure:
			c.Queue = overBudget
		}
	}
	for _, c := range slices.Concat(ready[:sure], waiting) {
		c.spread()
	}
}

// ready tells whether only the budget keeps the finding waiting.
func (c *candidate) ready() bool { return c.Queue == overBudget }

// spread says of the others in a group what became of the first.
func (c *candidate) spread() {
	for _, f := range c.others {
		if f.Queue = c.Queue; f.Queue == "" {
			f.Queue = "group: it has the same cause as " + short(c.Fingerprint) + ", which is shown"
		}
	}
}

// Weigh is what the worth of f is made of, and what is known of its rule there.
func (o Options) Weigh(f event.Finding) (Parts, precision.Estimate) {
	e := o.Book.Of(f.Rule, f.Check, classOf(&f))
	return o.weigh(&f, e), e
}

// candidates are the findings that nobody has settled, a group as one, by worth.
func (o Options) candidates(findings []event.Finding) []*candidate {
	compared := slices.ContainsFunc(findings, func(f event.Finding) bool { return f.Change != "" })
	var all []*candidate
	for i := range findings {
		f := &findings[i]
		parts, e := o.Weigh(*f)
		f.Worth, f.Queue = parts.Worth(), ""
		switch {
		case f.State != event.Open && f.State != "":
		case compared && f.Change != event.Introduced:
			f.Queue = notOfThis
		default:
			all = append(all, &candidate{Finding: f, estimate: e})
		}
	}
	slices.SortStableFunc(all, func(a, b *candidate) int { return Compare(a.Finding, b.Finding) })
	return grouped(all)
}

// grouped leaves one candidate of each group, the first.
func grouped(all []*candidate) []*candidate {
	byGroup := map[string]*candidate{}
	var out []*candidate
	for _, c := range all {
		first := byGroup[c.Group]
		if c.Group == "" || first == nil {
			byGroup[c.Group] = c
			out = append(out, c)
			continue
		}
		first.others = append(first.others, c.Finding)
	}
	return out
}

// reserved says why a finding does not ask for attention whatever the budget,
// "" where it does.
func (c *candidate) reserved() string {
	if d := c.Decision; d != nil && d.Verdict == "fix" && d.Until != "" {
		return "promised: " + d.By + " fixes it until " + d.Until
	}
	if len(c.Witnesses) > 0 || c.estimate.State.Interrupts() {
		return "" // two that found the same are seldom both wrong
	}
	return c.estimate.Reason
}

// varied is the order in which places are given away: by worth, but no rule takes
// more than two places while others wait.
func varied(ready []*candidate) []*candidate {
	byRule := map[string]int{}
	var first, rest []*candidate
	for _, c := range ready {
		if byRule[c.Rule]++; byRule[c.Rule] <= sameRule {
			first = append(first, c)
		} else {
			rest = append(rest, c)
		}
	}
	return append(first, rest...)
}

// Compare sorts findings by worth, and by severity and place where that is equal.
func Compare(a, b *event.Finding) int {
	return cmp.Or(
		cmp.Compare(b.Worth, a.Worth),
		cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
		cmp.Compare(b.Confidence.Rank(), a.Confidence.Rank()),
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Fingerprint, b.Fingerprint),
	)
}

func short(fingerprint string) string {
	return fmt.Sprintf("%.12s", fingerprint)
}
