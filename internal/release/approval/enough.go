package approval

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
)

// enough says what lacks.
func enough(p record.Prepared, given []Given) error {
	filled, all := Count(p.Needs, given)
	if filled == all {
		return nil
	}
	want := make([]string, len(p.Needs))
	for i, n := range p.Needs {
		want[i] = NeedText(n)
	}
	return fault.New(fault.Incomplete, "somebody else runs `plimsoll release approve "+p.Version+"`",
		"the release has %d of %d approvals that it needs (%s)", filled, all, strings.Join(want, "; "))
}

// Count says how many of the needed seats the people can fill at most, each
// person one seat. Somebody with two roles may have to take the one that nobody
// else can, so seats are matched and not handed out in order.
func Count(needs []record.Need, given []Given) (filled, all int) {
	m := matching{given: given, taken: make([]int, len(given))}
	for i := range m.taken {
		m.taken[i] = -1
	}
	for _, n := range needs {
		for range n.Count {
			m.seats = append(m.seats, n)
		}
	}
	for seat := range m.seats {
		if m.find(seat, make([]bool, len(given))) {
			filled++
		}
	}
	return filled, len(m.seats)
}

type matching struct {
	seats []record.Need
	given []Given
	taken []int // seat of each person, -1 for none
}

// find gives a seat to somebody, moving others where that helps (Kuhn's
// algorithm for bipartite matching).
func (m *matching) find(seat int, tried []bool) bool {
	for i, g := range m.given {
		if tried[i] || !Fills(m.seats[seat], g.who) {
			continue
		}
		tried[i] = true
		if m.taken[i] < 0 || m.find(m.taken[i], tried) {
			m.taken[i] = seat
			return true
		}
	}
	return false
}

// Fills tells whether a person has one of the roles.
func Fills(n record.Need, who product.Person) bool {
	return len(n.Roles) == 0 || slices.ContainsFunc(n.Roles, func(r string) bool { return slices.Contains(who.Roles, r) })
}

// NeedText says a need in words.
func NeedText(n record.Need) string {
	if len(n.Roles) == 0 {
		return fmt.Sprintf("%d of any owner", n.Count)
	}
	return fmt.Sprintf("%d of %s", n.Count, strings.Join(n.Roles, " or "))
}
