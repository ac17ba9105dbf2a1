package precision

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

func noCheck(string) string { return "some.check" }

// days gives a fresh date to each of n decisions of a verdict on a rule, each by
// somebody else and with a reason of its own.
func days(rule, verdict string, from, n int) finding.Decisions {
	var ds finding.Decisions
	for i := range n {
		ds = append(ds, finding.Decision{
			Fingerprint: fmt.Sprintf("%s %s %d", rule, verdict, from+i), Rule: rule, Place: "src/a.go:3:1", Verdict: verdict,
			Because: fmt.Sprint("reason ", from+i), By: fmt.Sprint("person ", i%3),
			On: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, from+i).Format(time.DateOnly),
		})
	}
	return ds
}

func together(lists ...finding.Decisions) finding.Decisions {
	var all finding.Decisions
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}

// TestArithmetic works one posterior out by hand.
func TestArithmetic(t *testing.T) {
	campaign := []knowledge.Measured{
		{Rule: "a.one", Right: 30, Wrong: 10, Blind: true},                  // counts for 20: 15 and 5
		{Rule: "a.two", Right: 8, Wrong: 0, Blind: true},                    // the check beside a.one
		{Rule: "b.far", Right: 0, Wrong: 8, Blind: true},                    // another check
		{Rule: "a.one", Class: "test", Right: 1, Wrong: 3, Where: "others"}, // a class of its own
	}
	b := New(campaign, nil, func(rule string) string { return rule[:1] })
	// All but check a: 0 of 8, under one half for two. The check but a.one: 8 of 8,
	// under that for two. Then what was read of the rule, for twenty at most; what
	// it was in tests; and the check's mean for two.
	top := (0 + 2*0.5) / (8 + 2.0)
	check := (8 + 2*top) / (8 + 2.0)
	want := (15 + 1 + 2*check) / (20 + 4 + 2.0)
	if got := b.Of("a.one", "a", finding.Production).Mean; math.Abs(got-want) > 1e-12 {
		t.Errorf("mean: got %v, want %v", got, want)
	}
	// A rule of check a that nobody has met has the mean of those that were: 8 of 8,
	// and of a.one's 31 of 44 twenty's worth.
	known := 8 + 20*31/44.0
	want = (known + 2*top) / (28 + 2.0)
	if got := b.Of("a.new", "a", finding.Production); math.Abs(got.Mean-want) > 1e-12 || got.State != Shadow {
		t.Errorf("a new rule: got %v and %s, want %v", got.Mean, got.State, want)
	}
}

func TestStates(t *testing.T) {
	blind := func(rule string, right, wrong int) []knowledge.Measured {
		return []knowledge.Measured{{Rule: rule, Right: right, Wrong: wrong, Blind: true, Where: "twenty repositories"}}
	}
	mass := days("r.x", finding.FalsePositive, 50, 200)
	for i := range mass { // one person, one day, one reason
		mass[i].On, mass[i].By, mass[i].Because = "2026-06-01", "Ada", "all of them"
	}
	tests := []struct {
		name      string
		campaign  []knowledge.Measured
		decisions finding.Decisions
		want      State
	}{
		{"nobody has judged it", nil, nil, Shadow},
		{"three right here", nil, days("r.x", finding.Fix, 0, 3), Shadow},
		{"forty right here", nil, days("r.x", finding.Accepted, 0, 40), Active},
		{"forty fixed here", nil, days("r.x", finding.Fix, 0, 40), Loud},
		{"proven in the campaign", blind("r.x", 49, 1), nil, Active},
		{"read, but not blind", []knowledge.Measured{{Rule: "r.x", Right: 49, Wrong: 1}}, nil, Shadow},
		{"too few in the campaign", blind("r.x", 6, 0), nil, Shadow},
		{"poor in the campaign", blind("r.x", 9, 11), nil, Demoted},
		{"proven, then wrong here", blind("r.x", 200, 0), days("r.x", finding.FalsePositive, 0, 6), Demoted},
		{"proven, then one wrong here", blind("r.x", 200, 0), days("r.x", finding.FalsePositive, 0, 1), Active},
		{"dismissed in bulk by one person", blind("r.x", 200, 0), mass, Active},
		{"poor here", nil, days("r.x", finding.FalsePositive, 0, 9), Demoted},
		{"it degrades", nil, together(days("r.x", finding.Fix, 0, 200), days("r.x", finding.FalsePositive, 200, 14)), Demoted},
		{"it was mended", nil, together(days("r.x", finding.FalsePositive, 0, 12), days("r.x", finding.Accepted, 12, 200)), Active},
	}
	for _, tt := range tests {
		b := New(tt.campaign, tt.decisions, noCheck)
		e := b.Of("r.x", "some.check", finding.Production)
		if e.State != tt.want {
			t.Errorf("%s: got %s (%s; %s), want %s", tt.name, e.State, e.Reason, e.Figures(), tt.want)
		}
	}
}

