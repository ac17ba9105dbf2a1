package requirement

import (
	"regexp"
	"slices"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// everyCatalogue calls fn with the requirements of each built-in catalogue.
func everyCatalogue(t *testing.T, fn func(name string, reqs []knowledge.Requirement)) {
	t.Helper()
	for _, c := range knowledge.Catalogues() {
		reqs, err := knowledge.CatalogueRequirements(c.Name)
		if err != nil {
			t.Fatal(err)
		}
		fn(c.Name, reqs)
	}
}

// matching is a call whose text is a pattern, not a value.
var matching = regexp.MustCompile(`\.matches\("([^"]*)"\)`)

// TestVocabularyOfCatalogues wants the plans of other people's catalogues to
// use the facts and values that there are.
func TestVocabularyOfCatalogues(t *testing.T) {
	known := map[string]knowledge.FactName{}
	for _, n := range spelledOut(t) {
		known[n.Name] = n
	}
	everyCatalogue(t, func(_ string, reqs []knowledge.Requirement) {
		for _, r := range reqs {
			for _, m := range matching.FindAllStringSubmatch(r.Applies, -1) {
				if _, err := regexp.Compile(m[1]); err != nil {
					t.Errorf("%s: %v", r.ID, err)
				}
			}
			r.Applies = matching.ReplaceAllString(r.Applies, `.matches("npm:shop")`)
			checkLiterals(t, r, known)
		}
	})
}

// spelledOut is the vocabulary of facts with the languages as values, which a
// pattern stands for otherwise, and with some deliverables.
func spelledOut(t *testing.T) []knowledge.FactName {
	t.Helper()
	names, err := knowledge.FactNames()
	if err != nil {
		t.Fatal(err)
	}
	languages, err := knowledge.Languages()
	if err != nil {
		t.Fatal(err)
	}
	names = slices.Clone(names)
	for i := range names {
		switch n := &names[i]; n.Name {
		case "language":
			n.Pattern = ""
			for _, l := range languages {
				n.Values = append(n.Values, knowledge.FactValue{Value: l.Value})
			}
		case "deliverable":
			n.Values = []knowledge.FactValue{{Value: "npm:shop"}, {Value: "image:shop"}}
		}
	}
	return names
}

// everything is every value of every fact: the product that costs expressions
// the most.
func everything(t *testing.T) []event.Fact {
	var facts []event.Fact
	for _, n := range spelledOut(t) {
		for _, v := range n.Values {
			facts = append(facts, event.Fact{Name: n.Name, Value: v.Value, Confidence: event.Sure})
			if n.Single {
				break // the first is the most exposed
			}
		}
	}
	return facts
}

// TestCataloguesSelect wants no plan to be for nobody, none to cost too much,
// and the cumulative numbers that the standards give.
func TestCataloguesSelect(t *testing.T) {
	want := map[string][3]int{"asvs": {70, 253, 345}, "osps": {24, 41, 62}, "masvs": {24, 24, 24}}
	facts := everything(t)
	everyCatalogue(t, func(name string, reqs []knowledge.Requirement) {
		for level := 1; level <= 3; level++ {
			selected, faults := Select(reqs, facts, Selection{Level: level, Profiles: map[string][]string{"masvs": knowledge.Profiles}})
			if err := faults.Err(); err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, s := range selected {
				if s.Applies {
					n++
				}
				if s.Reason == "" {
					t.Errorf("%s gives no reason", s.ID)
				}
			}
			if n != want[name][level-1] {
				t.Errorf("%s, level %d: %d apply to a product with every fact, want %d", name, level, n, want[name][level-1])
			}
		}
	})
}

// BenchmarkSelectASVS is what a product that chose ASVS pays for applicability.
func BenchmarkSelectASVS(b *testing.B) {
	reqs, err := knowledge.CatalogueRequirements("asvs")
	if err != nil {
		b.Fatal(err)
	}
	facts := factsOf(map[string][]string{"kind": {"web", "api"}, "exposure": {"internet"}, "language": {"go"}})
	for b.Loop() {
		if _, faults := Select(reqs, facts, Selection{Level: 3}); len(faults) > 0 {
			b.Fatal(faults)
		}
	}
}
