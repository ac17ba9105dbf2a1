// Package gate turns requirements and evidence into a verdict.
//
// Evaluate is a pure function: it reads no clock, no file and no network, and
// the same input, in whatever order, gives the same bytes. That is what lets
// anybody replay a verdict from a bundle, as of any date. It errs on one side
// only: what is missing, broken or not understood is never green.
package gate

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Input is everything that a verdict rests on.
type Input struct {
	Requirements []requirement.Selected
	Checks       []CheckWord
	Attestations []Attestation
	Tests        []TestWord
	Exemptions   []Exemption
	// GateRule is an expression over the counts pass, exempt, stale, unknown and
	// fail of the requirements that apply; DefaultRule where empty.
	GateRule string
	// AsOf is the moment that the verdict is for.
	AsOf time.Time
	// Known holds the ids of the checks that this version has. For a check that
	// it lacks, a person's word can stand in.
	Known map[string]bool
	// Ask is the command that calls a check which is called only where asked for.
	Ask map[string]string
	// Idle is why a check has nothing to do in this product.
	Idle map[string]string
	// Advice is what to do about a finding that does not say it itself, by rule.
	Advice map[string]string
	// RunIncomplete is set where the run could not examine everything.
	RunIncomplete bool
}

// CheckWord is what the evidence says of one check.
type CheckWord struct {
	Check  string
	Digest string // of the evidence
	// Current is set where the digests in the evidence are those of the subject.
	Current bool
	// StaleBecause names what has moved where the word is not current: "work
	// tree changed".
	StaleBecause string
	// FreshUntil ends the word though nothing has moved; zero means never.
	FreshUntil time.Time
	// Made is when the evidence was made. Where it is set, the word also ends
	// the days of the requirement's plan later.
	Made time.Time
	// Incomplete says what the check could not examine.
	Incomplete []string
	// Unexamined are the files that it did not look into to their end, which
	// somebody has accepted.
	Unexamined []event.Problem
	// Observations say what it did examine. A need that names rules is answered
	// only by observations that name them too.
	Observations []event.Observation
	// Findings carry the state and the decision that hold at AsOf.
	Findings []event.Finding
}

// Attestation is a person's signed word on a requirement. Times are instants:
// whoever has a date for an end gives the end of that day.
type Attestation struct {
	Requirement string
	Digest      string // of the evidence
	By          string
	Effective   time.Time // from when it was so
	Until       time.Time
	Revoked     bool
	Reviewer    string // a second person who signed too; empty where there is none
	Documented  bool   // it names files or addresses that it rests on
	Counter     string // what speaks against it, as its author recorded; empty for nothing
	// StaleBecause names what the word rests on and has moved; empty for nothing.
	StaleBecause string
	// Refused says why the word does not count, a signature by an unknown key
	// for instance; empty where it does.
	Refused string
}

// TestWord is what the product's own tests say of one requirement: those that
// carry its id or that a mapping file names.
type TestWord struct {
	Requirement string
	Digest      string // of the evidence
	// Current is set where the results are of the very source under examination.
	Current      bool
	StaleBecause string
	FreshUntil   time.Time
	Passed       int
	Failed       int // errors count
	Skipped      int
	Flaky        int      // of those passed: failed at first
	NotRun       []string // names or globs in the mapping that no result has
	First        string   // the first test that failed, did not run or was skipped
}

// Exemption is a requirement knowingly not met.
type Exemption struct {
	Requirement string
	By          string // who asked for it
	Approver    string // a second person
	Because     string
	From, Until time.Time
	// Compensating is what lessens the risk meanwhile.
	Compensating string
	// Signed says that both have signed it; else product.yaml just names them.
	Signed bool
	Path   string // of the file that it stands in
}

// Evaluate gives the verdict.
func Evaluate(in Input) event.Verdict {
	b := open(in)
	reqs := make([]event.Requirement, len(in.Requirements))
	for i, r := range in.Requirements {
		reqs[i] = b.judge(r)
		reqs[i].Due = b.due(r, reqs[i].Status)
	}
	slices.SortFunc(reqs, inOrder)
	v := event.Verdict{
		Statuses:     count(reqs),
		Requirements: reqs,
		Next:         next(reqs),
		Findings:     findingStates(in.Checks),
	}
	v.Gate, v.Reason = decide(in, v.Statuses)
	return v
}

