package requirement

import (
	"cmp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// gathered is the facts by name: as values for expressions, and as they came.
type gathered struct {
	values map[string]any
	facts  map[string][]event.Fact // sorted
}

// gather sorts facts by name. Names that no expression can use are left out.
func gather(facts []event.Fact) gathered {
	g := gathered{values: map[string]any{}, facts: map[string][]event.Fact{}}
	for _, f := range facts {
		g.facts[f.Name] = append(g.facts[f.Name], f)
	}
	for name, list := range g.facts {
		slices.SortFunc(list, surestFirst)
		g.facts[name] = firstOfEach(list)
	}
	for _, name := range Facts().Lists {
		values := []string{}
		for _, f := range g.facts[name] {
			values = append(values, f.Value)
		}
		g.values[name] = values
	}
	g.values["exposure"] = ""
	if list := g.facts["exposure"]; len(list) > 0 {
		g.facts["exposure"] = list[:1]
		g.values["exposure"] = list[0].Value
	}
	return g
}

// firstOfEach drops facts whose value an earlier one has.
func firstOfEach(list []event.Fact) []event.Fact {
	seen := map[string]bool{}
	return slices.DeleteFunc(list, func(f event.Fact) bool {
		twice := seen[f.Value]
		seen[f.Value] = true
		return twice
	})
}

// surestFirst puts what a person declared first, then what is surer.
func surestFirst(a, b event.Fact) int {
	declared := func(f event.Fact) int {
		if f.Origin == "declared" {
			return 0
		}
		return 1
	}
	return cmp.Or(
		cmp.Compare(declared(a), declared(b)),
		cmp.Compare(b.Confidence.Rank(), a.Confidence.Rank()),
		cmp.Compare(a.Value, b.Value),
		cmp.Compare(a.Path, b.Path),
		cmp.Compare(a.Line, b.Line),
	)
}

// of returns the facts of the names, in the order of the names.
func (g gathered) of(names []string) []event.Fact {
	var facts []event.Fact
	for _, name := range names {
		facts = append(facts, g.facts[name]...)
	}
	return facts
}

// reason says in words what the names stand for: "kind is api, web; no container".
func (g gathered) reason(text string, applies bool, names []string) string {
	if len(names) == 0 {
		if applies {
			return "applies to every product"
		}
		return "applies to no product: " + text
	}
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = g.describe(name)
	}
	reason := strings.Join(parts, "; ")
	if !applies {
		reason += "; it is for products with " + text
	}
	return reason
}

// shownValues is the most values of one fact that a reason names.
const shownValues = 4

func (g gathered) describe(name string) string {
	list := g.facts[name]
	if len(list) == 0 {
		return "no " + strings.ReplaceAll(name, "_", " ") + " known"
	}
	var values []string
	for i, f := range list {
		if i == shownValues {
			values = append(values, "…")
			break
		}
		values = append(values, f.Value)
	}
	return strings.ReplaceAll(name, "_", " ") + " is " + strings.Join(values, ", ")
}
