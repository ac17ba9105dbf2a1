package gate

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// large makes an input of so many requirements and so many pieces of evidence:
// findings, observations, attestations, tests and exemptions, good and bad.
func large(requirements, pieces int) Input {
	const checks = 20
	in := Input{AsOf: asOf, Known: map[string]bool{}}
	for i := range checks {
		id := fmt.Sprintf("code.c%d", i)
		in.Known[id] = true
		in.Checks = append(in.Checks, CheckWord{Check: id, Digest: "sha256:" + id, Current: i%7 != 0, Incomplete: incompleteAt(i)})
	}
	for i := range requirements {
		in.Requirements = append(in.Requirements, requirementAt(i, checks))
	}
	for i := range pieces {
		addPiece(&in, i, requirements, checks)
	}
	return in
}

func incompleteAt(i int) []string {
	if i%9 != 1 {
		return nil
	}
	return []string{"one file", "another file", "a third", "a fourth"}
}

func requirementAt(i, checks int) requirement.Selected {
	r := knowledge.Requirement{ID: fmt.Sprintf("PL-CODE-%d", i), Title: "t", Wing: knowledge.Wings[i%6], Level: 1, Fix: fmt.Sprintf("Do %d.", i%50), Minutes: 1 + i%90}
	r.Plan = knowledge.Plan{Days: 90, Owner: "developer", Checks: []knowledge.Need{
		{Check: fmt.Sprintf("code.c%d", i%checks), Rules: []string{fmt.Sprintf("rule.r%d", i%100), "other.*"}, Above: "medium"},
		{Check: fmt.Sprintf("code.c%d", (i+1)%checks)},
	}}
	switch i % 3 {
	case 0:
		r.Plan.Person = "I did."
	case 1: // of a catalogue
		r.Plan.Strength, r.Plan.Automation, r.Plan.Methods = 1+i%4, "partial", []string{"check", "test", "review"}[:1+i%3]
		r.Catalogue, r.Section = "asvs", fmt.Sprint("V", i%17)
	}
	return requirement.Selected{Requirement: r, Applies: i%10 != 0, Reason: "because"}
}

func addPiece(in *Input, i, requirements, checks int) {
	id := fmt.Sprintf("PL-CODE-%d", i%requirements)
	switch i % 5 {
	case 4:
		in.Tests = append(in.Tests, TestWord{Requirement: id, Digest: fmt.Sprint("sha256:", i), Current: i%3 > 0, Passed: i % 7, Failed: i % 11 / 10,
			FreshUntil: asOf.AddDate(0, 0, i%40-10)})
	case 0, 1:
		in.Attestations = append(in.Attestations, Attestation{Requirement: id, By: fmt.Sprint("p", i%17), Digest: fmt.Sprint("sha256:", i),
			Effective: asOf.AddDate(0, 0, -i%200), Until: asOf.AddDate(0, 0, 20-i%50), Documented: i%2 == 0, Reviewer: fmt.Sprint("p", i%13)})
	case 2:
		w := &in.Checks[i/5%checks]
		w.Findings = append(w.Findings, event.Finding{Rule: fmt.Sprintf("rule.r%d", i%1000), Severity: event.Severities[i/3%5],
			Confidence: event.Sure, Path: fmt.Sprint("f", i%31), Line: i % 13, Message: "m", State: event.Open})
		w.Observations = append(w.Observations, event.Observation{What: fmt.Sprint("things ", i%5), Count: int64(i % 3), Rules: []string{"other.x", fmt.Sprintf("rule.r%d", i%100)}})
	case 3:
		in.Exemptions = append(in.Exemptions, Exemption{Requirement: id, By: "a", Approver: fmt.Sprint(string("ab"[i/5%2])),
			Because: "b", From: asOf.AddDate(0, 0, -30), Until: asOf.AddDate(0, 0, 10-i%20)})
	}
}

// BenchmarkEvaluate is 10,000 requirements against 100,000 pieces of evidence,
// which is to take less than a second.
func BenchmarkEvaluate(b *testing.B) {
	in := large(10_000, 100_000)
	b.ReportAllocs()
	for b.Loop() {
		Evaluate(in)
	}
}

// TestLargeStaysSmall bounds the memory of an evaluation of that size.
func TestLargeStaysSmall(t *testing.T) {
	if testing.Short() {
		t.Skip("a large evaluation takes a second")
	}
	in := large(10_000, 100_000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	v := Evaluate(in)
	runtime.ReadMemStats(&after)
	if len(v.Requirements) != 10_000 {
		t.Errorf("%d requirements were judged", len(v.Requirements))
	}
	if got := (after.TotalAlloc - before.TotalAlloc) >> 20; got > 500 {
		t.Errorf("an evaluation allocates %d MB, more than 500", got)
	}
}
