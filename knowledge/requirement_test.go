package knowledge

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestRequirements holds the built-in catalogue to the form, which the loader
// checks, and to its size. That the examples apply and do not is a test of the
// package that evaluates the expressions.
func TestRequirements(t *testing.T) {
	reqs, err := Requirements()
	if err != nil {
		t.Fatal(err)
	}
	if len(reqs) < 40 {
		t.Errorf("%d requirements, want about 40 or more", len(reqs))
	}
	texts := map[string]string{}
	for _, r := range reqs {
		for _, text := range []string{r.Title, r.Statement, r.Why, r.Fix, r.Plan.Person} {
			if other, twice := texts[text]; twice && text != "" {
				t.Errorf("%s says the same as %s: %q", r.ID, other, text)
			}
			texts[text] = r.ID
		}
		if len(r.Title) > 60 || len(r.Statement) > 320 {
			t.Errorf("%s: title of %d bytes, statement of %d", r.ID, len(r.Title), len(r.Statement))
		}
	}
}

// TestPlansNameRules wants each rule that a plan counts on to exist, once its
// check has any.
func TestPlansNameRules(t *testing.T) {
	reqs, err := Requirements()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := AllRules()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reqs {
		for _, need := range r.Plan.Checks {
			has := slices.ContainsFunc(rules, func(rule Rule) bool { return rule.Check == need.Check })
			for _, pattern := range slices.Concat(need.Rules, need.Also) {
				// Imported findings bear the names of other tools' rules.
				if pattern == "sarif.*" && need.Check == "testing.results" {
					continue
				}
				if has && !slices.ContainsFunc(rules, func(rule Rule) bool { return rule.Check == need.Check && MatchRule(pattern, rule.ID) }) {
					t.Errorf("%s counts on %s of %s, which has no such rule", r.ID, pattern, need.Check)
				}
			}
		}
	}
}

// TestRequirementsAreTheCallers wants a caller's changes to stay the caller's.
func TestRequirementsAreTheCallers(t *testing.T) {
	mine, err := Requirements()
	if err != nil {
		t.Fatal(err)
	}
	mine[0].ID = "changed"
	if again, _ := Requirements(); again[0].ID == "changed" {
		t.Error("the catalogue was changed")
	}
}

func TestMatchRule(t *testing.T) {
	tests := []struct {
		pattern, rule string
		want          bool
	}{
		{"secret.*", "secret.aws", true},
		{"secret.*", "secretary.aws", false},
		{"secret.*", "secret", false},
		{"secret.aws", "secret.aws", true},
		{"secret.aws", "secret.aws-old", false},
	}
	for _, tt := range tests {
		if got := MatchRule(tt.pattern, tt.rule); got != tt.want {
			t.Errorf("MatchRule(%q, %q) = %t", tt.pattern, tt.rule, got)
		}
	}
	also := Need{Rules: []string{"a.b"}, Also: []string{"c.*"}}
	if !also.Counts("c.d") || also.Asks("c.d") || !also.Asks("a.b") || also.Counts("d.e") {
		t.Error("what is in also counts, but is not asked for")
	}
	if !(Need{}).Counts("any.rule") || (Need{Rules: []string{"a.b"}}).Counts("a.c") {
		t.Error("a need without rules counts all, one with rules only those")
	}
}

const goodRequirement = `
- id: PL-CODE-1
  title: no secrets
  wing: code
  level: 1
  statement: The source must
    hold none.
  why: Because.
  applies: size(language) > 0
  plan: {automation: full, checks: [{check: code.secrets, rules: ["secret.*", a.b-c], above: high}], days: 30, owner: developer}
  fix: Replace it.
  minutes: 10
  cwe: [798]
  maps: [ASVS 13.3.1]
  examples: {applies: [{language: [go]}], not_applies: [{}]}
`

