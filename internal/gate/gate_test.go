package gate

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// asOf is the moment of every test; no test reads the clock.
var asOf = day("2026-06-15")

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

// secrets is a requirement that rests on one check.
func secrets() requirement.Selected {
	return requirement.Selected{Applies: true, Requirement: knowledge.Requirement{
		ID: "PL-CODE-1", Title: "no secrets", Wing: "code", Level: 1, Fix: "Replace the secret.", Minutes: 20,
		Plan: knowledge.Plan{Days: 30, Owner: "developer", Checks: []knowledge.Need{{Check: "code.secrets", Rules: []string{"secret.*"}, Above: "medium"}}},
	}}
}

// thought is a requirement that rests on a person.
func thought() requirement.Selected {
	return requirement.Selected{Applies: true, Requirement: knowledge.Requirement{
		ID: "PL-DESIGN-1", Title: "thought", Wing: "design", Level: 1, Fix: "Take an hour.", Minutes: 60,
		Plan: knowledge.Plan{Days: 100, Owner: "developer", Person: "We did."},
	}}
}

// planned is a requirement whose check does not exist yet.
func planned() requirement.Selected {
	return requirement.Selected{Applies: true, Requirement: knowledge.Requirement{
		ID: "PL-BUILD-6", Wing: "build", Level: 2, Fix: "Pin the actions.", Minutes: 30,
		Plan: knowledge.Plan{Days: 90, Owner: "maintainer", Checks: []knowledge.Need{{Check: "build.pipeline"}}},
	}}
}

// also is secrets with a rule that counts but need not have run.
func also() requirement.Selected {
	r := secrets()
	r.Plan.Checks = []knowledge.Need{{Check: "code.secrets", Rules: []string{"secret.*"}, Also: []string{"tag.moved"}}}
	return r
}

func twoPlanned() requirement.Selected {
	r := planned()
	r.Plan.Checks = append(r.Plan.Checks, knowledge.Need{Check: "build.access"})
	return r
}

func token(change ...func(*event.Finding)) event.Finding {
	f := event.Finding{Check: "code.secrets", Rule: "secret.github-token", Severity: event.Critical, Confidence: event.Sure,
		Path: "config/prod.yml", Line: 12, Message: "a GitHub token", State: event.Open}
	for _, c := range change {
		c(&f)
	}
	return f
}

func decided(verdict, until string) func(*event.Finding) {
	return func(f *event.Finding) {
		f.State = event.Decided
		f.Decision = &event.Decision{Verdict: verdict, By: "ada", Because: "b", Until: until}
	}
}

func severity(s event.Severity) func(*event.Finding) {
	return func(f *event.Finding) { f.Severity = s }
}

// word is the evidence of a check that looked at 812 files and found these.
func word(findings ...event.Finding) CheckWord {
	return CheckWord{Check: "code.secrets", Digest: "sha256:aa", Current: true, Findings: findings,
		Observations: []event.Observation{{What: "files scanned for secrets", Count: 812, Rules: []string{"secret.github-token"}}}}
}

func with(w CheckWord, change func(*CheckWord)) CheckWord {
	change(&w)
	return w
}

func input(r requirement.Selected, words ...CheckWord) Input {
	return Input{Requirements: []requirement.Selected{r}, Checks: words, AsOf: asOf,
		Known: map[string]bool{"code.secrets": true}}
}

func attested(in Input, list ...Attestation) Input {
	in.Attestations = list
	return in
}