// TestHysteresis: with a precision between the two marks a rule does not go to
// and fro; it stays where it is.
func TestHysteresis(t *testing.T) {
	var ds finding.Decisions
	for i := range 120 { // 8 of 9 right
		verdict := finding.Accepted
		if i%9 == 8 {
			verdict = finding.FalsePositive
		}
		ds = append(ds, days("r.x", verdict, i, 1)...)
	}
	up := []knowledge.Measured{{Rule: "r.x", Right: 60, Blind: true}}
	changes := func(campaign []knowledge.Measured) (states []State) {
		for n := range ds {
			s := New(campaign, ds[:n], noCheck).Of("r.x", "some.check", finding.Production).State
			if len(states) == 0 || states[len(states)-1] != s {
				states = append(states, s)
			}
		}
		return states
	}
	if got := changes(up); len(got) != 1 || got[0] != Active {
		t.Errorf("from above: %v", got)
	}
	if got := changes(nil); len(got) != 1 || got[0] != Shadow {
		t.Errorf("from below: %v", got)
	}
}

// TestOrderOfAFile: decisions stand by fingerprint in the file, and the record is
// the same in whatever order they are read.
func TestOrderOfAFile(t *testing.T) {
	ds := together(days("r.x", finding.Fix, 0, 30), days("r.x", finding.FalsePositive, 10, 7))
	want := New(nil, ds, noCheck).Of("r.x", "some.check", finding.Production)
	for i, j := 0, len(ds)-1; i < j; i, j = i+1, j-1 {
		ds[i], ds[j] = ds[j], ds[i]
	}
	got := New(nil, ds, noCheck).Of("r.x", "some.check", finding.Production)
	if got.State != want.State || got.Mean != want.Mean || got.Since != want.Since {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestClassOfPlace(t *testing.T) {
	for place, want := range map[string]finding.Class{
		"":                             unclassed,
		"in commit 0123456789ab":       unclassed,
		"src/app.go:3:14":              finding.Production,
		"src/app_test.go":              finding.Test,
		"docs/a.md:1 in commit 01ab23": finding.Documentation,
	} {
		if got := classOf(place); got != want {
			t.Errorf("%q: got %q, want %q", place, got, want)
		}
	}
}

// TestClassesAreApart: what is right in production may be wrong in tests.
func TestClassesAreApart(t *testing.T) {
	ds := days("r.x", finding.FalsePositive, 0, 20)
	for i := range ds {
		ds[i].Place = "src/a_test.go:3"
	}
	b := New(nil, together(ds, days("r.x", finding.Accepted, 0, 200)), noCheck)
	if s := b.Of("r.x", "some.check", finding.Test).State; s != Demoted {
		t.Errorf("in tests: %s", s)
	}
	if s := b.Of("r.x", "some.check", finding.Production).State; s != Active {
		t.Errorf("in production: %s", s)
	}
}

// TestProofIsBorrowed: a kind whose checksum proves it interrupts from the first
// day, though nobody has met one yet; a generic one does not.
func TestProofIsBorrowed(t *testing.T) {
	campaign := []knowledge.Measured{
		{Rule: "secret.github-pat", Right: 40, Blind: true, Where: "x"},
		{Rule: "secret.generic-password", Right: 40, Blind: true, Where: "x"},
	}
	b := New(campaign, nil, func(string) string { return knowledge.SecretCheck })
	if e := b.Of("secret.npm-token", knowledge.SecretCheck, finding.Production); e.State != Active {
		t.Errorf("npm token: %+v", e)
	}
	if e := b.Of("secret.generic-secret", knowledge.SecretCheck, finding.Production); e.State != Shadow {
		t.Errorf("generic secret: %+v", e)
	}
}