// wingFiles is a whole catalogue with text as the code wing.
func wingFiles(text string) fstest.MapFS {
	files := fstest.MapFS{"requirements/code.yaml": {Data: []byte(text)}}
	for i, wing := range Wings {
		if wing == "code" {
			continue
		}
		other := strings.NewReplacer("PL-CODE-1", "PL-OTHER-"+string(rune('1'+i)), "wing: code", "wing: "+wing).Replace(goodRequirement)
		files["requirements/"+wing+".yaml"] = &fstest.MapFile{Data: []byte(other)}
	}
	return files
}

func TestLoadRequirementsRefuses(t *testing.T) {
	swap := func(old, with string) string {
		if !strings.Contains(goodRequirement, old) {
			t.Fatalf("the good requirement has no %q", old)
		}
		return strings.Replace(goodRequirement, old, with, 1)
	}
	tests := []struct{ name, yaml, want string }{
		{"good", goodRequirement, ""},
		{"unknown field", swap("  why:", "  reason: x\n  why:"), "unknown field"},
		{"duplicate key", swap("  why:", "  fix: x\n  why:"), "already defined"},
		{"id", swap("PL-CODE-1", "CODE-1"), "not of the form PL-WING-1"},
		{"wing", swap("wing: code", "wing: build"), `file is for "code"`},
		{"level", swap("level: 1", "level: 4"), "level 4"},
		{"no why", swap("Because.", `" "`), "why is missing"},
		{"no must", swap("must", "should"), "no \"must\""},
		{"full stop", swap("no secrets", "no secrets."), "full stop"},
		{"minutes", swap("minutes: 10", "minutes: 0"), "minutes 0"},
		{"cwe", swap("[798]", "[20000]"), "CWE-20000"},
		{"maps", swap("ASVS 13.3.1", "see docs"), `"see docs"`},
		{"maps nowhere", swap("[ASVS 13.3.1]", "[]"), "no standard"},
		{"no example", swap("applies: [{language: [go]}], ", ""), "no facts for which it applies"},
		{"no counter-example", swap(", not_applies: [{}]", ""), "facts for which it does not apply"},
		{"counter-example of what always applies", swap("size(language) > 0", `"true"`), "facts for which it does not apply"},
		{"automation", swap("full", "none"), `automation is "none", but the plan is "full"`},
		{"no plan", swap("checks: [{check: code.secrets, rules: [\"secret.*\", a.b-c], above: high}], ", ""), "neither a check nor a person"},
		{"days", swap("days: 30", "days: 0"), "days 0"},
		{"owner", swap("owner: developer", "owner: boss"), `owner "boss"`},
		{"check", swap("check: code.secrets", "check: secrets"), `check "secrets"`},
		{"above", swap("above: high", "above: bad"), `above "bad"`},
		{"rule", swap("a.b-c", `"*.b"`), `rule "*.b"`},
		{"also of all", swap(`rules: ["secret.*", a.b-c]`, "also: [a.b]"), "also without rules"},
		{"twice", goodRequirement + goodRequirement, "defined twice"},
		{"empty", "# nothing\n", "holds no requirements"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reqs, err := loadRequirements(wingFiles(tt.yaml))
			switch {
			case tt.want == "" && (err != nil || len(reqs) != len(Wings)):
				t.Errorf("got %d requirements, error %v", len(reqs), err)
			case tt.want == "" && reqs[3].Statement != "The source must hold none.":
				t.Errorf("statement %q is not one line", reqs[3].Statement)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestLoadRequirementsWantsEveryWing(t *testing.T) {
	files := wingFiles(goodRequirement)
	delete(files, "requirements/design.yaml")
	files["requirements/extra.yaml"] = &fstest.MapFile{Data: []byte(goodRequirement)}
	_, err := loadRequirements(files)
	for _, want := range []string{"design.yaml", `no wing is called "extra"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got error %v, want one with %q", err, want)
		}
	}
}

// BenchmarkLoadRequirements is what the first command that needs them pays.
func BenchmarkLoadRequirements(b *testing.B) {
	for b.Loop() {
		if _, err := loadRequirements(requirementFiles); err != nil {
			b.Fatal(err)
		}
	}
}
