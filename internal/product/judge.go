package product

import (
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// judge states the facts of rules, first of those that need no other fact,
// then of the others until nothing new is stated.
func (c *combination) judge() {
	for pass := 0; pass < 3; pass++ {
		before := len(c.facts)
		for i, r := range c.rules {
			if (len(r.Needs) > 0) != (pass > 0) || !c.has(r.Needs) {
				continue
			}
			if s, ok := c.best(i); ok {
				c.state(c.fact(r.Fact, r.Value, event.Confidence(r.Confidence), s))
				c.voice(r.Fact, r.Value, i)
			}
		}
		if pass > 0 && len(c.facts) == before {
			return
		}
	}
}

func (c *combination) voice(name, value string, rule int) {
	key := [2]string{name, value}
	if c.voices[key] == nil {
		c.voices[key] = map[int]bool{}
	}
	c.voices[key][rule] = true
}

func (c *combination) has(needs []string) bool {
	for _, n := range needs {
		name, value, _ := strings.Cut(n, "=")
		if _, ok := c.facts[[2]string{name, value}]; ok {
			return true
		}
	}
	return len(needs) == 0
}

// best is the place nearest to the root that nothing speaks against. What a
// manifest says against a rule counts for that manifest; where a rule was met
// by a file, what any manifest says counts.
func (c *combination) best(rule int) (seen, bool) {
	against := c.against[rule]
	anyManifest := false
	for key := range against {
		if strings.HasPrefix(key, "file:") {
			return seen{}, false
		}
		anyManifest = true
	}
	var out seen
	found := false
	for _, s := range c.places[rule] {
		if against["manifest:"+s.path] || anyManifest && !s.manifest {
			continue
		}
		if !found || nearer(s, out) {
			out, found = s, true
		}
	}
	return out, found
}

func nearer(a, b seen) bool {
	if a.aside != b.aside {
		return b.aside
	}
	if da, db := depth(a.path), depth(b.path); da != db {
		return da < db
	}
	if a.path != b.path {
		return a.path < b.path
	}
	return a.line < b.line
}

// deepManifest is the depth from which a manifest is likely that of a part.
const deepManifest = 4

func (c *combination) fact(name, value string, confidence event.Confidence, s seen) event.Fact {
	if s.manifest && depth(s.path) >= deepManifest && (name == "data_store" || name == "identity_provider" || name == "framework") {
		confidence = lowered(confidence)
	}
	return event.Fact{Name: name, Value: value, Confidence: confidence, Path: s.path, Line: s.line, Because: s.because}
}

// state keeps the surest and nearest of the facts that say the same.
func (c *combination) state(f event.Fact) {
	key := [2]string{f.Name, f.Value}
	f.Origin = inferred
	old, ok := c.facts[key]
	if ok && (old.Confidence.Rank() > f.Confidence.Rank() || old.Confidence.Rank() == f.Confidence.Rank() && !nearer(seen{path: f.Path, line: f.Line}, seen{path: old.Path, line: old.Line})) {
		return
	}
	c.facts[key] = f
}
