package product

import (
	"fmt"
	"sort"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/product/manifest"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// inferred is the origin of facts that no person stated.
const inferred = "inferred"

// seen is one place that speaks for a rule.
type seen struct {
	path, because string
	line          int
	aside         bool
	manifest      bool // from what a manifest says
}

// combination is the work of Combine.
type combination struct {
	*engine
	files   []repo.File
	clues   map[string]Clues
	places  map[int][]seen          // what speaks for each rule
	against map[int]map[string]bool // what speaks against each rule: paths
	facts   map[[2]string]event.Fact
	voices  map[[2]string]map[int]bool // rules by fact and value
	shares  map[string]int             // languages by their place in the order of shares
}

// Combine makes facts of a product's files, sorted by path, and of the clues by
// path. It opens nothing, and gives the same facts in the same order for the
// same arguments.
func Combine(files []repo.File, clues map[string]Clues) []event.Fact {
	e, err := load()
	if err != nil {
		return nil
	}
	c := e.weigh(files, clues)
	c.programs()
	c.deliverables()
	c.corroborate()
	c.exposure()
	return c.sorted()
}

// weigh collects what speaks for and against the rules, and states their facts.
func (e *engine) weigh(files []repo.File, clues map[string]Clues) *combination {
	c := &combination{engine: e, files: files, clues: clues, places: map[int][]seen{}, against: map[int]map[string]bool{},
		facts: map[[2]string]event.Fact{}, voices: map[[2]string]map[int]bool{}, shares: map[string]int{}}
	for _, f := range files {
		c.byPath(f)
		if clue, ok := clues[f.Path]; ok {
			c.byClue(f.Path, clue)
		}
	}
	for i, f := range e.languageFacts(files) {
		c.shares[f.Value] = i
		c.state(f)
	}
	c.judge()
	return c
}

func (c *combination) byPath(f repo.File) {
	if f.Mode == repo.Submodule || f.Mode == repo.Symlink {
		return
	}
	isAside, known := false, false
	c.engine.files.match(f.Path, func(id int) {
		if !known {
			isAside, known = aside(f.Path), true
		}
		c.note(c.marks[id], seen{path: f.Path, aside: isAside})
	})
}

func (c *combination) byClue(path string, clue Clues) {
	isAside := aside(path)
	for _, h := range clue.Hits {
		if rule, ok := c.byID[h.Rule]; ok {
			s := seen{path: path, line: h.Line, aside: isAside}
			if h.What != "" {
				s.because = fmt.Sprintf("%s (%s)", c.rules[rule].Because, h.What)
			}
			c.note(mark{rule, h.Against}, s)
		}
	}
	if clue.Manifest == nil {
		return
	}
	m := clue.Manifest
	for _, d := range m.Dependencies {
		c.dependency(m.Ecosystem, d, seen{path: path, line: d.Line, aside: isAside, manifest: true})
	}
	for _, t := range m.Traits {
		for _, mk := range c.traits[m.Ecosystem][t.Name] {
			c.note(mk, seen{path: path, line: t.Line, aside: isAside, manifest: true})
		}
	}
}

func (c *combination) dependency(eco string, d manifest.Dependency, s seen) {
	if d.Indirect {
		return
	}
	ecos := []string{eco}
	if eco == manifest.Gradle { // its libraries are Maven's
		ecos = append(ecos, manifest.Maven)
	}
	for _, eco := range ecos {
		name := d.Name
		if eco == manifest.Go {
			name = withoutMajor(name)
		}
		for _, m := range c.depends[eco][name] {
			c.require(m, d, s)
		}
		for _, p := range c.prefix[eco] {
			if strings.HasPrefix(name, p.prefix) {
				c.require(p.mark, d, s)
			}
		}
	}
}

func (c *combination) require(m mark, d manifest.Dependency, s seen) {
	rule := c.rules[m.rule]
	if d.Dev && !rule.Dev {
		return
	}
	s.because = fmt.Sprintf("depends on %s (%s)", d.Name, rule.Because)
	c.note(m, s)
}

// withoutMajor is a Go module's path without its major version, of the form
// "/v2" or, for gopkg.in, ".v2".
func withoutMajor(path string) string {
	i := strings.LastIndexAny(path, "/.")
	if i < 0 || i+2 >= len(path)+1 || !strings.HasPrefix(path[i+1:], "v") {
		return path
	}
	for _, r := range path[i+2:] {
		if r < '0' || r > '9' {
			return path
		}
	}
	if path[i+1:] == "v" {
		return path
	}
	return path[:i]
}

func (c *combination) note(m mark, s seen) {
	if m.against {
		if s.aside {
			return
		}
		if c.against[m.rule] == nil {
			c.against[m.rule] = map[string]bool{}
		}
		kind := "file:"
		if s.manifest {
			kind = "manifest:"
		}
		c.against[m.rule][kind+s.path] = true
		return
	}
	rule := c.rules[m.rule]
	if s.aside && !rule.Anywhere || rule.Depth > 0 && depth(s.path) > rule.Depth {
		return
	}
	if s.because == "" {
		s.because = rule.Because
	}
	c.places[m.rule] = append(c.places[m.rule], s)
}

// corroborate lowers what one rule alone says of data: one name is a hint.
func (c *combination) corroborate() {
	for key, f := range c.facts {
		if key[0] == "data" && len(c.voices[key]) == 1 && !strings.HasPrefix(f.Because, "depends on") && !strings.HasPrefix(f.Because, "asks for") {
			f.Confidence = lowered(f.Confidence)
			c.facts[key] = f
		}
	}
}

func (c *combination) values(name string) []event.Fact {
	var out []event.Fact
	for key, f := range c.facts {
		if key[0] == name {
			out = append(out, f)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Value < out[j].Value })
	return out
}

// sorted lists facts in the order of the vocabulary, the surest value first;
// languages stay in the order of their shares.
func (c *combination) sorted() []event.Fact {
	out := make([]event.Fact, 0, len(c.facts))
	for _, f := range c.facts {
		out = append(out, f)
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if c.order[a.Name] != c.order[b.Name] {
			return c.order[a.Name] < c.order[b.Name]
		}
		if a.Name == "language" {
			return c.shares[a.Value] < c.shares[b.Value]
		}
		if ra, rb := a.Confidence.Rank(), b.Confidence.Rank(); ra != rb {
			return ra > rb
		}
		return a.Value < b.Value
	})
	return out
}
