package seed

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// CheckID is the check code.recall.
const CheckID = "code.recall"

// What its observations count.
const (
	Planted = "credentials planted"
	Caught  = "planted credentials caught"
	Kinds   = "kinds of credential planted"
)

const (
	decisionsInput = "decisions"
	maxDecisions   = 1 << 20
)

// New is the check code.recall: whether the scanner finds what is planted. It is
// called when it is asked for; in between its word stands.
func New() *check.Check {
	rules, err := knowledge.Rules(CheckID)
	if err != nil {
		panic(err) // a test reads the rules
	}
	return &check.Check{
		ID:    CheckID,
		Title: "what the scanner for secrets catches of what is planted",
		Why: "A rule that is silenced finds nothing, and that looks like a product without faults. So fresh credentials of every kind are " +
			"planted, in memory, among files like those of the repository, and the scanner has to find them in spite of its decisions.",
		Rules: rules,
		Ask:   "plimsoll check --seed-defects",
		Inputs: []check.Input{
			check.Files(decisionsInput, func(path string) bool { return path == finding.DecisionsPath }),
			check.Value("kinds of files", func(_ context.Context, s *check.Subject) (string, error) {
				return digestOf(placesOf(s.Snapshot.Files()))
			}),
			check.Value("kinds of credential", func(context.Context, *check.Subject) (string, error) { return digestJSON(knowledge.Secrets()) }),
		},
		Run: run,
	}
}

func digestOf(places []place) (string, error) {
	names := make([]string, len(places))
	for i, p := range places {
		names[i] = string(p.class) + " " + p.path
	}
	return digestJSON(names)
}

func digestJSON(v any) (string, error) {
	data, err := json.Marshal(v)
	return repo.DigestOf(data), err
}

func run(ctx context.Context, p *check.Pass) error {
	reader, err := secretscan.NewReader(knowledge.Secrets())
	if err != nil {
		return err
	}
	f := &field{all: reader, reader: reader, asOf: p.Now()}
	if f.decisions, err = decisions(ctx, p); err != nil {
		return err
	}
	places := placesOf(p.Subject().Snapshot.Files())
	all, err := f.plantAll(ctx, knowledge.Secrets(), places)
	if err != nil {
		return err
	}
	tell(p, all)
	return nil
}

func decisions(ctx context.Context, p *check.Pass) (finding.Decisions, error) {
	if len(p.Files(decisionsInput)) == 0 {
		return nil, nil
	}
	data, err := p.Read(ctx, decisionsInput, finding.DecisionsPath, maxDecisions)
	if err != nil {
		return nil, err
	}
	return finding.ParseDecisions(finding.DecisionsPath, data)
}

// The rules of the check.
const (
	ruleMissed    = "recall.missed"    // a kind with a form of its own, or any in production
	ruleSilenced  = "recall.silenced"  // a generic kind, where nothing ships
	ruleDismissed = "recall.dismissed" // by a decision
	ruleUnplanted = "recall.unplanted" // nobody knows
)

// tell says how much was planted and caught, and makes one finding of each kind
// of credential and of each reason why it was not.
func tell(p *check.Pass, all []plant) {
	counts := map[outcome]int64{}
	byRule := map[string][]plant{}
	kinds := map[string]bool{}
	for _, one := range all {
		counts[one.outcome]++
		if one.outcome != notPlanted {
			kinds[one.secret.ID] = true
		}
		if rule := one.rule(); rule != "" {
			key := rule + " " + one.secret.ID
			if rule == ruleSilenced || rule == ruleUnplanted { // one for all kinds with the same reason
				key = rule + " " + one.because
			}
			byRule[key] = append(byRule[key], one)
		}
	}
	planted := counts[caught] + counts[missed] + counts[dismissed]
	p.Observe(event.Observation{What: Planted, Count: planted, Rules: []string{ruleMissed, ruleSilenced, ruleDismissed, ruleUnplanted}})
	p.Observe(event.Observation{What: Caught, Count: counts[caught]})
	p.Observe(event.Observation{What: Kinds, Count: int64(len(kinds))})
	for _, key := range sortedKeys(byRule) {
		p.Report(findingOf(byRule[key]))
	}
}

// rule is the rule that p breaks, "" for none.
func (p plant) rule() string {
	switch {
	case p.outcome == dismissed:
		return ruleDismissed
	case p.outcome == notPlanted:
		return ruleUnplanted
	case p.outcome == missed && p.secret.Generic && p.class != finding.Production:
		return ruleSilenced
	case p.outcome == missed:
		return ruleMissed
	}
	return ""
}

// findingOf is the finding on plants that share rule and reason.
func findingOf(list []plant) event.Finding {
	first := list[0]
	rule := first.rule()
	var what []string
	for _, one := range list {
		text := one.secret.ID + " in " + one.path
		switch rule {
		case ruleSilenced:
		case ruleUnplanted:
			text = one.secret.ID
		default:
			text = one.path
		}
		if !slices.Contains(what, text) {
			what = append(what, text)
		}
	}
	places := strings.Join(what[:min(3, len(what))], ", ")
	if len(what) > 3 {
		places += fmt.Sprintf(" and %d more", len(what)-3)
	}
	f := event.Finding{Rule: rule, Confidence: event.Sure}
	switch rule {
	case ruleMissed:
		f.Severity, f.Message = event.High, fmt.Sprintf("%s was planted and not found at %s: %s", first.secret.Title, places, first.because)
	case ruleDismissed:
		f.Severity, f.Message = event.High, fmt.Sprintf("%s was planted at %s, and %s", first.secret.Title, places, first.because)
	case ruleSilenced:
		f.Severity, f.Message = event.Info, fmt.Sprintf("%d planted credentials without a form of their own were not told of, since %s: %s", len(list), first.because, places)
	default:
		f.Severity, f.Message = event.Info, fmt.Sprintf("%d kinds of credential could not be planted, since %s: %s", len(what), first.because, places)
	}
	parts := []string{rule, first.because}
	if rule != ruleSilenced && rule != ruleUnplanted {
		parts[1] = first.secret.ID
	}
	f.Fingerprint = finding.Fingerprint(rule, parts...)
	return f
}
