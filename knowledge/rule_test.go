package knowledge

import (
	"strings"
	"testing"
	"testing/fstest"
)

// TestAllRules holds every entry to the form: the loader refuses ids out of
// form, missing texts, unknown words, impossible CWE numbers and entries
// without examples. That the examples do match is for each check's own test.
func TestAllRules(t *testing.T) {
	rules, err := AllRules()
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) == 0 {
		t.Fatal("no rules at all")
	}
	for i, r := range rules {
		if i > 0 && rules[i-1].ID >= r.ID {
			t.Errorf("%s stands after %s", r.ID, rules[i-1].ID)
		}
		for _, text := range []string{r.Title, r.Why, r.Fix} {
			if strings.TrimSpace(text) != text && strings.TrimRight(text, "\n") != text {
				t.Errorf("%s: stray space around %q", r.ID, text)
			}
		}
	}
}

func TestRulesOfOneCheck(t *testing.T) {
	rules, err := Rules("release.basics")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		if r.Check != "release.basics" {
			t.Errorf("%s belongs to %s", r.ID, r.Check)
		}
	}
	if _, err := Rules("no.such"); err == nil {
		t.Error("a check without rules must be an error")
	}
}

const goodRule = `
- id: demo.rule
  check: demo
  title: something is wrong
  severity: low
  confidence: high
  why: Because.
  fix: Do it.
  cwe: [1104]
  maps: ["ASVS 15.1.1", OSPS-BR-07.01, SSDF PS.1.1]
  revision: 1
  examples:
    match: [{path: a, text: x}]
    no_match: [{files: {b: ""}}]
`

func TestLoadRulesRefuses(t *testing.T) {
	swap := func(old, with string) string {
		if !strings.Contains(goodRule, old) {
			t.Fatalf("the good rule has no %q", old)
		}
		return strings.Replace(goodRule, old, with, 1)
	}
	tests := []struct{ name, yaml, want string }{
		{"good", goodRule, ""},
		{"unknown field", swap("  why:", "  reason: x\n  why:"), "unknown field"},
		{"duplicate key", swap("  why:", "  fix: x\n  why:"), "already defined"},
		{"id", swap("id: demo.rule", "id: Demo"), "form family.what"},
		{"other check", swap("check: demo", "check: other"), `file is for "demo"`},
		{"no title", swap("something is wrong", `" "`), "title is missing"},
		{"full stop", swap("something is wrong", "it is wrong."), "without a full stop"},
		{"no why", swap("  why: Because.\n", ""), "why is missing"},
		{"no fix", swap("  fix: Do it.\n", ""), "fix is missing"},
		{"severity", swap("severity: low", "severity: bad"), `severity "bad"`},
		{"confidence", swap("confidence: high", "confidence: sure"), `confidence "sure"`},
		{"revision", swap("revision: 1", "revision: 0"), "revision must be"},
		{"cwe", swap("[1104]", "[20000]"), "CWE-20000"},
		{"maps", swap("OSPS-BR-07.01", "see docs"), `"see docs"`},
		{"no match", swap("match: [{path: a, text: x}]", "match: []"), "no example that must match"},
		{"no no_match", swap(`no_match: [{files: {b: ""}}]`, "no_match: []"), "no example that must not match"},
		{"empty example", swap("{path: a, text: x}", "{}"), "example 1 is empty"},
		{"same file twice", swap("{path: a, text: x}", "{path: a, files: {a: x}}"), "has a twice"},
		{"defined twice", goodRule + goodRule, "defined twice"},
		{"empty file", "# nothing\n", "holds no rules"},
		{"no list", "id: demo.rule\n", "rules/demo.yaml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rules, err := loadRules(fstest.MapFS{"rules/demo.yaml": {Data: []byte(tt.yaml)}})
			switch {
			case tt.want == "" && (err != nil || len(rules) != 1):
				t.Errorf("got %d rules, error %v", len(rules), err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestLoadRulesAcrossFiles(t *testing.T) {
	other := strings.Replace(goodRule, "check: demo", "check: other", 1)
	_, err := loadRules(fstest.MapFS{
		"rules/demo.yaml":  {Data: []byte(goodRule)},
		"rules/other.yaml": {Data: []byte(other)},
	})
	if err == nil || !strings.Contains(err.Error(), "for demo and for other") {
		t.Errorf("got error %v", err)
	}
}
