package product

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// engine is the compiled knowledge of facts.
type engine struct {
	rules []knowledge.FactRule
	byID  map[string]int
	order map[string]int // of facts, as they are shown
	names map[string]knowledge.FactName

	files   *globs // ids are of marks
	marks   []mark
	texts   *globs // ids are of readers
	readers []reader

	depends map[string]map[string][]mark // by ecosystem and name
	prefix  map[string][]prefixed        // by ecosystem, names that end with "*"
	traits  map[string]map[string][]mark

	languages map[string]string // by extension or whole name
}

// mark says that something speaks for a rule, or against it.
type mark struct {
	rule    int
	against bool
}

type prefixed struct {
	prefix string
	mark   mark
}

// reader looks for one thing in the text of a file.
type reader struct {
	mark
	match  func() *regexp.Regexp // nil for fields
	fields map[string]bool       // of names without separators, in lower case
}

// load compiles the knowledge once. A failure is a fault of this program's own
// data, which a test rules out.
var load = sync.OnceValues(compile)

func compile() (*engine, error) {
	e := &engine{byID: map[string]int{}, order: map[string]int{}, names: map[string]knowledge.FactName{}, files: newGlobs(), texts: newGlobs(),
		depends: map[string]map[string][]mark{}, prefix: map[string][]prefixed{}, traits: map[string]map[string][]mark{}, languages: map[string]string{}}
	rules := knowledge.FactRules()
	names, err := knowledge.FactNames()
	if err != nil {
		return nil, err
	}
	for i, n := range names {
		e.order[n.Name], e.names[n.Name] = i, n
	}
	sets, err := knowledge.FileSets()
	if err != nil {
		return nil, err
	}
	e.rules = rules
	for i, r := range rules {
		e.byID[r.ID] = i
		if err := e.condition(r.When, mark{i, false}, sets); err != nil {
			return nil, fmt.Errorf("compiling fact rule %s: %w", r.ID, err)
		}
		if err := e.condition(r.Unless, mark{i, true}, sets); err != nil {
			return nil, fmt.Errorf("compiling fact rule %s: %w", r.ID, err)
		}
	}
	return e, e.loadLanguages()
}

func (e *engine) loadLanguages() error {
	languages, err := knowledge.Languages()
	for _, l := range languages {
		for _, x := range append(l.Extensions, l.Files...) {
			e.languages[x] = l.Value
		}
	}
	return err
}

func (e *engine) condition(c knowledge.FactCondition, m mark, sets []knowledge.FileSet) error {
	for _, f := range c.Files {
		e.files.add(f, len(e.marks))
	}
	if len(c.Files) > 0 {
		e.marks = append(e.marks, m)
	}
	for eco, names := range c.Depends {
		for _, n := range names {
			e.depend(eco, n, m)
		}
	}
	for eco, traits := range c.Traits {
		for _, t := range traits {
			put(e.traits, eco, t, m)
		}
	}
	for _, t := range c.Text {
		if err := e.text(t, m, sets); err != nil {
			return err
		}
	}
	return nil
}

func put(to map[string]map[string][]mark, eco, name string, m mark) {
	if to[eco] == nil {
		to[eco] = map[string][]mark{}
	}
	to[eco][name] = append(to[eco][name], m)
}

func (e *engine) depend(eco, name string, m mark) {
	if p, ok := strings.CutSuffix(name, "*"); ok {
		e.prefix[eco] = append(e.prefix[eco], prefixed{p, m})
		return
	}
	put(e.depends, eco, name, m)
}

func (e *engine) text(t knowledge.FactText, m mark, sets []knowledge.FileSet) error {
	r := reader{mark: m}
	if t.Match != "" {
		r.match = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile("(?m)" + t.Match) })
	} else {
		r.fields = map[string]bool{}
		for _, f := range t.Fields {
			r.fields[strings.ReplaceAll(f, "_", "")] = true
		}
	}
	id := len(e.readers)
	e.readers = append(e.readers, r)
	for _, f := range t.Files {
		name, isSet := strings.CutPrefix(f, "@")
		if !isSet {
			e.texts.add(f, id)
			continue
		}
		found := false
		for _, s := range sets {
			if s.Name == name {
				found = true
				for _, f := range s.Files {
					e.texts.add(f, id)
				}
			}
		}
		if !found {
			return fmt.Errorf("no set of files is named %q", name)
		}
	}
	return nil
}

// lowered is one step less sure.
func lowered(c event.Confidence) event.Confidence {
	if c == event.Sure {
		return event.Likely
	}
	return event.Possible
}
