package imported

import (
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/sarif"
)

// maxInventory bounds the rule ids that an observation lists.
const maxInventory = 2000

// Version is the tool of a run and its version, as far as it is known.
func Version(run *sarif.Run) string { return strings.TrimSpace(run.Tool + " " + run.Version) }

// Looked says what the run looked for. Without a list of rules the files that it
// lists count, then the rules that results name; a run that shows none of these
// counts for nothing.
func Looked(run *sarif.Run) event.Observation {
	rules := run.Rules
	what, count := "rules in results of ", len(rules)
	if len(rules) == 0 {
		for i := range run.Results {
			rules = append(rules, run.Results[i].Rule)
		}
		slices.Sort(rules)
		rules = slices.Compact(rules)
		count = len(rules)
		if run.Artifacts > 0 {
			what, count = "files in results of ", run.Artifacts
		}
	}
	ids := make([]string, 0, min(len(rules), maxInventory))
	for _, rule := range rules[:min(len(rules), maxInventory)] {
		ids = append(ids, RuleID(run.Tool, rule))
	}
	return event.Observation{What: what + Version(run), Tool: run.Tool, Count: int64(count), Rules: ids}
}
