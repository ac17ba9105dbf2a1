package assess

import (
	"context"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/gate"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
)

// testWords is what the product's own tests say of the requirements at hand.
// Tests carry ids in their names, and names are full of what looks like one: what
// no requirement has is nothing.
func (a *assessment) testWords() []gate.TestWord {
	at := a.selectedIDs()
	var words []gate.TestWord
	for _, w := range a.words {
		if w.absent {
			continue
		}
		for _, t := range w.Evidence.Tests {
			if !at[t.Requirement] {
				continue
			}
			words = append(words, gate.TestWord{
				Requirement: t.Requirement, Digest: w.Evidence.Digest, Current: w.current, StaleBecause: w.stale, FreshUntil: w.Evidence.FreshUntil,
				Passed: t.Passed, Failed: t.Failed, Skipped: t.Skipped, Flaky: t.Flaky, NotRun: t.NotRun, First: t.First,
			})
		}
	}
	return words
}

func (a *assessment) selectedIDs() map[string]bool {
	ids := make(map[string]bool, len(a.selected))
	for _, r := range a.selected {
		ids[r.ID] = true
	}
	return ids
}

// testEvents tells what the tests in a check's word say of the requirements.
func (a *assessment) testEvents(w word) []event.Event {
	if len(w.Evidence.Tests) == 0 {
		return nil
	}
	at := a.selectedIDs()
	var events []event.Event
	for i := range w.Evidence.Tests {
		if t := &w.Evidence.Tests[i]; at[t.Requirement] {
			events = append(events, t)
		}
	}
	return events
}

// mappedToNothing tells of requirements in the mapping of tests that there are
// not: a slip in an id would leave tests without effect, and nobody would know.
func (a *assessment) mappedToNothing(ctx context.Context) []event.Problem {
	data, err := a.configFile(ctx, mapping.Path)
	if err != nil || data == nil {
		return nil // what is wrong with the file was told when the run began
	}
	entries, err := mapping.Parse(mapping.Path, data)
	if err != nil {
		return nil
	}
	at := a.selectedIDs()
	var problems []event.Problem
	for _, e := range entries {
		if at[e.Requirement] {
			continue
		}
		p := event.Problem{Code: "mapped-to-nothing", Path: mapping.Path, Line: e.Line,
			Message: "tests are mapped to " + e.Requirement + ", which is no requirement", Hint: "`plimsoll requirements list` shows all"}
		if _, ok, err := FindRequirement(e.Requirement); ok && err == nil {
			p.Message = "tests are mapped to " + e.Requirement + ", which is in no catalogue that product.yaml chooses"
			p.Hint = "choose the catalogue under requirements in product.yaml, or remove the entry"
		}
		problems = append(problems, p)
	}
	return problems
}
