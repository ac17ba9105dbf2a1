package attention

import (
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/finding/precision"
)

// Parts are what the worth of a finding is made of; it is their product.
type Parts struct {
	Severity   float64 // each weighs twice the next
	Precision  float64 // how often the rule is right in such files
	Confidence float64 // how sure the rule is of this one
	Place      float64 // what such files do once they ship
	Exposure   float64 // who reaches the product, and what it holds
	New        float64 // whether the change under examination brought it in
	Loud       float64 // whether people act on the rule
}

// Worth is what looking is expected to bring.
func (p Parts) Worth() float64 {
	return p.Severity * p.Precision * p.Confidence * p.Place * p.Exposure * p.New * p.Loud
}

var severities = map[event.Severity]float64{event.Critical: 16, event.High: 8, event.Medium: 4, event.Low: 2, event.Info: 1}

var confidences = map[event.Confidence]float64{event.Sure: 1, event.Likely: 0.7, event.Possible: 0.5}

var places = map[finding.Class]float64{
	finding.Production: 1, finding.Generated: 0.5, finding.Vendored: 0.25,
	finding.Test: 0.25, finding.Example: 0.25, finding.Documentation: 0.25,
}

// weigh takes a severity or a confidence of another tool that we do not know for
// the mildest.
func (o Options) weigh(f *event.Finding, e precision.Estimate) Parts {
	p := Parts{Severity: 0.5, Precision: e.Mean, Confidence: 0.5, Place: 1, Exposure: o.exposure(), New: 1, Loud: 1}
	if w, ok := severities[f.Severity]; ok {
		p.Severity = w
	}
	if w, ok := confidences[f.Confidence]; ok {
		p.Confidence = w
	}
	if f.Path != "" {
		p.Place = places[classOf(f)]
	}
	switch f.Change {
	case event.Introduced:
		p.New = 2
	case event.Unchanged, event.Moved:
		p.New = 0.5
	}
	if e.State == precision.Loud {
		p.Loud = 1.5
	}
	return p
}

// classOf is the class that the finding names, or that of its path.
func classOf(f *event.Finding) finding.Class {
	if _, known := places[finding.Class(f.Class)]; known {
		return finding.Class(f.Class)
	}
	if f.Path == "" {
		return ""
	}
	return finding.ClassOf(f.Path)
}

// sensitive are the kinds of data that somebody outside is harmed by.
var sensitive = []string{"personal", "payment", "health", "financial", "biometric", "credentials"}

// exposure is the same for all findings of a product, and so sorts products.
func (o Options) exposure() float64 {
	x := 1.0
	if has(o.Facts, "exposure", "internet") {
		x *= 1.5
	}
	if has(o.Facts, "data", sensitive...) {
		x *= 1.25
	}
	return x
}

func has(facts []event.Fact, name string, values ...string) bool {
	return slices.ContainsFunc(facts, func(f event.Fact) bool { return f.Name == name && slices.Contains(values, f.Value) })
}