// judge gives one requirement its status.
func (b *book) judge(r requirement.Selected) event.Requirement {
	out := event.Requirement{ID: r.ID, Title: r.Title, Wing: r.Wing, Level: r.Level, Catalogue: r.Catalogue, Section: r.Section, Tailored: r.Tailored}
	for _, need := range r.Plan.Checks {
		if !slices.Contains(out.Checks, need.Check) {
			out.Checks = append(out.Checks, need.Check)
		}
	}
	if !r.Applies {
		out.Status, out.Reason = event.NotApplicable, r.Reason
		return out
	}
	whole := combine(b.parts(r.Requirement))
	whole = b.exempt(r.ID, whole)
	out.Status, out.Reason, out.Evidence = whole.status, whole.reason, whole.evidence
	out.Counter = b.against(r)
	if r.Tailored != "" {
		out.Reason += "; " + r.Tailored
	}
	if blocks(whole.status) {
		out.Next, out.Cost = whole.do, max(1, whole.minutes)
	}
	return out
}

// blocks tells whether a status is one that somebody should better.
func blocks(s event.Status) bool { return requirement.Rank(s) > requirement.Rank(event.Exempt) }

// parts judges everything that the plan of r asks for.
func (b *book) parts(r knowledge.Requirement) []part {
	var parts []part
	var missing []string
	for _, need := range r.Plan.Checks {
		if b.words[need.Check] == nil && !b.in.Known[need.Check] {
			missing = append(missing, need.Check)
			continue
		}
		parts = append(parts, b.check(r, need))
	}
	tests := b.testParts(r)
	if r.Plan.Strength > 0 || len(r.Plan.Methods) > 0 {
		return b.graded(r, parts, tests, missing)
	}
	parts = append(parts, tests...)
	standIn := len(missing) > 0 && combine(tests).status != event.Pass
	if standIn || r.Plan.Person != "" {
		parts = append(parts, b.person(r, missing))
	}
	if len(parts) == 0 {
		return []part{{status: event.Unknown, reason: "its plan says nothing of how it is verified",
			do: "write a verification plan for " + r.ID, minutes: r.Minutes}}
	}
	return parts
}

// part is the status of one thing that a plan asks for.
type part struct {
	status   event.Status
	reason   string
	do       string // the cheapest thing that would better it
	minutes  int
	evidence []string
}

// combine takes the worst of the parts, with the reasons of those that are so.
func combine(parts []part) part {
	whole := part{status: event.NotApplicable}
	for _, p := range parts {
		whole.status = requirement.Worst(whole.status, p.status)
		whole.evidence = append(whole.evidence, p.evidence...)
	}
	var reasons []string
	for _, p := range parts {
		if p.status != whole.status {
			continue
		}
		if !slices.Contains(reasons, p.reason) {
			reasons = append(reasons, p.reason)
		}
		if whole.do == "" || p.minutes < whole.minutes {
			whole.do, whole.minutes = p.do, p.minutes
		}
	}
	whole.reason = strings.Join(reasons, "; ")
	slices.Sort(whole.evidence)
	whole.evidence = slices.Compact(whole.evidence)
	return whole
}

// count counts the statuses; every word is there, 0 or not.
func count(reqs []event.Requirement) map[event.Status]int {
	n := map[event.Status]int{event.NotApplicable: 0}
	for _, s := range event.Statuses {
		n[s] = 0
	}
	for _, r := range reqs {
		n[r.Status]++
	}
	return n
}

func findingStates(words []CheckWord) map[event.State]int {
	n := map[event.State]int{event.Open: 0, event.Decided: 0, event.Fixed: 0}
	for _, w := range words {
		for _, f := range w.Findings {
			n[f.State]++
		}
	}
	return n
}

// inOrder sorts by wing and then by id, numbers by their value.
func inOrder(a, b event.Requirement) int {
	return cmp.Or(
		cmp.Compare(wing(a.Wing), wing(b.Wing)),
		natural(a.ID, b.ID),
		cmp.Compare(a.Status, b.Status),
		cmp.Compare(a.Reason, b.Reason),
	)
}

func wing(name string) int {
	if i := slices.Index(knowledge.Wings, name); i >= 0 {
		return i
	}
	return len(knowledge.Wings)
}
