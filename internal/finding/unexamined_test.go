package finding

import (
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// cut is a file that a check could not look into to its end.
func cut(digest string) event.Problem {
	p := event.Problem{Check: "code.secrets", Code: "too-costly", Path: "testdata/zeros.bz2", Message: "not looked into", Incomplete: true, Digest: digest}
	NameUnexamined(&p)
	return p
}

func TestUnexamined(t *testing.T) {
	digest := func(f *event.Finding) Seen { return Seen{Code: f.Code} }
	accepted := func(p event.Problem) Decision {
		f := UnexaminedFile(&p)
		return Decision{Verdict: Accepted, Because: "zeros", By: "Ada", On: "2026-01-01", Until: "2026-12-31", Place: p.Path}.Bind(&f, digest(&f))
	}
	tests := []struct {
		name     string
		now      event.Problem
		change   func(*Decision)
		want     event.State
		problems string
	}{
		{"accepted", cut("sha256:01"), nil, event.Decided, ""},
		{"another file in its place", cut("sha256:02"), nil, event.Open, "decision-moved"},
		{"ran out", cut("sha256:01"), func(d *Decision) { d.Until = "2026-02-01" }, event.Open, "decision-expired"},
		{"promised", cut("sha256:01"), func(d *Decision) { d.Verdict = Fix }, event.Open, ""},
		{"files that nobody has seen", cut("sha256:02"), func(d *Decision) { d.Scope, d.Class, d.UpTo = ScopePattern, "test", "critical" }, event.Open, "decision-not-covered"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := accepted(cut("sha256:01"))
			if tt.change != nil {
				tt.change(&d)
			}
			list := []event.Finding{UnexaminedFile(&tt.now)}
			problems := Decisions{d}.Apply(list, Now{AsOf: june, Complete: true, Look: digest})
			if list[0].State != tt.want || codes(problems) != tt.problems {
				t.Errorf("%s, %q; want %s, %q", list[0].State, codes(problems), tt.want, tt.problems)
			}
			AcceptUnexamined(&tt.now, list[0].Decision)
			if tt.now.Incomplete != (tt.want == event.Open) {
				t.Errorf("incomplete: %v", tt.now.Incomplete)
			}
		})
	}
}

func TestUnexaminedIsNoFalsePositive(t *testing.T) {
	p := cut("sha256:01")
	f := UnexaminedFile(&p)
	for _, d := range []Decision{{Verdict: FalsePositive}, {Verdict: Accepted, Scope: ScopePattern, Class: "test"}} {
		d.Because, d.By, d.On, d.Until = "zeros", "Ada", "2026-01-01", "2026-02-01"
		d = d.Bind(&f, Seen{Code: f.Code})
		if _, err := ParseDecisions("x", Decisions{d}.Encode()); err == nil || !strings.Contains(err.Error(), "only be accepted") {
			t.Errorf("%s, %q: %v", d.Verdict, d.Scope, err)
		}
	}
}

// A decision about a finding that is gone still says something of its rule, so
// nobody is told to throw it away.
func TestUnusedDecisionIsKept(t *testing.T) {
	for _, d := range []Decision{decided(found(1)), {Fingerprint: print32(3), Rule: Unexamined, Verdict: Accepted, On: "2026-01-01", Until: "2027-01-01"}} {
		problems := Decisions{d}.Apply(nil, Now{AsOf: june, Complete: true})
		if codes(problems) != "decision-unused" {
			t.Fatalf("%s: %+v", d.Rule, problems)
		}
		if remove := strings.HasPrefix(problems[0].Hint, "remove"); remove != (d.Rule == Unexamined) {
			t.Errorf("%s: %s", d.Rule, problems[0].Hint)
		}
	}
}
