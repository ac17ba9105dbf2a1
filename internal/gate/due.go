package gate

import (
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
)

// due is when a status that is good now stops to be so though nothing changes. It
// asks the judge himself, just after each moment at which something ends that
// the requirement may rest on: what counts is decided in one place alone.
func (b *book) due(r requirement.Selected, now event.Status) time.Time {
	if !r.Applies || blocks(now) {
		return time.Time{}
	}
	for _, t := range b.ends(r) {
		later := *b
		later.in.AsOf = t.Add(time.Nanosecond)
		if blocks(later.judge(r).Status) || b.reopens(r, t) && !later.exempted(r.ID) {
			return t
		}
	}
	return time.Time{}
}

// ends are the moments to come at which something about r ends, in order.
func (b *book) ends(r requirement.Selected) []time.Time {
	var all []time.Time
	for _, need := range r.Plan.Checks {
		t := b.words[need.Check]
		if t == nil {
			continue
		}
		all = append(all, t.FreshUntil, endOfDay(t.findings(need).until))
		if r.Plan.Days > 0 && !t.Made.IsZero() {
			all = append(all, t.Made.AddDate(0, 0, r.Plan.Days))
		}
	}
	for _, a := range b.attestations[r.ID] {
		all = append(all, end(a, r.Plan.Days))
	}
	for _, e := range b.exemptions[r.ID] {
		all = append(all, e.Until)
	}
	for _, w := range b.tests[r.ID] {
		all = append(all, w.FreshUntil)
	}
	all = slices.DeleteFunc(all, func(t time.Time) bool { return t.Before(b.in.AsOf) })
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}

// reopens tells whether a decision has ended by t and so a finding counts again. The
// sums of findings are those of today, so the judge cannot know.
func (b *book) reopens(r requirement.Selected, t time.Time) bool {
	for _, need := range r.Plan.Checks {
		w := b.words[need.Check]
		if w == nil {
			continue
		}
		if end := endOfDay(w.findings(need).until); !end.IsZero() && !end.After(t) {
			return true
		}
	}
	return false
}

func (b *book) exempted(id string) bool {
	return slices.ContainsFunc(b.exemptions[id], func(e Exemption) bool { return e.invalid(b.in.AsOf) == "" })
}

// endOfDay is the last instant of a day YYYY-MM-DD in UTC, zero for "".
func endOfDay(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 0, 1).Add(-time.Nanosecond)
}
