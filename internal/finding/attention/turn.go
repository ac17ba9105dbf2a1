package attention

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding/precision"
)

// ration is the share of what a run shows that may be expected to be wrong for
// the sake of finding out: a part of the tenth that people put up with.
const ration = 0.02

// kept is how many of the places are for what waits, if anything has its turn.
func (o Options) kept(day int64) int {
	switch {
	case o.Budget >= Budget:
		return 2
	case o.Budget == 1:
		return int(day % 2) // the one place is shared day by day
	}
	return 1
}

// turns are those that wait and get a place. Grave ones whose turn it is get all
// of them, where they are so many; those of rules that nobody has found wrong get
// what is free besides. Where there are none, one of the others gets a place by
// lot, within the ration.
func (o Options) turns(waiting []*candidate, ready int) []*candidate {
	day := dayOf(o.AsOf)
	var due, free, lot []*candidate
	for _, c := range waiting {
		switch {
		case c.Decision != nil:
		case !c.grave():
			lot = append(lot, c)
		case c.Change == event.Introduced || onTurn(c.Fingerprint, day):
			due = append(due, c)
		case c.estimate.State == precision.Shadow && !c.ready():
			free = append(free, c)
		}
	}
	kept := max(o.kept(day), o.Budget-ready)
	byLot(due, day)
	byLot(free, day)
	most := o.Budget
	if most == 1 && ready > 0 {
		most = kept
	}
	due = due[:min(len(due), most)]
	if n := o.Budget - ready - len(due); n > 0 { // nobody is the worse for these
		due = append(due, free[:min(n, len(free))]...)
	}
	if len(due) > 0 {
		return due
	}
	byLot(lot, day)
	if kept > 0 && len(lot) > 0 && !lot[0].ready() && lot[0].affordable(min(ready, o.Budget), day) {
		return lot[:1]
	}
	return nil
}

// affordable draws whether to try a finding out beside those that are shown
// anyway: the less it is likely to be right, the more seldom.
func (c *candidate) affordable(beside int, day int64) bool {
	wrong := max(1-c.estimate.Mean, 1e-9)
	return uniform("afford "+c.Fingerprint, day) < ration*float64(beside+1)/wrong
}

// grave are the findings that must not wait for longer than a week.
func (c *candidate) grave() bool { return c.Severity.Rank() >= event.High.Rank() }

// dayOf counts days, so that a run later on the same day sees the same.
func dayOf(t time.Time) int64 { return t.UTC().Unix() / (24 * 60 * 60) }

// weekday is the day of the week, Monday to Friday, on which a finding can have
// its turn, since few look on others. Who works on a Sunday or a Saturday in place of
// a Friday or a Monday sees what belongs to that.
func weekday(day int64) int64 {
	return [7]int64{0, 1, 2, 3, 4, 0, 4}[(day+3)%7] // the first day of 1970 was a Thursday
}

// onTurn tells whether the finding's day of the week is today.
func onTurn(fingerprint string, day int64) bool {
	const workWeek = 5
	return int64(digest(fingerprint, 0)%workWeek) == weekday(day)
}

// byLot sorts by a lottery in which the worth is the number of tickets: the key
// of each is u^(1/worth) with u between 0 and 1 from the finding and the day
// (Efraimidis and Spirakis, 2006).
func byLot(all []*candidate, day int64) {
	keys := make(map[*candidate]float64, len(all))
	for _, c := range all {
		keys[c] = math.Log(uniform(c.Fingerprint, day)) / max(c.Worth, 1e-9)
	}
	slices.SortStableFunc(all, func(a, b *candidate) int {
		switch {
		case keys[a] > keys[b]:
			return -1
		case keys[a] < keys[b]:
			return 1
		}
		return Compare(a.Finding, b.Finding)
	})
}

// uniform is a number between 0 and 1.
func uniform(what string, day int64) float64 {
	return (float64(digest(what, day)>>11) + 0.5) / (1 << 53)
}

// digest is a number that looks drawn, and is the same for everybody.
func digest(fingerprint string, day int64) uint64 {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], uint64(day))
	sum := sha256.Sum256(append([]byte("plimsoll turn 1\n"+fingerprint+"\n"), b[:]...))
	return binary.BigEndian.Uint64(sum[:8])
}
