package gate

import (
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
)

// TestDue: a status ends when the first thing ends that it cannot do without.
func TestDue(t *testing.T) {
	attested := func(until string) Attestation {
		return Attestation{Requirement: "PL-DESIGN-1", By: "grace", Effective: day("2026-06-01"), Until: day(until)}
	}
	exempted := func(until string) Exemption {
		return Exemption{Requirement: "PL-CODE-1", By: "ada", Approver: "grace", From: day("2026-01-01"), Until: day(until)}
	}
	decided := func(until string) CheckWord {
		w := word()
		w.Findings = []event.Finding{{Rule: "secret.x", Severity: event.High, Message: "m", State: event.Decided,
			Decision: &event.Decision{Verdict: finding.FalsePositive, By: "ada", Until: until}}}
		return w
	}
	aged := func(made string) CheckWord {
		w := word()
		w.Made, w.FreshUntil = day(made), time.Time{}
		return w
	}
	tests := map[string]struct {
		in   Input
		want string
	}{
		"attestation":                 {Input{Attestations: []Attestation{attested("2026-07-01")}}, "2026-07-01"},
		"the later of two":            {Input{Attestations: []Attestation{attested("2026-07-01"), attested("2026-07-20")}}, "2026-07-20"},
		"cut by the plan":             {Input{Attestations: []Attestation{attested("2027-07-01")}}, "2026-09-09"},
		"ended already":               {Input{Attestations: []Attestation{attested("2026-06-02")}}, ""},
		"a check's word by its age":   {Input{Checks: []CheckWord{aged("2026-06-01")}}, "2026-07-01"},
		"a decision":                  {Input{Checks: []CheckWord{decided("2026-06-20")}}, "2026-06-20"},
		"an exemption beyond a check": {Input{Checks: []CheckWord{decided("2026-06-20")}, Exemptions: []Exemption{exempted("2026-06-25")}}, "2026-06-25"},
		"an exemption of nothing":     {Input{Exemptions: []Exemption{exempted("2026-06-25")}}, "2026-06-25"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			test.in.AsOf, test.in.Known = asOf, map[string]bool{"code.secrets": true}
			r := thought()
			if test.in.Attestations == nil {
				r = secrets()
			}
			test.in.Requirements = []requirement.Selected{r}
			got := Evaluate(test.in).Requirements[0]
			if text := dateOr(got.Due); text != test.want {
				t.Errorf("%s (%s) due %q, expected %q", got.Status, got.Reason, text, test.want)
			}
		})
	}
}

func dateOr(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return date(t)
}
