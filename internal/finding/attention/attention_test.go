package attention

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding/precision"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// aBook knows proven rules r.a to r.c, and nothing of any other.
func aBook() *precision.Book {
	var campaign []knowledge.Measured
	for _, rule := range []string{"r.a", "r.b", "r.c"} {
		campaign = append(campaign, knowledge.Measured{Rule: rule, Right: 60, Blind: true, Where: "elsewhere"})
	}
	campaign = append(campaign, knowledge.Measured{Rule: "r.bad", Right: 5, Wrong: 15, Blind: true, Where: "elsewhere"})
	return precision.New(campaign, nil, func(string) string { return "some.check" })
}

var monday = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func made(rule string, severity event.Severity, n int) event.Finding {
	return event.Finding{Check: "some.check", Rule: rule, Severity: severity, Confidence: event.Sure, State: event.Open,
		Path: fmt.Sprintf("src/%s%d.go", rule, n), Line: 1, Fingerprint: fmt.Sprintf("%s-%d", rule, n)}
}

func shown(findings []event.Finding) (prints []string) {
	for _, f := range findings {
		if f.Queue == "" && f.State == event.Open {
			prints = append(prints, f.Fingerprint)
		}
	}
	return prints
}

func TestBudgetGoesToWhatIsWorthMost(t *testing.T) {
	var all []event.Finding
	for i := range 4 {
		all = append(all, made("r.a", event.Low, i), made("r.b", event.Critical, i), made("r.c", event.Medium, i))
	}
	all[0].Confidence = event.Possible
	Route(all, Options{Book: aBook(), AsOf: monday})
	got := shown(all)
	if len(got) != Budget {
		t.Fatalf("%d are shown: %v", len(got), got)
	}
	// Two of the worst rule, then those of others: no rule fills the screen.
	for _, want := range []string{"r.b-0", "r.b-1", "r.c-0", "r.c-1"} {
		if !strings.Contains(fmt.Sprint(got), want) {
			t.Errorf("%s is missing among %v", want, got)
		}
	}
	for _, f := range all {
		if f.Worth <= 0 {
			t.Errorf("%s has no worth", f.Fingerprint)
		}
		if f.Queue != "" && !strings.HasPrefix(f.Queue, "budget: ") {
			t.Errorf("%s waits for %q", f.Fingerprint, f.Queue)
		}
	}
}

// TestTheRestSaysWhyItWaits: nothing is dropped, and everything has its reason.
func TestTheRestSaysWhyItWaits(t *testing.T) {
	promised := made("r.a", event.High, 1)
	promised.Decision = &event.Decision{Verdict: "fix", By: "Ada", Until: "2026-12-01"}
	twin := made("r.a", event.High, 2)
	twin.Group = "g"
	first := made("r.a", event.Critical, 3)
	first.Group = "g"
	old := made("r.a", event.Critical, 4)
	old.Change = event.Unchanged
	seen := made("r.new", event.Low, 5)
	seen.Witnesses = []event.Witness{{Tool: "gosec", Rule: "G101"}}
	settled := made("r.a", event.Critical, 6)
	settled.State = event.Decided
	for name, tt := range map[string]struct {
		findings []event.Finding
		print    string
		want     string
	}{
		"new rule":    {[]event.Finding{made("r.new", event.Low, 0), made("r.a", event.Low, 0)}, "r.new-0", "shadow: new rule"},
		"poor rule":   {[]event.Finding{made("r.bad", event.Low, 0), made("r.a", event.Low, 0)}, "r.bad-0", "demoted: 15 of 20 were false positives"},
		"promised":    {[]event.Finding{promised}, "r.a-1", "promised: Ada fixes it until 2026-12-01"},
		"same cause":  {[]event.Finding{twin, first}, "r.a-2", "group: it has the same cause as r.a-3"},
		"old code":    {[]event.Finding{old}, "r.a-4", "not brought in by this change"},
		"two witness": {[]event.Finding{seen}, "r.new-5", ""},
		"settled":     {[]event.Finding{settled}, "r.a-6", ""},
	} {
		Route(tt.findings, Options{Book: aBook(), AsOf: monday})
		for _, f := range tt.findings {
			if f.Fingerprint == tt.print && !strings.HasPrefix(f.Queue, tt.want) || f.Fingerprint == tt.print && tt.want == "" && f.Queue != "" {
				t.Errorf("%s: it waits for %q, want %q", name, f.Queue, tt.want)
			}
		}
	}
}

// TestGraveFindingsHaveTheirDay: within five working days each finding of high
// severity is shown, though its rule was wrong three times in four.
func TestGraveFindingsHaveTheirDay(t *testing.T) {
	seen := map[string]bool{}
	for day := range 5 {
		var all []event.Finding
		for i := range 12 {
			all = append(all, made("r.bad", event.High, i))
		}
		for i := range 9 {
			all = append(all, made("r.a", event.Medium, i))
		}
		Route(all, Options{Book: aBook(), AsOf: monday.AddDate(0, 0, day)})
		got := shown(all)
		if len(got) != Budget {
			t.Errorf("day %d: %d are shown", day, len(got))
		}
		for _, print := range got {
			seen[print] = true
		}
	}
	for i := range 12 {
		if print := fmt.Sprint("r.bad-", i); !seen[print] {
			t.Errorf("%s was never shown", print)
		}
	}
}

// TestSameDaySameAnswer: no clock and no chance besides the date.
func TestSameDaySameAnswer(t *testing.T) {
	run := func(at time.Time) []string {
		var all []event.Finding
		for i := range 30 {
			all = append(all, made("r.a", event.Medium, i), made("r.bad", event.High, i), made("r.new", event.Low, i))
		}
		Route(all, Options{Book: aBook(), AsOf: at, Budget: 7})
		return shown(all)
	}
	if diff := cmp.Diff(run(monday), run(monday.Add(11*time.Hour))); diff != "" {
		t.Errorf("later that day (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(run(monday), run(monday.AddDate(0, 0, 1))); diff == "" {
		t.Error("the next day shows the same ones")
	}
}

func TestWorthIsTheProductOfItsParts(t *testing.T) {
	o := Options{Book: aBook(), Facts: []event.Fact{{Name: "exposure", Value: "internet"}, {Name: "data", Value: "personal"}}}
	f := made("r.a", event.High, 1)
	f.Change, f.Path, f.Confidence = event.Introduced, "src/a_test.go", event.Likely
	parts, e := o.Weigh(f)
	want := Parts{Severity: 8, Precision: e.Mean, Confidence: 0.7, Place: 0.25, Exposure: 1.875, New: 2, Loud: 1}
	if diff := cmp.Diff(want, parts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

func BenchmarkRoute(b *testing.B) {
	book := aBook()
	var all []event.Finding
	for i := range 10_000 {
		all = append(all, made([]string{"r.a", "r.new", "r.bad"}[i%3], event.High, i))
	}
	for b.Loop() {
		Route(all, Options{Book: book, AsOf: monday})
	}
}
