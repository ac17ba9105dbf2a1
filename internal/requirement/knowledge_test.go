package requirement

import (
	"regexp"
	"slices"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// TestKnowledge runs every example of every built-in requirement: facts for
// which it must apply, and facts for which it must not.
func TestKnowledge(t *testing.T) {
	reqs, err := knowledge.Requirements()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reqs {
		for i, example := range r.Examples.Applies {
			checkExample(t, r, i, example, true)
		}
		for i, example := range r.Examples.NotApplies {
			checkExample(t, r, i, example, false)
		}
	}
}

func checkExample(t *testing.T, r knowledge.Requirement, i int, example map[string][]string, want bool) {
	t.Helper()
	for name := range example {
		if _, known := gather(nil).values[name]; !known {
			t.Errorf("%s: example %d has the unknown fact %q", r.ID, i+1, name)
		}
	}
	got, faults := Select([]knowledge.Requirement{r}, factsOf(example), Selection{Level: 3})
	if err := faults.Err(); err != nil {
		t.Fatalf("%s: %v", r.ID, err)
	}
	if got[0].Applies != want {
		t.Errorf("%s: for %v, example %d: applies is %t; the expression is %s", r.ID, example, i+1, got[0].Applies, r.Applies)
	}
}

func factsOf(example map[string][]string) []event.Fact {
	var facts []event.Fact
	for name, values := range example {
		for _, v := range values {
			facts = append(facts, event.Fact{Name: name, Value: v, Confidence: event.Sure, Origin: "declared"})
		}
	}
	return facts
}

// TestVocabulary wants expressions and examples to use the facts and the values
// that there are: a typing mistake would switch a requirement off for good.
func TestVocabulary(t *testing.T) {
	names, err := knowledge.FactNames()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]knowledge.FactName{}
	for _, n := range names {
		known[n.Name] = n
		if single := slices.Contains(Facts().Strings, n.Name); single != n.Single || !slices.Contains(Facts().Names(), n.Name) {
			t.Errorf("fact %s: single is %t, but expressions know %v as lists and %v as strings", n.Name, n.Single, Facts().Lists, Facts().Strings)
		}
	}
	reqs, err := knowledge.Requirements()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reqs {
		checkLiterals(t, r, known)
		for _, example := range slices.Concat(r.Examples.Applies, r.Examples.NotApplies) {
			for name, values := range example {
				for _, v := range values {
					if !hasValue(known[name], v) {
						t.Errorf("%s: an example has the %s %q, which does not exist", r.ID, name, v)
					}
				}
			}
		}
	}
}

var literal = regexp.MustCompile(`"([^"]*)"`)

// checkLiterals wants each text in the expression to be a value of a fact that
// the expression mentions.
func checkLiterals(t *testing.T, r knowledge.Requirement, known map[string]knowledge.FactName) {
	t.Helper()
	e, err := Facts().Compile(r.Applies)
	if err != nil {
		t.Fatalf("%s: %v", r.ID, err)
	}
	for _, m := range literal.FindAllStringSubmatch(r.Applies, -1) {
		if !slices.ContainsFunc(e.Names, func(name string) bool { return hasValue(known[name], m[1]) }) {
			t.Errorf("%s: no value of %v is %q", r.ID, e.Names, m[1])
		}
	}
}

func hasValue(n knowledge.FactName, value string) bool {
	if n.Pattern != "" {
		return regexp.MustCompile(n.Pattern).MatchString(value)
	}
	return slices.ContainsFunc(n.Values, func(v knowledge.FactValue) bool { return v.Value == value })
}

// TestLevels keeps the promise of the first level: a small team can meet it
// with this version, so at most three of it rest on a person's word.
func TestLevels(t *testing.T) {
	reqs, err := knowledge.Requirements()
	if err != nil {
		t.Fatal(err)
	}
	here := map[string]bool{"code.secrets": true, "build.history": true, "release.basics": true, "testing.results": true}
	persons, wings := 0, map[string]bool{}
	for _, r := range reqs {
		if r.Level > 1 {
			continue
		}
		wings[r.Wing] = true
		if r.Plan.Person != "" {
			persons++
		}
		for _, need := range r.Plan.Checks {
			if !here[need.Check] {
				t.Errorf("%s is of level 1 and needs %s, which is not part of this version", r.ID, need.Check)
			}
		}
	}
	if persons > 3 {
		t.Errorf("%d requirements of level 1 need a person's word, at most 3 may", persons)
	}
	for _, wing := range knowledge.Wings {
		if !wings[wing] {
			t.Errorf("wing %s has no requirement of level 1", wing)
		}
	}
}

// BenchmarkSelect is what every run pays for applicability, the compiler's own
// preparation apart, which is paid once.
func BenchmarkSelect(b *testing.B) {
	reqs, err := knowledge.Requirements()
	if err != nil {
		b.Fatal(err)
	}
	facts := factsOf(map[string][]string{"kind": {"web", "api"}, "exposure": {"internet"}, "language": {"go"}})
	b.ReportAllocs()
	for b.Loop() {
		if _, faults := Select(reqs, facts, Selection{Level: 3}); len(faults) > 0 {
			b.Fatal(faults)
		}
	}
}
