package gate

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Problems lists the exemptions and attestations of in that do nothing for v,
// the verdict on it: what has ended, was never valid, names no requirement or is
// not needed any more. None of it makes the run incomplete; all of it is
// somebody's mistake or out of date, and must not go unnoticed.
func Problems(in Input, v event.Verdict) []event.Problem {
	status := map[string]event.Status{}
	for _, r := range v.Requirements {
		status[r.ID] = r.Status
	}
	days := map[string]int{}
	for _, r := range in.Requirements {
		days[r.ID] = r.Plan.Days
	}
	b := &book{in: in}
	var list []event.Problem
	for _, e := range in.Exemptions {
		list = append(list, e.problem(in, status)...)
	}
	for _, a := range in.Attestations {
		s, known := status[a.Requirement]
		why, _ := b.invalid(a, days[a.Requirement])
		switch {
		case !known:
			list = append(list, problem("attestation-unused", "plimsoll explain "+a.Requirement, "the attestation by %s is of %s, which is not among the requirements selected", a.By, a.Requirement))
		case why != "" && s != event.Pass:
			list = append(list, problem("attestation-invalid", "plimsoll attest "+a.Requirement, "%s: %s", a.Requirement, why))
		}
	}
	slices.SortFunc(list, func(x, y event.Problem) int {
		return cmp.Or(cmp.Compare(x.Code, y.Code), natural(x.Message, y.Message))
	})
	return slices.Compact(list)
}

// problem says what is wrong with e, if anything is.
func (e Exemption) problem(in Input, status map[string]event.Status) []event.Problem {
	s, known := status[e.Requirement]
	hint := "remove it from .plimsoll/product.yaml"
	if e.Path != "" {
		hint = "remove " + e.Path
	}
	var p event.Problem
	switch why := e.invalid(in.AsOf); {
	case !known:
		p = problem("exemption-unused", hint, "the exemption asked by %s is of %s, which is not among the requirements selected", e.By, e.Requirement)
	case s == event.Pass || s == event.NotApplicable:
		p = problem("exemption-unused", hint, "the exemption of %s is not needed: its status is %s without it", e.Requirement, s)
	case why != "":
		p = problem("exemption-invalid", "have it approved again by a second person, or remove it", "%s: %s", e.Requirement, why)
	default:
		return nil
	}
	return []event.Problem{p}
}

func problem(code, hint, format string, args ...any) event.Problem {
	return event.Problem{Code: code, Hint: hint, Message: fmt.Sprintf(format, args...)}
}
