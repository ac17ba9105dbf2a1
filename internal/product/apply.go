package product

import (
	"fmt"
	"sort"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Apply puts what people stated in place of what was inferred: a name that
// they gave replaces all its values, and what they denied is dropped.
func (p *Product) Apply(facts []event.Fact) []event.Fact {
	var out []event.Fact
	for _, f := range facts {
		if _, given := p.Facts[f.Name]; given || p.denies(f.Name, f.Value) {
			continue
		}
		out = append(out, f)
	}
	for name, values := range p.Facts {
		for i, v := range values {
			out = append(out, p.declared(name, v, i))
		}
	}
	p.sort(out)
	return out
}

func (p *Product) denies(name, value string) bool {
	for _, v := range p.Not[name] {
		if v == value {
			return true
		}
	}
	return false
}

func (p *Product) declared(name, value string, i int) event.Fact {
	f := event.Fact{Name: name, Value: value, Confidence: event.Sure, Origin: "declared", Path: Path, Because: "stated there"}
	if p.file != nil {
		at := yamlfile.Pointer("facts", name, i)
		if !p.file.Has(at) {
			at = yamlfile.Pointer("facts", name)
		}
		place := p.file.Place(at)
		f.Path, f.Line = place.Path, place.Line
	}
	return f
}

// sort orders facts by the vocabulary; values keep the order that they have,
// which is that of inference or of the person.
func (p *Product) sort(facts []event.Fact) {
	order := map[string]int{}
	names, _ := knowledge.FactNames() // Load and Infer have reported a failure
	for i, n := range names {
		order[n.Name] = i
	}
	sort.SliceStable(facts, func(i, j int) bool { return order[facts[i].Name] < order[facts[j].Name] })
}

// Value is the sole value of a fact with one value, or "".
func Value(facts []event.Fact, name string) string {
	for _, f := range facts {
		if f.Name == name {
			return f.Value
		}
	}
	return ""
}

// describe says how sure a fact is, where it was seen and what was seen.
func describe(f event.Fact) string {
	place := f.Path
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", f.Path, f.Line)
	}
	parts := []string{string(f.Confidence) + " confidence"}
	for _, s := range []string{place, f.Because} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}
