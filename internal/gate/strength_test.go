package gate

import (
	"fmt"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// plan is a requirement of a catalogue: how strong its evidence must be, how
// much of it machines see, and by which methods it is verified.
func plan(strength int, automation string, checks []string, methods ...string) requirement.Selected {
	r := requirement.Selected{Applies: true, Requirement: knowledge.Requirement{
		ID: "v5.0.0-1.2.3", Wing: "requirements", Level: 1, Fix: "A test shows it.", Minutes: 30, Catalogue: "asvs", Section: "V1",
		Plan: knowledge.Plan{Days: 90, Owner: "architect", Strength: strength, Automation: automation, Methods: methods},
	}}
	for _, id := range checks {
		r.Plan.Checks = append(r.Plan.Checks, knowledge.Need{Check: id, Above: "medium"})
	}
	return r
}

// given is an input about a plan: what was said, tested and checked.
func given(r requirement.Selected, list ...any) Input {
	in := input(r)
	for _, x := range list {
		switch x := x.(type) {
		case Attestation:
			in.Attestations = append(in.Attestations, x)
		case TestWord:
			in.Tests = append(in.Tests, x)
		case CheckWord:
			in.Checks = append(in.Checks, x)
		}
	}
	return in
}

func adas(change ...func(*Attestation)) Attestation {
	a := Attestation{Requirement: "v5.0.0-1.2.3", Digest: "sha256:ada", By: "ada", Effective: day("2026-06-01"), Until: day("2026-07-01")}
	for _, c := range change {
		c(&a)
	}
	return a
}

func basis(a *Attestation)    { a.Documented = true }
func reviewed(a *Attestation) { a.Reviewer = "grace" }

func tests(change ...func(*TestWord)) TestWord {
	w := TestWord{Requirement: "v5.0.0-1.2.3", Digest: "sha256:tests", Current: true, Passed: 3}
	for _, c := range change {
		c(&w)
	}
	return w
}

// TestStrength has a row for each way in which evidence is strong enough or not.
func TestStrength(t *testing.T) {
	have, future := []string{"code.secrets"}, []string{"code.sast"}
	tests := []struct {
		name   string
		in     Input
		want   event.Status
		reason string
	}{
		{"full: the check alone", given(plan(3, "full", have, "check"), word()), event.Pass, "812 files"},
		{"full: not run", given(plan(3, "full", have, "check")), event.Unknown, "code.secrets has not run"},
		{"full: a finding", given(plan(3, "full", have, "check"), word(token())), event.Fail, "a GitHub token"},
		{"full: a word mends nothing", given(plan(3, "full", have, "check"), word(token()), adas()), event.Fail, "a GitHub token"},
		{"full, check of the future", given(plan(3, "full", future, "check")), event.Unknown, "code.sast is not part of this version; needs tests that carry its id and pass"},
		{"full, check of the future, tested", given(plan(3, "full", future, "check"), tests()), event.Pass, "3 mapped tests passed"},
		{"full and a word: the word lacks", given(plan(4, "full", have, "check", "document"), word()), event.Unknown, "needs beside the check the word of an architect: plimsoll attest v5.0.0-1.2.3"},
		{"full and a word", given(plan(4, "full", have, "check", "document"), word(), adas()), event.Pass, "ada attested it on 2026-06-01, until 2026-07-01"},

		{"partial: the check alone", given(plan(3, "partial", have, "check", "test"), word()), event.Unknown, "needs beside the check, which sees a part of it, tests that carry its id or the word of an architect"},
		{"partial: check and word", given(plan(3, "partial", have, "check", "test"), word(), adas()), event.Pass, "ada attested"},
		{"partial: check and tests", given(plan(3, "partial", have, "check", "test"), word(), tests()), event.Pass, "3 mapped tests passed"},
		{"partial: word, the check failing", given(plan(3, "partial", have, "check", "test"), word(token()), adas()), event.Fail, "a GitHub token"},
		{"partial: word, the check not run", given(plan(3, "partial", have, "check", "test"), adas()), event.Unknown, "code.secrets has not run"},
		{"partial: word, the check stale", given(plan(3, "partial", have, "check", "test"), adas(), with(word(), func(w *CheckWord) { w.Current = false })), event.Stale, "changed"},
		{"partial of the future: a word alone", given(plan(3, "partial", future, "check", "test"), adas()), event.Unknown, "ada attested it, which is evidence of strength 1; needs tests that carry its id and pass"},
		{"partial of the future: a document", given(plan(2, "partial", future, "check", "document"), adas(basis)), event.Pass, "code.sast is not part of this version; ada attested"},
		{"partial: both wanted, tests and check", given(plan(4, "partial", have, "check", "test", "document"), word(), tests()), event.Unknown, "needs beside the tests the word of an architect"},
		{"partial: both", given(plan(4, "partial", have, "check", "document"), word(), adas()), event.Pass, "ada attested"},

		{"none: nothing", given(plan(3, "none", nil, "test")), event.Unknown, "needs tests that carry its id and pass"},
		{"none: tests", given(plan(3, "none", nil, "test"), tests()), event.Pass, "3 mapped tests passed"},
		{"none: both wanted, nothing there", given(plan(4, "none", nil, "test", "document")), event.Unknown, "needs tests that carry its id, and the word of an architect: plimsoll attest"},
		{"none: both wanted, a word there", given(plan(4, "none", nil, "test", "document"), adas()), event.Unknown, "strength 1; needs tests that carry its id and pass"},
		{"none: both", given(plan(4, "none", nil, "test", "document"), adas(), tests()), event.Pass, "ada attested"},
		{"word wanted, nothing there", given(plan(1, "none", nil, "interview")), event.Unknown, "needs tests that carry its id or the word of an architect: plimsoll attest v5.0.0-1.2.3"},
		{"word wanted", given(plan(1, "none", nil, "interview"), adas()), event.Pass, "ada attested"},
		{"document wanted, a word there", given(plan(2, "none", nil, "document"), adas()), event.Unknown, "strength 1; needs a document that the word rests on, or a second person"},
		{"document wanted", given(plan(2, "none", nil, "document"), adas(basis)), event.Pass, "ada attested"},
		{"document wanted, two people there", given(plan(2, "none", nil, "document"), adas(reviewed)), event.Pass, "ada and grace attested"},
		{"document wanted, the author twice", given(plan(2, "none", nil, "document"), adas(func(a *Attestation) { a.Reviewer = "Ada " })), event.Unknown, "strength 1"},
		{"the stronger of two", given(plan(2, "none", nil, "document"), adas(), adas(basis, func(a *Attestation) { a.By = "bob" })), event.Pass, "bob attested"},
		{"ended", given(plan(1, "none", nil, "document"), adas(func(a *Attestation) { a.Until = day("2026-06-14") })), event.Stale, "ended on 2026-06-14"},
		{"refused", given(plan(1, "none", nil, "document"), adas(func(a *Attestation) { a.Refused = "unknown key" })), event.Unknown, "unknown key"},
		{"no strength said, nothing there", given(plan(0, "none", nil, "document")), event.Unknown, "needs tests that carry its id or the word"},
		{"no strength said", given(plan(0, "none", nil, "document"), adas()), event.Pass, "ada attested"},
		{"counter-evidence is told", given(plan(1, "none", nil, "document"), adas(func(a *Attestation) { a.Counter = "one server is old" })), event.Pass, "against it speaks: one server is old"},

		{"two people wanted, one there", given(plan(2, "none", nil, "document", "review"), adas(basis)), event.Unknown, "the word of ada needs a second person, whom its plan demands"},
		{"two people wanted, one there twice", given(plan(2, "none", nil, "review"), adas(basis, func(a *Attestation) { a.Reviewer = " ADA" })), event.Unknown, "ada reviewed their own word"},
		{"two people wanted", given(plan(2, "none", nil, "document", "review"), adas(reviewed)), event.Pass, "ada and grace attested"},
		{"two people wanted beside a check", given(plan(3, "partial", have, "check", "review"), word(), adas()), event.Unknown, "needs a second person"},
		{"a review wanted, strength 1", given(plan(1, "none", nil, "review"), adas()), event.Pass, "ada attested"},
		{"one alone, another reviewed", given(plan(2, "none", nil, "review"), adas(), adas(reviewed, func(a *Attestation) { a.By = "bob" })), event.Pass, "bob and grace attested"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Evaluate(tt.in).Requirements[0]
			if got.Status != tt.want || !strings.Contains(got.Reason, tt.reason) {
				t.Errorf("got %s: %s\nwant %s: …%s…", got.Status, got.Reason, tt.want, tt.reason)
			}
			if says := got.Next != "" && got.Cost > 0; says != blocks(got.Status) {
				t.Errorf("status %s, next step %q of %d minutes", got.Status, got.Next, got.Cost)
			}
		})
	}
}