// TestStatusOfCheck has a row for each way in which a check's word becomes a status.
func TestStatusOfCheck(t *testing.T) {
	tests := []struct {
		name   string
		in     Input
		want   event.Status
		reason string // a part of it
	}{
		{"clean", input(secrets(), word()), event.Pass, "812 files scanned for secrets"},
		{"not run", input(secrets()), event.Unknown, "code.secrets has not run"},
		{"moved", input(secrets(), with(word(), func(w *CheckWord) { w.Current, w.StaleBecause = false, "work tree changed" })), event.Stale, "work tree changed"},
		{"moved, nobody knows what", input(secrets(), with(word(), func(w *CheckWord) { w.Current = false })), event.Stale, "has changed"},
		{"found, but moved since", input(secrets(), with(word(token()), func(w *CheckWord) { w.Current = false })), event.Stale, "changed"},
		{"ran out", input(secrets(), with(word(), func(w *CheckWord) { w.FreshUntil = day("2026-06-14") })), event.Stale, "until 2026-06-14"},
		{"runs out now", input(secrets(), with(word(), func(w *CheckWord) { w.FreshUntil = asOf })), event.Pass, ""},
		{"period over", input(secrets(), with(word(), func(w *CheckWord) { w.Made = day("2026-05-15") })), event.Stale, "of 2026-05-15 stood for 30 days"},
		{"period not over", input(secrets(), with(word(), func(w *CheckWord) { w.Made = day("2026-05-16") })), event.Pass, ""},
		{"open finding", input(secrets(), word(token())), event.Fail, "a GitHub token, config/prod.yml:12 (critical)"},
		{"two", input(secrets(), word(token(severity(event.High)), token())), event.Fail, "2 findings; first a GitHub token, config/prod.yml:12 (critical)"},
		{"at the threshold", input(secrets(), word(token(severity(event.Medium)))), event.Fail, "medium"},
		{"below the threshold", input(secrets(), word(token(severity(event.Low)))), event.Pass, ""},
		{"severity nobody knows", input(secrets(), word(token(severity("awful")))), event.Fail, ""},
		{"rule that does not count", input(secrets(), word(token(func(f *event.Finding) { f.Rule = "other.rule" }))), event.Pass, ""},
		{"rule of a family with a longer name", input(secrets(), word(token(func(f *event.Finding) { f.Rule = "secretary.rule" }))), event.Pass, ""},
		{"fixed", input(secrets(), word(token(func(f *event.Finding) { f.State = event.Fixed }))), event.Pass, ""},
		{"false positive", input(secrets(), word(token(decided("false-positive", "")))), event.Pass, ""},
		{"false positive that ran out", input(secrets(), word(token(decided("false-positive", "2026-06-14")))), event.Fail, ""},
		{"accepted", input(secrets(), word(token(decided("accepted", "2026-06-15")))), event.Exempt, "accepted until 2026-06-15 by ada"},
		{"accepted, ran out", input(secrets(), word(token(decided("accepted", "2026-06-14")))), event.Fail, ""},
		{"accepted without end", input(secrets(), word(token(decided("accepted", "")))), event.Fail, ""},
		{"accepted, below the threshold", input(secrets(), word(token(severity(event.Low), decided("accepted", "2027-01-01")))), event.Pass, ""},
		{"promised", input(secrets(), word(token(decided("fix", "2026-07-01")))), event.Fail, "fix promised until 2026-07-01"},
		{"decided, but how", input(secrets(), word(token(decided("whatever", "2027-01-01")))), event.Fail, ""},
		{"decided, but nothing said", input(secrets(), word(token(func(f *event.Finding) { f.State = event.Decided }))), event.Fail, ""},
		{"one accepted, one open", input(secrets(), word(token(decided("accepted", "2027-01-01")), token())), event.Fail, ""},
		{"incomplete", input(secrets(), with(word(), func(w *CheckWord) { w.Incomplete = []string{"3 blobs are missing"} })), event.Unknown, "3 blobs are missing"},
		{"incomplete, but failing", input(secrets(), with(word(token()), func(w *CheckWord) { w.Incomplete = []string{"x"} })), event.Fail, ""},
		{"incomplete, accepted", input(secrets(), with(word(token(decided("accepted", "2027-01-01"))), func(w *CheckWord) { w.Incomplete = []string{"x"} })), event.Unknown, ""},
		{"nothing looked at", input(secrets(), with(word(), func(w *CheckWord) { w.Observations = nil })), event.Unknown, "found nothing to examine for secret.*"},
		{"looked at no file", input(secrets(), with(word(), func(w *CheckWord) { w.Observations[0].Count = 0 })), event.Unknown, "found nothing to examine"},
		{"looked at something else", input(secrets(), with(word(), func(w *CheckWord) { w.Observations[0].Rules = []string{"other.rule"} })), event.Unknown, "found nothing to examine for secret.*"},
		{"looked, but says not for what", input(secrets(), with(word(), func(w *CheckWord) { w.Observations[0].Rules = nil })), event.Unknown, "found nothing to examine for secret.*"},
		{"suppressed in the tool", input(secrets(), word(token(decided("accepted", ""), func(f *event.Finding) { f.Tool = "ada" }))), event.Exempt, "accepted by ada"},
		{"suppressed in another tool", input(secrets(), word(token(decided("accepted", ""), func(f *event.Finding) { f.Tool = "grace" }))), event.Fail, ""},
		{"also rules need not run", input(also(), word()), event.Pass, "812 files"},
		{"also rules count", input(also(), word(token(func(f *event.Finding) { f.Rule = "tag.moved" }))), event.Fail, ""},
		{"looked at these rules", input(secrets(), with(word(), func(w *CheckWord) { w.Observations[0].Rules = []string{"secret.aws"} })), event.Pass, ""},
		{"two words, one current", input(secrets(), with(word(), func(w *CheckWord) { w.Current = false }), word(token())), event.Fail, ""},
		{"check of the future", input(planned()), event.Unknown, "build.pipeline is not part of this version; needs the word of a maintainer: plimsoll attest PL-BUILD-6"},
		{"two checks of the future", input(twoPlanned()), event.Unknown, "build.pipeline, build.access are not part of this version; needs"},
		{"no plan", input(requirement.Selected{Applies: true}), event.Unknown, "nothing of how it is verified"},
		{"not applicable", input(requirement.Selected{Reason: "kind is cli"}), event.NotApplicable, "kind is cli"},
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

func TestStatusOfPerson(t *testing.T) {
	grace := Attestation{Requirement: "PL-DESIGN-1", Digest: "sha256:bb", By: "grace", Effective: day("2026-06-01"), Until: day("2026-07-01")}
	change := func(c func(*Attestation)) Attestation {
		a := grace
		c(&a)
		return a
	}
	tests := []struct {
		name   string
		in     Input
		want   event.Status
		reason string
	}{
		{"nobody", input(thought()), event.Unknown, "needs the word of a developer: plimsoll attest PL-DESIGN-1"},
		{"somebody", attested(input(thought()), grace), event.Pass, "grace attested it on 2026-06-01, until 2026-07-01"},
		{"to another requirement", attested(input(thought()), change(func(a *Attestation) { a.Requirement = "PL-X-1" })), event.Unknown, "needs"},
		{"from today", attested(input(thought()), change(func(a *Attestation) { a.Effective = asOf })), event.Pass, ""},
		{"from tomorrow", attested(input(thought()), change(func(a *Attestation) { a.Effective = day("2026-06-16") })), event.Unknown, "begins on 2026-06-16"},
		{"until now", attested(input(thought()), change(func(a *Attestation) { a.Until = asOf })), event.Pass, ""},
		{"until yesterday", attested(input(thought()), change(func(a *Attestation) { a.Until = day("2026-06-14") })), event.Stale, "ended on 2026-06-14"},
		{"longer than the plan allows", attested(input(thought()), change(func(a *Attestation) { a.Effective, a.Until = day("2026-01-01"), day("2027-01-01") })), event.Stale, "ended on 2026-04-11"},
		{"without end", attested(input(thought()), change(func(a *Attestation) { a.Until = time.Time{} })), event.Unknown, "no end"},
		{"end before start", attested(input(thought()), change(func(a *Attestation) { a.Until = day("2026-05-01") })), event.Unknown, "no end after its start"},
		{"taken back", attested(input(thought()), change(func(a *Attestation) { a.Revoked = true })), event.Unknown, "took back"},
		{"refused", attested(input(thought()), change(func(a *Attestation) { a.Refused = "unknown key" })), event.Unknown, "does not count: unknown key"},
		{"one of two stands", attested(input(thought()), change(func(a *Attestation) { a.Revoked, a.Until = true, day("2026-09-01") }), grace), event.Pass, ""},
		{"for a check of the future", attested(input(planned()), change(func(a *Attestation) { a.Requirement = "PL-BUILD-6" })), event.Pass, "build.pipeline is not part of this version; grace attested"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Evaluate(tt.in).Requirements[0]
			if got.Status != tt.want || !strings.Contains(got.Reason, tt.reason) {
				t.Errorf("got %s: %s\nwant %s: …%s…", got.Status, got.Reason, tt.want, tt.reason)
			}
		})
	}
}

func TestWorstOfCheckAndPerson(t *testing.T) {
	both := secrets()
	both.Plan.Person = "No secrets elsewhere."
	grace := Attestation{Requirement: both.ID, Digest: "sha256:bb", By: "grace", Effective: day("2026-06-01"), Until: day("2026-06-30")}
	tests := []struct {
		name string
		in   Input
		want event.Status
		digs []string
	}{
		{"both pass", attested(input(both, word()), grace), event.Pass, []string{"sha256:aa", "sha256:bb"}},
		{"nobody spoke", input(both, word()), event.Unknown, []string{"sha256:aa"}},
		{"check fails", attested(input(both, word(token())), grace), event.Fail, []string{"sha256:aa", "sha256:bb"}},
	}
	for _, tt := range tests {
		got := Evaluate(tt.in).Requirements[0]
		if got.Status != tt.want || !slices.Equal(got.Evidence, tt.digs) {
			t.Errorf("%s: got %s with evidence %v, want %s with %v", tt.name, got.Status, got.Evidence, tt.want, tt.digs)
		}
	}
}

func TestExemption(t *testing.T) {
	good := Exemption{Requirement: "PL-CODE-1", By: "ada", Approver: "grace", Because: "the key opens nothing", From: day("2026-06-01"), Until: day("2026-07-01")}
	change := func(c func(*Exemption)) Exemption {
		e := good
		c(&e)
		return e
	}
	stale := with(word(), func(w *CheckWord) { w.Current = false })
	tests := []struct {
		name   string
		words  []CheckWord
		e      Exemption
		want   event.Status
		reason string
	}{
		{"of a failure", []CheckWord{word(token())}, good, event.Exempt, "until 2026-07-01: the key opens nothing (asked by ada, approved by grace; named in product.yaml, not signed); without it fail: a GitHub token"},
		{"of an unknown", nil, good, event.Exempt, "without it unknown"},
		{"of a stale one", []CheckWord{stale}, good, event.Exempt, "without it stale"},
		{"of a pass", []CheckWord{word()}, good, event.Pass, "812 files"},
		{"ended", nil, change(func(e *Exemption) { e.Until = day("2026-06-10") }), event.Unknown, "the exemption ended on 2026-06-10"},
		{"not begun", nil, change(func(e *Exemption) { e.From = day("2026-06-20") }), event.Unknown, "begins on 2026-06-20"},
		{"no end", nil, change(func(e *Exemption) { e.Until = time.Time{} }), event.Unknown, "no end"},
		{"approved by nobody", nil, change(func(e *Exemption) { e.Approver = " " }), event.Unknown, "approved by nobody"},
		{"approved by who asked", nil, change(func(e *Exemption) { e.Approver = "Ada " }), event.Unknown, "by ada alone"},
		{"of another", nil, change(func(e *Exemption) { e.Requirement = "PL-CODE-2" }), event.Unknown, "has not run"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			in := input(secrets(), tt.words...)
			in.Exemptions = []Exemption{tt.e}
			got := Evaluate(in).Requirements[0]
			if got.Status != tt.want || !strings.Contains(got.Reason, tt.reason) {
				t.Errorf("got %s: %s\nwant %s: …%s…", got.Status, got.Reason, tt.want, tt.reason)
			}
		})
	}
}
