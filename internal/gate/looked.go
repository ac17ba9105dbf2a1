package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// look says what the check examined for the rules of a need. That no rule found
// anything is worth nothing where no rule was run.
func (t *tally) look(need knowledge.Need) looked {
	key := strings.Join(need.Rules, " ")
	l, known := t.seen[key]
	if !known {
		l = examine(t.Observations, need)
		t.seen[key] = l
	}
	return l
}

// examine lets an observation speak for the rules that it names and for no
// others: that a folder was listed proves nothing of a rule. Only a need that
// names no rules takes every observation of its check.
func examine(observations []event.Observation, need knowledge.Need) looked {
	var l looked
	var relevant []event.Observation
	for _, o := range observations {
		if o.Count > 0 && (len(need.Rules) == 0 || slices.ContainsFunc(o.Rules, need.Asks)) {
			relevant = append(relevant, o)
			l.count += o.Count
		}
	}
	for _, pattern := range need.Rules {
		if !slices.ContainsFunc(observations, func(o event.Observation) bool { return speaks(o, pattern) }) {
			l.silent = append(l.silent, pattern)
		}
	}
	l.words = describe(relevant)
	return l
}

// speaks tells whether o says of a rule in pattern that it ran.
func speaks(o event.Observation, pattern string) bool {
	return slices.ContainsFunc(o.Rules, func(rule string) bool { return knowledge.MatchRule(pattern, rule) })
}

// shownObservations is how many observations a reason names.
const shownObservations = 3

// describe says in words what was looked at, the most first.
func describe(observations []event.Observation) string {
	slices.SortFunc(observations, func(a, b event.Observation) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.What, b.What), cmp.Compare(a.Tool, b.Tool))
	})
	var parts []string
	for i, o := range observations {
		if i == shownObservations {
			parts = append(parts, fmt.Sprintf("and %d more", len(observations)-i))
			break
		}
		text := fmt.Sprintf("%d %s", o.Count, o.What)
		if o.Tool != "" {
			text += " (" + o.Tool + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}
