package gate

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
)

// DefaultRule is the gate where a product has none of its own.
const DefaultRule = "fail == 0 && unknown == 0 && stale == 0"

// counts is the vocabulary of gate rules.
var counts = sync.OnceValue(func() *requirement.Vocabulary {
	return &requirement.Vocabulary{Noun: "count", Ints: []string{"pass", "exempt", "stale", "unknown", "fail"}}
})

// CompileRule checks a gate rule, so that a mistake in one is told with its
// place before anything runs. Errors are as those of requirement.Vocabulary.
func CompileRule(text string) (*requirement.Expression, error) { return counts().Compile(text) }

// decide applies the gate rule to the counts of statuses.
func decide(in Input, n map[event.Status]int) (event.Gate, string) {
	applying := 0
	for _, s := range event.Statuses {
		applying += n[s]
	}
	summary := summarize(n, applying)
	switch {
	case n[event.Fail] > 0 && in.RunIncomplete:
		return event.NotMet, summary + "; the run was incomplete besides"
	case in.RunIncomplete:
		return event.IncompleteGate, "the run was incomplete; of what it examined " + summary
	case applying == 0:
		return event.NotMet, "no requirement applies, so there is nothing to meet"
	case !anythingSeen(in):
		return event.NotMet, "nothing was examined; " + summary
	}
	return ruled(in.GateRule, n, summary)
}

// ruled asks the rule. A rule that cannot be asked says no.
func ruled(rule string, n map[event.Status]int, summary string) (event.Gate, string) {
	if rule == "" {
		rule = DefaultRule
	}
	values := map[string]any{}
	for _, s := range event.Statuses {
		values[string(s)] = n[s]
	}
	e, err := CompileRule(rule)
	if err != nil {
		return event.NotMet, "the gate rule is broken: " + err.Error()
	}
	met, err := e.Eval(values)
	switch {
	case err != nil:
		return event.NotMet, "the gate rule is broken: " + err.Error()
	case met && rule != DefaultRule:
		return event.Met, fmt.Sprintf("%s; the product's own gate %q allows it", summary, rule)
	case met:
		return event.Met, summary
	case rule != DefaultRule:
		return event.NotMet, fmt.Sprintf("%s; the product's own gate is %q", summary, rule)
	}
	return event.NotMet, summary
}

// anythingSeen tells whether any check looked at anything, or any test ran.
func anythingSeen(in Input) bool {
	for _, w := range in.Checks {
		for _, o := range w.Observations {
			if o.Count > 0 {
				return true
			}
		}
	}
	return slices.ContainsFunc(in.Tests, func(w TestWord) bool { return w.Passed+w.Failed > 0 })
}

// summarize says the counts in words, the worst first.
func summarize(n map[event.Status]int, applying int) string {
	var parts []string
	for _, w := range []struct {
		status    event.Status
		one, many string
	}{
		{event.Fail, "fails", "fail"},
		{event.Unknown, "is unknown", "are unknown"},
		{event.Stale, "is stale", "are stale"},
		{event.Exempt, "is exempt", "are exempt"},
	} {
		switch n[w.status] {
		case 0:
		case 1:
			parts = append(parts, "1 "+w.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", n[w.status], w.many))
		}
	}
	if len(parts) == 0 {
		return fmt.Sprintf("all %d requirements that apply are met", applying)
	}
	return fmt.Sprintf("of %d requirements that apply %s", applying, strings.Join(parts, ", "))
}
