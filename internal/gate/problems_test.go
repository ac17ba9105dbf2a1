package gate

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProblems(t *testing.T) {
	exemption := func(id, approver, until string) Exemption {
		return Exemption{Requirement: id, By: "ada", Approver: approver, From: day("2026-01-01"), Until: day(until)}
	}
	in := input(secrets(), word())
	in.Requirements = append(in.Requirements, thought(), planned())
	in.Exemptions = []Exemption{
		exemption("PL-CODE-1", "grace", "2026-12-01"),   // passes anyway
		exemption("PL-NONE-1", "grace", "2026-12-01"),   // no such requirement
		exemption("PL-BUILD-6", "grace", "2026-12-01"),  // holds
		exemption("PL-DESIGN-1", "grace", "2026-02-01"), // ended
		exemption("PL-DESIGN-1", "ada", "2026-12-01"),   // one person alone
	}
	in.Attestations = []Attestation{
		{Requirement: "PL-NONE-1", By: "grace", Effective: asOf, Until: asOf},
		{Requirement: "PL-DESIGN-1", By: "grace", Effective: asOf, Until: asOf, Refused: "unknown key"},
	}
	var got []string
	for _, p := range Problems(in, Evaluate(in)) {
		if p.Incomplete || p.Hint == "" {
			t.Errorf("%s: incomplete %t, hint %q", p.Message, p.Incomplete, p.Hint)
		}
		got = append(got, p.Code+": "+p.Message)
	}
	want := []string{
		"attestation-invalid: PL-DESIGN-1: the word of grace does not count: unknown key",
		"attestation-unused: the attestation by grace is of PL-NONE-1, which is not among the requirements selected",
		"exemption-invalid: PL-DESIGN-1: the exemption ended on 2026-02-01",
		"exemption-invalid: PL-DESIGN-1: the exemption was asked and approved by ada alone",
		"exemption-unused: the exemption asked by ada is of PL-NONE-1, which is not among the requirements selected",
		"exemption-unused: the exemption of PL-CODE-1 is not needed: its status is pass without it",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
