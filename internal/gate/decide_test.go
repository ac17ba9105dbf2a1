package gate

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
)

func TestGate(t *testing.T) {
	set := func(in Input, c func(*Input)) Input {
		c(&in)
		return in
	}
	rule := func(text string) func(*Input) { return func(in *Input) { in.GateRule = text } }
	incomplete := func(in *Input) { in.RunIncomplete = true }
	tests := []struct {
		name   string
		in     Input
		want   event.Gate
		reason string
	}{
		{"all pass", input(secrets(), word()), event.Met, "all 1 requirements"},
		{"one exempt", input(secrets(), word(token(decided("accepted", "2027-01-01")))), event.Met, "1 is exempt"},
		{"one fails", input(secrets(), word(token())), event.NotMet, "1 fails"},
		{"one unknown", input(thought(), word()), event.NotMet, "1 is unknown"},
		{"one stale", input(secrets(), with(word(), func(w *CheckWord) { w.Current = false })), event.NotMet, "1 is stale"},
		{"no requirements", Input{AsOf: asOf, Checks: []CheckWord{word()}}, event.NotMet, "no requirement applies"},
		{"none applies", input(requirement.Selected{}, word()), event.NotMet, "no requirement applies"},
		{"nothing seen", attested(input(thought()), Attestation{Requirement: "PL-DESIGN-1", By: "g", Effective: asOf, Until: asOf}), event.NotMet, "nothing was examined"},
		{"incomplete, all pass", set(input(secrets(), word()), incomplete), event.IncompleteGate, "incomplete"},
		{"incomplete, unknown", set(input(secrets()), incomplete), event.IncompleteGate, "1 is unknown"},
		{"incomplete, failing", set(input(secrets(), word(token())), incomplete), event.NotMet, "1 fails; the run was incomplete"},
		{"own rule, milder", set(input(thought(), word()), rule("fail == 0")), event.Met, `own gate "fail == 0" allows it`},
		{"own rule, harder", set(input(secrets(), word()), rule("pass > 1")), event.NotMet, `own gate is "pass > 1"`},
		{"own rule, always", set(input(thought()), rule("true")), event.NotMet, "nothing was examined"},
		{"own rule, unknown name", set(input(secrets(), word()), rule("failed == 0")), event.NotMet, `unknown count "failed"`},
		{"own rule, no condition", set(input(secrets(), word()), rule("pass")), event.NotMet, "broken"},
		{"own rule, division by zero", set(input(secrets(), word()), rule("pass / fail > 1")), event.NotMet, "broken"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Evaluate(tt.in)
			if got.Gate != tt.want || !strings.Contains(got.Reason, tt.reason) {
				t.Errorf("got %s: %s\nwant %s: …%s…", got.Gate, got.Reason, tt.want, tt.reason)
			}
		})
	}
}

// TestNeverGreenByAbsence takes every piece of the input away in turn from one
// that meets the gate: none of them may leave it met.
func TestNeverGreenByAbsence(t *testing.T) {
	full := attested(input(secrets(), word()), Attestation{Requirement: "PL-DESIGN-1", By: "grace", Effective: asOf, Until: asOf})
	full.Requirements = append(full.Requirements, thought())
	if v := Evaluate(full); v.Gate != event.Met {
		t.Fatalf("the full input: %s, %s", v.Gate, v.Reason)
	}
	for name, take := range map[string]func(*Input){
		"requirements": func(in *Input) { in.Requirements = nil },
		"checks":       func(in *Input) { in.Checks = nil },
		"attestations": func(in *Input) { in.Attestations = nil },
		"observations": func(in *Input) {
			in.Checks = []CheckWord{with(word(), func(w *CheckWord) { w.Observations = nil })}
		},
		"date":  func(in *Input) { in.AsOf = time.Time{} },
		"known": func(in *Input) { in.Known, in.Checks = nil, nil },
	} {
		in := full
		take(&in)
		if v := Evaluate(in); v.Gate == event.Met {
			t.Errorf("without %s the gate is met", name)
		}
	}
}

// TestDeterministic shuffles everything that has an order and wants the same bytes.
func TestDeterministic(t *testing.T) {
	in := large(60, 300)
	want := marshal(t, Evaluate(in))
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		shuffled := shuffle(in, random)
		if diff := cmp.Diff(string(want), string(marshal(t, Evaluate(shuffled)))); diff != "" {
			t.Fatalf("another order, another verdict (-first +other):\n%s", diff)
		}
	}
	if got := marshal(t, Evaluate(in)); string(got) != string(want) {
		t.Error("evaluating wrote to its input")
	}
}

func marshal(t *testing.T, v event.Verdict) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func shuffle(in Input, random *rand.Rand) Input {
	in.Requirements = shuffled(in.Requirements, random)
	in.Attestations = shuffled(in.Attestations, random)
	in.Exemptions = shuffled(in.Exemptions, random)
	in.Checks = shuffled(in.Checks, random)
	for i := range in.Checks {
		w := &in.Checks[i]
		w.Findings = shuffled(w.Findings, random)
		w.Observations = shuffled(w.Observations, random)
		w.Incomplete = shuffled(w.Incomplete, random)
	}
	return in
}

func shuffled[T any](list []T, random *rand.Rand) []T {
	list = slices.Clone(list)
	random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}