// TestStatusOfTests has a row for each thing that mapped tests can come to.
func TestStatusOfTests(t *testing.T) {
	change := func(c func(*TestWord)) TestWord { return tests(c) }
	rows := []struct {
		name   string
		word   TestWord
		want   event.Status
		reason string
	}{
		{"passed", tests(), event.Pass, "3 mapped tests passed"},
		{"one passed", change(func(w *TestWord) { w.Passed = 1 }), event.Pass, "1 mapped test passed"},
		{"flaky", change(func(w *TestWord) { w.Flaky = 2 }), event.Pass, "3 mapped tests passed, 2 of them flaky"},
		{"failed", change(func(w *TestWord) { w.Failed, w.First = 1, "TestLogin" }), event.Fail, "1 mapped test failed: TestLogin"},
		{"did not run", change(func(w *TestWord) { w.NotRun = []string{"TestLogin*"} }), event.Unknown, "1 mapped test did not run: TestLogin*"},
		{"skipped", change(func(w *TestWord) { w.Skipped, w.First = 1, "TestLogin" }), event.Unknown, "1 mapped test skipped: TestLogin"},
		{"failed, and others did not run", change(func(w *TestWord) { w.Failed, w.NotRun = 1, []string{"x"} }), event.Fail, "failed"},
		{"none ran", change(func(w *TestWord) { w.Passed = 0 }), event.Unknown, "no mapped test ran"},
		{"of other source", change(func(w *TestWord) { w.Current, w.StaleBecause = false, "commit 12ab changed login.go" }), event.Stale, "12ab changed login.go"},
		{"of other source, nobody knows what", change(func(w *TestWord) { w.Current = false }), event.Stale, "has changed"},
		{"failed, of other source", change(func(w *TestWord) { w.Current, w.Failed = false, 1 }), event.Stale, ""},
		{"ended", change(func(w *TestWord) { w.FreshUntil = day("2026-06-14") }), event.Stale, "until 2026-06-14"},
	}
	for _, tt := range rows {
		t.Run(tt.name, func(t *testing.T) {
			for _, in := range []Input{given(plan(3, "none", nil, "test"), tt.word), given(plan(2, "none", nil, "test", "document"), tt.word, adas(basis))} {
				got := Evaluate(in).Requirements[0]
				if got.Status != tt.want || tt.want != event.Pass && !strings.Contains(got.Reason, tt.reason) {
					t.Errorf("got %s: %s\nwant %s: …%s…", got.Status, got.Reason, tt.want, tt.reason)
				}
				if len(got.Evidence) == 0 || got.Evidence[len(got.Evidence)-1] != "sha256:tests" {
					t.Errorf("evidence %v", got.Evidence)
				}
			}
		})
	}
}

