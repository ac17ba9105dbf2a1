package gate

import (
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// TestFirstLevelCanBeMet meets the gate with the built-in catalogue, with
// nothing but the checks of this version and two persons' words: an honest gate
// must be one that a small team can meet.
func TestFirstLevelCanBeMet(t *testing.T) {
	in := catalogue(t, 1)
	for _, r := range in.Requirements {
		if r.Applies && r.Plan.Person != "" {
			in.Attestations = append(in.Attestations, Attestation{Requirement: r.ID, By: "grace", Effective: asOf, Until: asOf.Add(time.Hour)})
		}
	}
	v := Evaluate(in)
	for _, r := range v.Requirements {
		if blocks(r.Status) {
			t.Errorf("%s is %s: %s", r.ID, r.Status, r.Reason)
		}
	}
	if v.Gate != event.Met || v.Statuses[event.Pass] < 10 || v.Statuses[event.NotApplicable] < 20 {
		t.Errorf("%s: %s, %v", v.Gate, v.Reason, v.Statuses)
	}
}

// TestHigherLevelsSayWhatIsMissing wants every requirement of the catalogue that
// is not met to say why and what to do.
func TestHigherLevelsSayWhatIsMissing(t *testing.T) {
	v := Evaluate(catalogue(t, 3))
	if v.Gate != event.NotMet || len(v.Next) != steps {
		t.Errorf("%s with %d steps", v.Gate, len(v.Next))
	}
	for _, r := range v.Requirements {
		if r.Reason == "" || blocks(r.Status) && (r.Next == "" || r.Cost < 1) {
			t.Errorf("%s is %s because %q; next %q, %d minutes", r.ID, r.Status, r.Reason, r.Next, r.Cost)
		}
		if strings.Contains(r.Next, "..") || strings.Contains(r.Reason, ";;") {
			t.Errorf("%s reads badly: %q, %q", r.ID, r.Next, r.Reason)
		}
	}
}

// catalogue is the built-in one for a web application, and the words of this
// version's checks, which ran all rules and found nothing.
func catalogue(t *testing.T, level int) Input {
	t.Helper()
	reqs, err := knowledge.Requirements()
	if err != nil {
		t.Fatal(err)
	}
	facts := []event.Fact{
		{Name: "kind", Value: "web"}, {Name: "exposure", Value: "internet"}, {Name: "language", Value: "go"}, {Name: "data", Value: "personal"},
		{Name: "package_manager", Value: "npm"}, {Name: "ci", Value: "github-actions"}, {Name: "container", Value: "docker"},
	}
	selected, faults := requirement.Select(reqs, facts, requirement.Selection{Level: level})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	in := Input{Requirements: selected, AsOf: asOf, Known: map[string]bool{}}
	for _, id := range []string{"build.history", "code.secrets", "release.basics", "testing.results"} {
		in.Known[id] = true
		var rules []string
		for _, r := range reqs {
			for _, need := range r.Plan.Checks {
				for _, pattern := range need.Rules {
					rules = append(rules, strings.Replace(pattern, "*", "any", 1))
				}
			}
		}
		in.Checks = append(in.Checks, CheckWord{Check: id, Current: true,
			Observations: []event.Observation{{What: "files", Count: 3, Rules: rules}}})
	}
	return in
}
