package assess

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// notice are the days before an end on which the first, second and last notice
// is given.
var notice = [3]int{30, 14, 3}

// notices tell of what ends soon. None of them makes the run incomplete.
func (a *assessment) notices() []event.Problem {
	var problems []event.Problem
	for _, d := range a.verdict.Due {
		days := daysBetween(a.AsOf, d.At)
		if d.At.IsZero() || days > a.noticeFrom(d) {
			continue
		}
		problems = append(problems, event.Problem{Code: event.ExpiresSoon, Path: d.Path, Line: d.Line, Hint: d.Do,
			Message: fmt.Sprintf("%s ends on %s, %s", d.What, d.At.UTC().Format(time.DateOnly), inDays(days))})
	}
	return problems
}

// noticeFrom is how many days ahead to tell of an end; -1 for not at all. The
// word of a check is renewed by the run that finds it too old, so where checks
// are called nobody need do anything; where they are not, a word that stands for
// 30 days is not told of from its first day.
func (a *assessment) noticeFrom(d event.Due) int {
	if d.Kind != event.DueCheck {
		return notice[0]
	}
	i := slices.IndexFunc(a.words, func(w word) bool { return strings.HasPrefix(d.ID, event.DueCheck+":"+w.Check.ID+":") })
	if i < 0 || !a.keeps(a.words[i].Check.ID) {
		return -1
	}
	whole := daysBetween(a.words[i].Evidence.Finished, d.At)
	for _, days := range notice {
		if days < whole {
			return days
		}
	}
	return 0
}

// keeps tells whether this run did not call a check.
func (a *assessment) keeps(checkID string) bool {
	return a.NoCalls || len(a.Only) > 0 && !slices.Contains(a.Only, checkID)
}

// daysBetween counts calendar days in UTC.
func daysBetween(from, to time.Time) int {
	day := func(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}

func inDays(days int) string {
	switch days {
	case 0:
		return "today"
	case 1:
		return "tomorrow"
	}
	return fmt.Sprintf("in %d days", days)
}
