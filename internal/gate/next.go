package gate

import (
	"cmp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// steps is how many next steps a verdict names.
const steps = 3

// next lists the cheapest steps towards the gate: requirements that wait for
// the same action are one step, and what betters most statuses a minute of a
// person's time comes first.
func next(reqs []event.Requirement) []event.Step {
	byAction := map[string]*event.Step{}
	for _, r := range reqs { // sorted, so the lists in the steps are too
		if r.Next == "" {
			continue
		}
		s := byAction[r.Next]
		if s == nil {
			s = &event.Step{Do: r.Next}
			byAction[r.Next] = s
		}
		s.Minutes = max(s.Minutes, r.Cost)
		s.Requirements = append(s.Requirements, r.ID)
	}
	var all []event.Step
	for _, s := range byAction {
		all = append(all, *s)
	}
	slices.SortFunc(all, cheapestFirst)
	return all[:min(steps, len(all))]
}

// cheapestFirst compares statuses bettered per minute, without dividing.
func cheapestFirst(a, b event.Step) int {
	return cmp.Or(
		cmp.Compare(len(b.Requirements)*a.Minutes, len(a.Requirements)*b.Minutes),
		cmp.Compare(a.Minutes, b.Minutes),
		cmp.Compare(a.Do, b.Do),
	)
}

// natural compares ids so that PL-BUILD-2 comes before PL-BUILD-10.
func natural(a, b string) int {
	for a != "" && b != "" {
		na, nb := digits(a), digits(b)
		if na > 0 && nb > 0 {
			x, y := strings.TrimLeft(a[:na], "0"), strings.TrimLeft(b[:nb], "0")
			if c := cmp.Or(cmp.Compare(len(x), len(y)), cmp.Compare(x, y), cmp.Compare(na, nb)); c != 0 {
				return c
			}
			a, b = a[na:], b[nb:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is the length of the run of digits at the start of s.
func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
