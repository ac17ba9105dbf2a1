package assess

import (
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/gate"
)

// gateInput is everything that the verdict rests on.
func (a *assessment) gateInput() gate.Input {
	in := gate.Input{
		Requirements: a.selected, GateRule: a.product.Gate.Rule, AsOf: a.AsOf,
		Known: map[string]bool{}, Ask: map[string]string{}, Idle: map[string]string{}, Advice: map[string]string{}, Attestations: a.attestations,
	}
	for _, c := range a.checks {
		in.Known[c.ID] = true
		in.Ask[c.ID], in.Idle[c.ID] = c.Ask, c.Idle
		for _, r := range c.Rules {
			in.Advice[r.ID] = r.Fix
		}
	}
	for _, w := range a.words {
		if !w.absent {
			in.Checks = append(in.Checks, w.forGate())
		}
		in.RunIncomplete = in.RunIncomplete || w.Err != nil || w.incomplete()
	}
	for _, p := range a.problems {
		in.RunIncomplete = in.RunIncomplete || p.Incomplete
	}
	in.Exemptions = a.exemptions()
	in.Tests = a.testWords()
	return in
}

func (w word) forGate() gate.CheckWord {
	g := gate.CheckWord{
		Check: w.Check.ID, Digest: w.Evidence.Digest, Current: w.current, StaleBecause: w.stale,
		Made: w.Evidence.Finished, Observations: w.Evidence.Observations, Findings: w.Evidence.Findings,
		FreshUntil: w.Evidence.FreshUntil,
	}
	for _, p := range w.Evidence.Problems {
		switch {
		case p.Incomplete:
			g.Incomplete = append(g.Incomplete, p.Message)
		case p.Decision != nil:
			g.Unexamined = append(g.Unexamined, p)
		}
	}
	return g
}

// startOf is the first instant of a day YYYY-MM-DD, zero for "".
func startOf(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return time.Time{}
	}
	return t
}

// endOf is the last instant of a day YYYY-MM-DD, zero for "".
func endOf(day string) time.Time {
	t := startOf(day)
	if t.IsZero() {
		return t
	}
	return t.AddDate(0, 0, 1).Add(-time.Nanosecond)
}

// nothing is the fault for a repository in which there is nothing to examine.
func nothing(dir string) error {
	return fault.New(fault.Nothing, "add files and run it again", "%s holds no file and no commit", dir)
}
