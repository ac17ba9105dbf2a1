package product

import (
	"path"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/product/manifest"
)

// programs tells Go's programs from its libraries, and takes back what a
// product that is something else is said to be besides.
func (c *combination) programs() {
	c.goPrograms()
	c.deskMates()
	if len(c.kindsOtherThan("library")) > 0 {
		c.dropUnsureLibrary()
	}
}

func (c *combination) goPrograms() {
	module, modPath := "", ""
	found := map[string]bool{}
	for _, p := range c.cluePaths() {
		clue := c.clues[p]
		if clue.Manifest != nil && clue.Manifest.Ecosystem == manifest.Go && module == "" && depth(p) == 1 {
			module, modPath = clue.Manifest.Name, p
		}
		if clue.Main == 0 || aside(p) || !shippedFolder(p) {
			continue
		}
		name := path.Base(path.Dir(p))
		if name == "." {
			name = path.Base(withoutMajor(nameOr(module, "main")))
		}
		if !found[name] {
			found[name] = true
			c.state(event.Fact{Name: "deliverable", Value: "go-binary:" + name, Confidence: event.Sure, Path: p, Line: clue.Main, Because: "a program of Go"})
		}
	}
	if module == "" {
		return
	}
	switch others := c.kindsOtherThan("library"); {
	case len(found) == 0 && len(others) == 0:
		c.state(event.Fact{Name: "kind", Value: "library", Confidence: event.Likely, Path: modPath, Line: 1, Because: "a Go module without a program"})
		c.state(event.Fact{Name: "deliverable", Value: "go-module:" + module, Confidence: event.Likely, Path: modPath, Line: 1, Because: "a Go module without a program"})
	case len(found) > 0 && len(others) == 0:
		c.state(event.Fact{Name: "kind", Value: "cli", Confidence: event.Possible, Path: modPath, Line: 1, Because: "a Go program that is nothing else"})
	}
}

// shippedFolder leaves out programs that only help to build, and those that
// lie deep in the tree.
func shippedFolder(p string) bool {
	if depth(p) > 3 {
		return false
	}
	for segment := range strings.SplitSeq(path.Dir(p), "/") {
		switch segment {
		case "tools", "tool", "hack", "scripts", "script", "build", "internal", "ci", "contrib", "magefiles", "util", "plugins":
			return false
		}
	}
	return true
}

// deskMates drops "api" and "web" that a desktop or mobile shell brings along
// in the very manifest that makes it one.
func (c *combination) deskMates() {
	desktop, ok := c.facts[[2]string{"kind", "desktop"}]
	if !ok || desktop.Confidence != event.Sure {
		return
	}
	for _, kind := range []string{"api", "web"} {
		key := [2]string{"kind", kind}
		if f, ok := c.facts[key]; ok && f.Path == desktop.Path {
			delete(c.facts, key)
		}
	}
}

func (c *combination) kindsOtherThan(kind string) []event.Fact {
	var out []event.Fact
	for _, f := range c.values("kind") {
		if f.Value != kind {
			out = append(out, f)
		}
	}
	return out
}

// dropUnsureLibrary forgets "library" where a surer kind stands at the same or
// a lesser depth.
func (c *combination) dropUnsureLibrary() {
	key := [2]string{"kind", "library"}
	library, ok := c.facts[key]
	if !ok || library.Confidence == event.Sure {
		return
	}
	for _, f := range c.kindsOtherThan("library") {
		if f.Confidence.Rank() >= library.Confidence.Rank() && f.Value != "cli" {
			delete(c.facts, key)
			return
		}
	}
}

// reach is who reaches a product of a kind where nothing else is known, from
// the most exposed on.
var reach = []struct{ kind, exposure string }{
	{"web", "internet"}, {"api", "internet"}, {"service", "internal"}, {"infrastructure", "internal"},
	{"mobile", "local"}, {"desktop", "local"}, {"cli", "local"}, {"firmware", "local"}, {"library", "none"},
}

// exposure keeps the most exposed value, or guesses it from the kinds.
func (c *combination) exposure() {
	kept := false
	for _, v := range c.names["exposure"].Values {
		key := [2]string{"exposure", v.Value}
		if _, ok := c.facts[key]; ok && kept {
			delete(c.facts, key)
		} else if ok {
			kept = true
		}
	}
	if kept {
		return
	}
	for _, r := range reach {
		if kind, ok := c.facts[[2]string{"kind", r.kind}]; ok {
			c.state(event.Fact{Name: "exposure", Value: r.exposure, Confidence: event.Possible, Path: kind.Path, Line: kind.Line, Because: "guessed from the kind " + r.kind})
			return
		}
	}
}