// TestTestsOfOwnRequirements: tests speak for our own requirements too. They
// stand in for a check that this version lacks, never for a person's word that
// the plan asks for.
func TestTestsOfOwnRequirements(t *testing.T) {
	mapped := func(id string, change ...func(*TestWord)) TestWord {
		w := tests(change...)
		w.Requirement = id
		return w
	}
	failing := func(w *TestWord) { w.Failed = 1 }
	rows := []struct {
		name string
		in   Input
		want event.Status
	}{
		{"beside a check", given(secrets(), word(), mapped("PL-CODE-1")), event.Pass},
		{"failing beside a check", given(secrets(), word(), mapped("PL-CODE-1", failing)), event.Fail},
		{"for a check of the future", given(planned(), mapped("PL-BUILD-6")), event.Pass},
		{"failing for a check of the future", given(planned(), mapped("PL-BUILD-6", failing)), event.Fail},
		{"not for a person", given(thought(), mapped("PL-DESIGN-1")), event.Unknown},
	}
	for _, tt := range rows {
		if got := Evaluate(tt.in).Requirements[0]; got.Status != tt.want {
			t.Errorf("%s: got %s: %s, want %s", tt.name, got.Status, got.Reason, tt.want)
		}
	}
}

// TestTailoredIsTold wants what a product changed in the reason of every status.
func TestTailoredIsTold(t *testing.T) {
	r := plan(3, "full", []string{"code.secrets"}, "check")
	r.Tailored = "changed by the product: days 90 → 30, more often"
	for _, in := range []Input{given(r, word()), given(r)} {
		got := Evaluate(in).Requirements[0]
		if !strings.HasSuffix(got.Reason, "; "+r.Tailored) || got.Tailored != r.Tailored || got.Catalogue != "asvs" || got.Section != "V1" {
			t.Errorf("%+v", got)
		}
	}
}

// TestOrderOfEvidence wants the same verdict in whatever order evidence comes.
func TestOrderOfEvidence(t *testing.T) {
	list := []any{adas(), adas(basis), adas(reviewed), tests(), tests(func(w *TestWord) { w.Passed = 1 }), word()}
	r := plan(4, "partial", []string{"code.secrets"}, "check", "review")
	want := fmt.Sprint(Evaluate(given(r, list...)))
	for i := range list {
		for j := range list {
			list[i], list[j] = list[j], list[i]
			if got := fmt.Sprint(Evaluate(given(r, list...))); got != want {
				t.Fatalf("got %s\nwant %s", got, want)
			}
		}
	}
}
