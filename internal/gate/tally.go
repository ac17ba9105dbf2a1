package gate

import (
	"cmp"
	"maps"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// tally is one check's word with its findings summed up, so that ten thousand
// requirements that rest on it do not each walk through all of them.
type tally struct {
	CheckWord
	rules []string           // that have findings, sorted
	cells map[string]*[5]sum // by rule, then by the severity's rank
	seen  map[string]looked  // by the rules asked for
}

// sum is what findings of one rule and severity come to.
type sum struct {
	open, promised, accepted int
	top                      *event.Finding // the first among the open
	leave                    *event.Finding // the first among the accepted
	until                    string         // the first day on which a decision that bears on it ends; "" for none
}

// looked is what was examined for a set of rules.
type looked struct {
	count  int64
	silent []string // patterns of rules that no observation speaks of
	words  string   // what, for people
}

// newTally sums up w as of day, a date in UTC.
func newTally(w CheckWord, day string) *tally {
	t := &tally{CheckWord: w, cells: map[string]*[5]sum{}, seen: map[string]looked{}}
	for i := range w.Findings {
		t.add(&w.Findings[i], day)
	}
	t.rules = slices.Sorted(maps.Keys(t.cells))
	return t
}

func (t *tally) add(f *event.Finding, day string) {
	s := standing(f, day)
	if s == settled && (f.Decision == nil || f.Decision.Until == "") {
		return
	}
	cells := t.cells[f.Rule]
	if cells == nil {
		cells = new([5]sum)
		t.cells[f.Rule] = cells
	}
	cell := &cells[rank(f.Severity)]
	cell.merge(sumOf(f, s))
}

// rank takes a severity that nobody knows for the worst.
func rank(s event.Severity) int {
	if r := s.Rank(); r >= 0 {
		return r
	}
	return event.Critical.Rank()
}

func sumOf(f *event.Finding, s stands) sum {
	switch s {
	case settled:
		return sum{until: f.Decision.Until}
	case left:
		return sum{accepted: 1, leave: f, until: f.Decision.Until}
	case promised:
		return sum{open: 1, promised: 1, top: f}
	}
	return sum{open: 1, top: f}
}

func (s *sum) merge(other sum) {
	s.open += other.open
	s.promised += other.promised
	s.accepted += other.accepted
	s.top = first(s.top, other.top)
	s.leave = first(s.leave, other.leave)
	if s.until == "" || other.until != "" && other.until < s.until {
		s.until = other.until
	}
}

// first is the one of two findings to speak of; either may be nil.
func first(a, b *event.Finding) *event.Finding {
	if a == nil || b != nil && worstFirst(b, a) < 0 {
		return b
	}
	return a
}

func worstFirst(a, b *event.Finding) int {
	return cmp.Or(
		cmp.Compare(rank(b.Severity), rank(a.Severity)),
		cmp.Compare(b.Confidence.Rank(), a.Confidence.Rank()),
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Line, b.Line),
		cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Rule, b.Rule),
		cmp.Compare(a.Message, b.Message),
		cmp.Compare(a.Commit, b.Commit),
		cmp.Compare(a.Fingerprint, b.Fingerprint),
		cmp.Compare(a.Fix, b.Fix),
		cmp.Compare(said(a), said(b)),
	)
}

// said is what a decision on f adds to a reason.
func said(f *event.Finding) string {
	if f.Decision == nil {
		return ""
	}
	return f.Decision.Until + " " + f.Decision.By
}

// stands is how a finding stands after what was decided on it.
type stands uint8

const (
	stood    stands = iota // it counts
	promised               // it counts, and somebody has promised a fix
	left                   // accepted until a date
	settled                // fixed, or none at all
)

// standing fails closed: a decision that has run out, has no end where it needs
// one, or is not understood, settles nothing.
func standing(f *event.Finding, day string) stands {
	if f.State == event.Fixed {
		return settled
	}
	d := f.Decision
	if d == nil || f.State != event.Decided && d.Verdict != finding.Fix || d.Until != "" && d.Until < day {
		return stood
	}
	switch {
	case d.Verdict == finding.FalsePositive:
		return settled
	case d.Verdict == finding.Accepted && (d.Until != "" || suppressed(f)):
		return left
	case d.Verdict == finding.Fix:
		return promised
	}
	return stood
}

// suppressed tells whether it was in the tool that reported f that f was
// accepted. Other tools' suppressions know no end date; they are kept, and show
// as an exemption, never as a pass.
func suppressed(f *event.Finding) bool { return f.Tool != "" && f.Decision.By == f.Tool }

// findings sums up what counts for the need.
func (t *tally) findings(need knowledge.Need) sum {
	from := event.Low.Rank()
	if r := event.Severity(need.Above).Rank(); r >= 0 {
		from = r
	}
	var all sum
	for _, rule := range t.rules {
		if !need.Counts(rule) {
			continue
		}
		for _, cell := range t.cells[rule][from:] {
			all.merge(cell)
		}
	}
	return all
}
