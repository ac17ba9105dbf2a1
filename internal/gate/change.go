package gate

import (
	"fmt"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// EvaluateChange gives the verdict on a change: now against base, requirement by
// requirement. A requirement that is not met is held against the change in two
// cases: a finding for which the change answers counts against it, or what it
// rests on besides findings (observations, tests, people's words) got worse. All
// else failed before as well, and is said to. Both inputs must be of the same
// moment and the same requirements.
func EvaluateChange(now, base Input, answers func(*event.Finding) bool) event.Verdict {
	v, was := Evaluate(now), statuses(Evaluate(base))
	rest, restWas := statuses(Evaluate(withoutFindings(now))), statuses(Evaluate(withoutFindings(base)))
	plans := map[string]knowledge.Plan{}
	for _, r := range now.Requirements {
		plans[r.ID] = r.Plan
	}
	blamed := blamedOn(now, answers)
	alone := byID(Evaluate(withFindings(now, blamed)))
	held, own := count(nil), []event.Requirement{}
	for i := range v.Requirements {
		r := &v.Requirements[i]
		r.Base = was[r.ID]
		status := r.Status
		worse := requirement.Rank(rest[r.ID]) > requirement.Rank(restWas[r.ID])
		counts := countsAny(plans[r.ID], blamed)
		switch a := alone[r.ID]; {
		case blocks(r.Status) && !worse && !counts:
			r.Before, status = true, event.Pass
		case counts && a.Status == r.Status: // speak of what is new
			r.Reason, r.Next, r.Cost = a.Reason, a.Next, a.Cost
		}
		if held[status]++; !r.Before {
			own = append(own, *r)
		}
	}
	v.Next = next(own)
	v.Gate, v.Reason = decide(now, held)
	v.Reason = reasonOfChange(v, held)
	return v
}

// reasonOfChange tells apart what the change fails and what failed before it.
func reasonOfChange(v event.Verdict, held map[event.Status]int) string {
	before := 0
	for _, r := range v.Requirements {
		if r.Before {
			before++
		}
	}
	clean := held[event.Fail]+held[event.Unknown]+held[event.Stale] == 0
	switch {
	case before == 0:
		return v.Reason
	case clean && v.Gate == event.Met:
		return fmt.Sprintf("the change makes no requirement fail; %d were not met before it either", before)
	case clean && v.Gate == event.IncompleteGate:
		return fmt.Sprintf("the run was incomplete; in what it examined the change makes no requirement fail; %d were not met before it either", before)
	}
	return fmt.Sprintf("%s; besides these %d were not met before the change either", v.Reason, before)
}

// statuses are those of a verdict by requirement.
func statuses(v event.Verdict) map[string]event.Status {
	all := make(map[string]event.Status, len(v.Requirements))
	for _, r := range v.Requirements {
		all[r.ID] = r.Status
	}
	return all
}

func byID(v event.Verdict) map[string]event.Requirement {
	all := make(map[string]event.Requirement, len(v.Requirements))
	for _, r := range v.Requirements {
		all[r.ID] = r
	}
	return all
}

func withoutFindings(in Input) Input { return withFindings(in, nil) }

// withFindings is in with these of its findings alone.
func withFindings(in Input, kept []*event.Finding) Input {
	in.Checks = slices.Clone(in.Checks)
	for i := range in.Checks {
		in.Checks[i].Findings = nil
		for _, f := range kept {
			if f.Check == in.Checks[i].Check {
				in.Checks[i].Findings = append(in.Checks[i].Findings, *f)
			}
		}
	}
	return in
}

// blamedOn are the findings for which the change answers and that still count
// after what was decided on them.
func blamedOn(in Input, answers func(*event.Finding) bool) []*event.Finding {
	day := date(in.AsOf)
	var all []*event.Finding
	for i := range in.Checks {
		for j := range in.Checks[i].Findings {
			f := &in.Checks[i].Findings[j]
			if s := standing(f, day); (s == stood || s == promised) && answers(f) {
				all = append(all, f)
			}
		}
	}
	return all
}

// countsAny tells whether any of the findings counts for what a plan asks.
func countsAny(plan knowledge.Plan, findings []*event.Finding) bool {
	for _, need := range plan.Checks {
		from := event.Low.Rank()
		if r := event.Severity(need.Above).Rank(); r >= 0 {
			from = r
		}
		for _, f := range findings {
			if f.Check == need.Check && need.Counts(f.Rule) && rank(f.Severity) >= from {
				return true
			}
		}
	}
	return false
}
