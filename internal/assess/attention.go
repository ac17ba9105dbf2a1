package assess

import (
	"context"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/finding/attention"
	"github.com/plimsoll-dev/plimsoll/internal/finding/precision"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// route says of each finding what looking at it is worth, and of those that wait,
// why. It ranks and leads; the gate weighs every finding all the same.
func (a *assessment) route() {
	book, err := bookOf(a.decisions)
	if err != nil { // then nothing is known of any rule, and worth goes by severity
		a.problems = append(a.problems, problemOf("", err))
	}
	a.attention = attention.Options{Book: book, Facts: a.facts, AsOf: a.AsOf, Budget: a.budget()}
	var all []event.Finding
	for _, w := range a.words {
		all = append(all, w.Evidence.Findings...)
	}
	attention.Route(all, a.attention)
	for i := range a.words {
		n := copy(a.words[i].Evidence.Findings, all)
		all = all[n:]
	}
}

// budget is how many findings this run shows first.
func (a *assessment) budget() int {
	if a.Budget > 0 {
		return a.Budget
	}
	return a.product.Attention.Budget
}

// bookOf is what our campaign and a repository's decisions say of the rules.
func bookOf(decisions finding.Decisions) (*precision.Book, error) {
	campaign, err := knowledge.Precision()
	checks := checkByRule()
	return precision.New(campaign, decisions, func(rule string) string { return checks[rule] }), err
}

func checkByRule() map[string]string {
	byRule := map[string]string{}
	for _, c := range Table(Setup{}) {
		for _, r := range c.Rules {
			byRule[r.ID] = c.ID
		}
	}
	return byRule
}

// Precision is what is known of the rules in the folder o.Dir: by our campaign,
// and by the decisions in its repository where it is in one.
func Precision(ctx context.Context, o Options) (*precision.Book, error) {
	a, err := begin(ctx, o.withDefaults())
	switch {
	case Outside(err):
		return bookOf(nil)
	case err != nil:
		return nil, err
	}
	return bookOf(a.decisions)
}

// RuleState is a rule and what is known of it, for a list.
type RuleState struct {
	knowledge.Rule
	precision.Estimate
}

// RuleStates lists the rules of all checks, and those of other tools that were
// decided on, in the order of the table.
func RuleStates(ctx context.Context, o Options) ([]RuleState, error) {
	book, err := Precision(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("reading what is known of the rules: %w", err)
	}
	var all []RuleState
	listed := map[string]bool{}
	for _, c := range Table(Setup{}) {
		for _, r := range c.Rules {
			listed[r.ID] = true
			all = append(all, RuleState{r, book.Of(r.ID, c.ID, "")})
		}
	}
	for _, id := range book.Rules() {
		if !listed[id] {
			all = append(all, RuleState{knowledge.Rule{ID: id}, book.Of(id, "", "")})
		}
	}
	return all, nil
}
