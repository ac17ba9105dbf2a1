package report

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

func TestRank(t *testing.T) {
	// In the order that is wanted.
	want := []*event.Finding{
		{Message: "critical and sure", Severity: event.Critical, Confidence: event.Sure, Path: "b"},
		{Message: "critical and likely", Severity: event.Critical, Confidence: event.Likely, Path: "a"},
		{Message: "high and sure", Severity: event.High, Confidence: event.Sure, Path: "a"},
		{Message: "high and likely", Severity: event.High, Confidence: event.Likely, Path: "src/contest/a.go"},
		{Message: "high and sure, in a test", Severity: event.High, Confidence: event.Sure, Path: "src/test/a.go"},
		{Message: "low and sure", Severity: event.Low, Confidence: event.Sure, Path: "a"},
		{Message: "low and sure, further down", Severity: event.Low, Confidence: event.Sure, Path: "a", Line: 2},
		{Message: "severity of another tool", Severity: "grave", Confidence: event.Sure, Path: "a"},
	}
	got := []*event.Finding{want[4], want[7], want[1], want[6], want[0], want[5], want[3], want[2]}
	rank(got)
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("place %d: %q, want %q", i, got[i].Message, want[i].Message)
		}
	}
}

func TestMostLeavesRoomForOtherRules(t *testing.T) {
	var findings []*event.Finding
	for i := range 9 {
		findings = append(findings, &event.Finding{Rule: "noisy", Message: fmt.Sprint(i)})
	}
	findings = append(findings, &event.Finding{Rule: "quiet"}, &event.Finding{Rule: "other"})
	var rules []string
	for _, f := range most(findings, 5) {
		rules = append(rules, f.Rule)
	}
	if diff := cmp.Diff([]string{"noisy", "noisy", "noisy", "quiet", "other"}, rules); diff != "" {
		t.Errorf("most (-want +got):\n%s", diff)
	}
}

func TestAside(t *testing.T) {
	for path, want := range map[string]bool{
		"src/login.ts": false, "internal/latest/x.go": false, "contest/main.c": false, "main_testing.go": false, "": false,
		"src/login.spec.ts": true, "pkg/a_test.go": true, "test_login.py": true, "src/test/java/LoginTest.java": true,
		"Docs/guide.md": true, "node_modules/x/index.js": true, "examples/demo/main.go": true, "a/testdata/key.pem": true,
	} {
		if got := aside(path); got != want {
			t.Errorf("aside(%q) = %v, want %v", path, got, want)
		}
	}
}

// TestAsking: where a run says what waits, the report shows the rest, all of it
// and in the order of its worth.
func TestAsking(t *testing.T) {
	open := []*event.Finding{
		{Message: "worth a little", Worth: 1},
		{Message: "waits", Worth: 9, Queue: "shadow: new rule"},
		{Message: "worth a lot", Worth: 8},
		{Message: "also waits", Worth: 2, Queue: "budget: others are worth more"},
	}
	rank(open)
	shown, waiting := asking(open)
	texts := func(findings []*event.Finding) (out []string) {
		for _, f := range findings {
			out = append(out, f.Message)
		}
		return out
	}
	if diff := cmp.Diff([]string{"worth a lot", "worth a little"}, texts(shown)); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"waits", "also waits"}, texts(waiting)); diff != "" {
		t.Errorf("waiting (-want +got):\n%s", diff)
	}
	if got := waitingFor(waiting); got != "budget 1, shadow 1" {
		t.Errorf("waiting for %q", got)
	}
}
