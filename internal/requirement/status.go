package requirement

import (
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Worst is the worst of the statuses, in the order pass, exempt, stale, unknown,
// fail. NotApplicable is beside that order: it is worst only of none. A word
// that is no status counts as unknown, never as better.
//
// Worst is commutative, associative and idempotent, so that it does not matter
// in which order evidence comes in nor how it is grouped.
func Worst(statuses ...event.Status) event.Status {
	worst := event.NotApplicable
	for _, s := range statuses {
		if Rank(s) < 0 && s != event.NotApplicable {
			s = event.Unknown
		}
		if Rank(s) > Rank(worst) {
			worst = s
		}
	}
	return worst
}

// Rank is 0 for pass up to 4 for fail, -1 for anything else.
func Rank(s event.Status) int { return slices.Index(event.Statuses, s) }
