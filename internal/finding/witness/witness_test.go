package witness

import (
	"math/rand/v2"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

func at(tool, rule string, line, column, end int, cwe ...int) *event.Finding {
	return &event.Finding{Tool: tool, Rule: rule, Path: "a.go", Line: line, Column: column, EndColumn: end, CWE: cwe,
		Severity: event.Medium, Confidence: event.Likely, Fingerprint: tool + rule, State: event.Open, Message: rule}
}

func TestClusters(t *testing.T) {
	for name, tt := range map[string]struct {
		findings []*event.Finding
		want     int // clusters
	}{
		"the same weakness":            {[]*event.Finding{at("gosec", "G201", 3, 1, 9, 89), at("Semgrep", "sqli", 3, 5, 20, 89)}, 1},
		"a near name for it":           {[]*event.Finding{at("", "secret.aws", 3, 5, 20, 798), at("gosec", "G101", 3, 0, 0, 259)}, 1},
		"a scanner without weaknesses": {[]*event.Finding{at("", "secret.aws", 3, 5, 20, 798), at("gitleaks", "aws", 3, 4, 21)}, 1},
		"another weakness":             {[]*event.Finding{at("gosec", "G201", 3, 1, 9, 89), at("Semgrep", "xss", 3, 5, 20, 79)}, 0},
		"another line":                 {[]*event.Finding{at("gosec", "G201", 3, 1, 9, 89), at("Semgrep", "sqli", 4, 5, 20, 89)}, 0},
		"another part of the line":     {[]*event.Finding{at("", "secret.a", 3, 1, 9, 798), at("gitleaks", "b", 3, 20, 30)}, 0},
		"one tool twice":               {[]*event.Finding{at("gosec", "G201", 3, 1, 9, 89), at("gosec", "G202", 3, 1, 9, 89)}, 0},
		"nobody says what it is":       {[]*event.Finding{at("a", "x", 3, 1, 9), at("b", "y", 3, 1, 9)}, 0},
	} {
		if got := Clusters(tt.findings); len(got) != tt.want {
			t.Errorf("%s: got %d clusters, want %d", name, len(got), tt.want)
		}
	}
}

func TestMerge(t *testing.T) {
	findings := []*event.Finding{at("gosec", "G101", 3, 5, 20, 798), at("", "secret.aws", 3, 5, 20, 798), at("gitleaks", "aws", 3, 5, 20)}
	findings[0].Severity = event.High
	for range 20 {
		rand.Shuffle(len(findings), func(i, j int) { findings[i], findings[j] = findings[j], findings[i] })
		copies := []*event.Finding{}
		for _, f := range findings {
			c := *f
			copies = append(copies, &c)
		}
		clusters := Clusters(copies)
		if len(clusters) != 1 {
			t.Fatalf("got %d clusters", len(clusters))
		}
		clusters[0].Merge()
		first := clusters[0][0]
		if first.Rule != "secret.aws" || len(first.Witnesses) != 2 || first.Witnesses[0].Rule != "G101" || first.Witnesses[1].Tool != "gitleaks" ||
			first.Severity != event.High || first.Confidence != event.Sure {
			t.Fatalf("got %+v", first)
		}
	}
}

func TestShare(t *testing.T) {
	a, b := at("gosec", "G201", 3, 1, 9, 89), at("Semgrep", "sqli", 3, 5, 20, 89)
	b.State, b.Decision = event.Decided, &event.Decision{Verdict: "false-positive", By: "Ada"}
	Clusters([]*event.Finding{a, b})[0].Share()
	if a.State != event.Decided || a.Decision == nil || a.Decision.By != "Ada" {
		t.Errorf("a person's word: got %+v", a)
	}
	a, b = at("gosec", "G201", 3, 1, 9, 89), at("Semgrep", "sqli", 3, 5, 20, 89)
	b.State, b.Decision = event.Decided, &event.Decision{Verdict: "accepted", By: "Semgrep"}
	Clusters([]*event.Finding{a, b})[0].Share()
	if a.State != event.Open {
		t.Errorf("a tool's own suppression: got %+v", a)
	}
}

// We tell a credential once wherever it stands, others tell it at each place.
func TestOtherPlaces(t *testing.T) {
	ours := at("", "secret.aws", 3, 5, 20, 798)
	ours.Also = []event.Place{{Path: "a.go", Line: 9}, {Path: "b.go", Line: 1}}
	here, there, other := at("gitleaks", "aws", 3, 5, 20), at("gitleaks", "aws", 9, 5, 20), at("gosec", "G201", 9, 1, 9, 89)
	clusters := Clusters([]*event.Finding{other, there, ours, here})
	if len(clusters) != 1 || len(clusters[0]) != 3 || clusters[0][0] != ours {
		t.Fatalf("got %+v", clusters)
	}
	if clusters = Clusters([]*event.Finding{there, ours, other}); len(clusters) != 1 || len(clusters[0]) != 2 || clusters[0][0] != ours {
		t.Errorf("at another place alone: %+v", clusters)
	}
}
