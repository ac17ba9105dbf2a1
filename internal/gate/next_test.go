package gate

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
)

func TestNext(t *testing.T) {
	waiting := func(id, do string, minutes int) event.Requirement {
		return event.Requirement{ID: id, Status: event.Unknown, Next: do, Cost: minutes}
	}
	tests := []struct {
		name string
		reqs []event.Requirement
		want []event.Step
	}{
		{"nothing to do", []event.Requirement{{ID: "A", Status: event.Pass}}, nil},
		{"the same action once, at the dearest estimate",
			[]event.Requirement{waiting("A", "x", 10), waiting("B", "x", 20)},
			[]event.Step{{Do: "x", Minutes: 20, Requirements: []string{"A", "B"}}}},
		{"most statuses a minute first, then the shorter, then by the text, and three of them",
			[]event.Requirement{waiting("A", "slow", 100), waiting("B", "pair", 20), waiting("C", "pair", 20), waiting("D", "one b", 10), waiting("E", "one a", 10)},
			[]event.Step{
				{Do: "one a", Minutes: 10, Requirements: []string{"E"}},
				{Do: "one b", Minutes: 10, Requirements: []string{"D"}},
				{Do: "pair", Minutes: 20, Requirements: []string{"B", "C"}},
			}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, slices.Clip(next(tt.reqs))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// TestSteps wants steps that say what to do, and where.
func TestSteps(t *testing.T) {
	says := func(f *event.Finding) { f.Fix = "Rotate the GitHub token in config/prod.yml:12" }
	history := func(f *event.Finding) { f.Commit = "0123456789abcdef" }
	tests := []struct {
		name    string
		in      Input
		advice  string
		do      string
		minutes int
	}{
		{"of the finding", input(secrets(), word(token(says))), "", "Rotate the GitHub token in config/prod.yml:12", 20},
		{"of the rule", input(secrets(), word(token())), "Rotate the token.", "Rotate the token, config/prod.yml:12", 20},
		{"of a rule with more to say", input(secrets(), word(token())), "Rotate the token (e.g. at\n  the host). Then look who used it.", "Rotate the token (e.g. at the host), config/prod.yml:12", 20},
		{"of the requirement", input(secrets(), word(token())), "", "Replace the secret, config/prod.yml:12", 20},
		{"of several", input(secrets(), word(token(), token(), token())), "", "Replace the secret, config/prod.yml:12, and 2 more", 30},
		{"in history", input(secrets(), word(token(history))), "", "Replace the secret, config/prod.yml:12 at 0123456789", 20},
		{"not run", input(secrets()), "", "run plimsoll check", 1},
		{"a person", input(thought()), "", "Take an hour; then plimsoll attest PL-DESIGN-1", 60},
	}
	for _, tt := range tests {
		tt.in.Advice = map[string]string{"secret.github-token": tt.advice}
		got := Evaluate(tt.in)
		want := []event.Step{{Do: tt.do, Minutes: tt.minutes, Requirements: []string{got.Requirements[0].ID}}}
		if diff := cmp.Diff(want, got.Next); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestNaturalOrder(t *testing.T) {
	ordered := []string{"", "10", "PL-BUILD-2", "PL-BUILD-02", "PL-BUILD-10", "PL-CODE-1", "v5.0.0-1.2.5", "v5.0.0-1.2.10", "v5.0.0-1.10.1"}
	for i, a := range ordered {
		for j, b := range ordered {
			got, want := natural(a, b), 0
			switch {
			case i < j:
				want = -1
			case i > j:
				want = 1
			}
			if got != want {
				t.Errorf("natural(%q, %q) = %d, want %d", a, b, got, want)
			}
		}
	}
}

func TestOrderOfRequirements(t *testing.T) {
	var in Input
	for _, id := range []string{"PL-BUILD-10", "PL-BUILD-2"} {
		r := planned()
		r.ID = id
		in.Requirements = append(in.Requirements, r)
	}
	in.Requirements = append(in.Requirements, requirement.Selected{}, secrets())
	var got []string
	for _, r := range Evaluate(in).Requirements {
		got = append(got, r.ID)
	}
	if want := []string{"PL-BUILD-2", "PL-BUILD-10", "PL-CODE-1", ""}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
