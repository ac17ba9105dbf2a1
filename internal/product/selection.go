package product

import (
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Selection says which requirements are selected, and what the product changes
// of them.
type Selection struct {
	Level int `yaml:"level"` // 1 to 3
	// Catalogues are those held to besides our own; an entry for our own gives
	// it a level of its own.
	Catalogues []Chosen       `yaml:"catalogues"`
	Include    []Inclusion    `yaml:"include"`
	Exclude    []Exclusion    `yaml:"exclude"`
	Modify     []Modification `yaml:"modify"`
	// Policies are documents that name requirements; From are catalogues that are
	// shared with other products.
	Policies []string `yaml:"policies"`
	From     []Pin    `yaml:"from"`
}

// Pin is a file of the repository or of a commit of it, and its digest.
type Pin struct {
	File   string `yaml:"file"`
	Git    string `yaml:"git"` // "<commit or ref>:<path>"
	Digest string `yaml:"digest"`
}

// Chosen is a catalogue that the product is held to.
type Chosen struct {
	Name     string   `yaml:"name"`
	Level    int      `yaml:"level"` // 0 for that of the selection
	Profiles []string `yaml:"profiles"`
}

// Inclusion is a requirement that applies whatever its level and expression
// say, and why.
type Inclusion struct {
	ID     string `yaml:"id"`
	Reason string `yaml:"reason"`
}

// Exclusion is a requirement that does not apply, and why.
type Exclusion struct {
	ID     string `yaml:"id"`
	Reason string `yaml:"reason"`
}

// Modification is what the product changes of a requirement, and why. What is
// empty or 0 stays as it is.
type Modification struct {
	ID        string `yaml:"id"`
	Reason    string `yaml:"reason"`
	Level     int    `yaml:"level"`
	Title     string `yaml:"title"`
	Statement string `yaml:"statement"`
	Applies   string `yaml:"applies"` // CEL over the facts
	Days      int    `yaml:"days"`
	Minutes   int    `yaml:"minutes"`
	Strength  int    `yaml:"strength"`
	Owner     string `yaml:"owner"`
}

// Fault is about the place in product.yaml that the pointer names, as
// yamlfile.Pointer writes it.
func (p *Product) Fault(pointer, hint, format string, args ...any) *fault.Error {
	if p.file == nil {
		return fault.New(fault.Config, hint, format, args...)
	}
	return p.file.Fault(pointer, hint, format, args...)
}

// Place is where product.yaml says what the pointer names.
func (p *Product) Place(pointer string) fault.Place {
	if p.file == nil {
		return fault.Place{Path: Path}
	}
	return p.file.Place(pointer)
}

// badSelection finds what a schema cannot: what stands there twice, and
// tailoring that contradicts itself or says nothing.
func badSelection(f *yamlfile.File, s Selection) fault.List {
	var faults fault.List
	named := map[string]bool{}
	for i, c := range s.Catalogues {
		if c.Name != "" && named[c.Name] {
			faults = append(faults, f.Fault(yamlfile.Pointer("requirements", "catalogues", i), "keep one of the two", "the catalogue %s is named twice", c.Name))
		}
		named[c.Name] = true
	}
	seen := tailoring{f: f, lists: map[string]map[string]bool{}}
	for i, x := range s.Include {
		faults = append(faults, seen.add("include", i, x.ID)...)
	}
	for i, x := range s.Exclude {
		faults = append(faults, seen.add("exclude", i, x.ID, "include")...)
	}
	for i, x := range s.Modify {
		faults = append(faults, seen.add("modify", i, x.ID, "exclude")...)
		if rest := x; x.ID != "" && rest == (Modification{ID: x.ID, Reason: x.Reason}) {
			faults = append(faults, f.Fault(yamlfile.Pointer("requirements", "modify", i), "add what is to be changed: level, title, statement, applies, days, minutes, strength or owner",
				"the modification of %s changes nothing", x.ID))
		}
	}
	return faults
}

// tailoring remembers which ids each list names.
type tailoring struct {
	f     *yamlfile.File
	lists map[string]map[string]bool
}

// add notes the id at an index of a list, and finds it there before or in one
// of the lists that must not name it too.
func (t *tailoring) add(list string, i int, id string, contradicts ...string) fault.List {
	if id = knowledge.NormalID(id); id == "" {
		return nil // the schema has said so
	}
	if t.lists[list] == nil {
		t.lists[list] = map[string]bool{}
	}
	at := yamlfile.Pointer("requirements", list, i)
	var faults fault.List
	if t.lists[list][id] {
		faults = append(faults, t.f.Fault(at, "keep one of the two", "%s stands twice under %s", id, list))
	}
	t.lists[list][id] = true
	for _, other := range contradicts {
		if t.lists[other][id] {
			faults = append(faults, t.f.Fault(at, "remove one of the two", "%s stands under %s and under %s", id, other, list))
		}
	}
	return faults
}

// FactFault says what is wrong with a fact that somebody has typed, nil for
// nothing.
func FactFault(name, value string) *fault.Error {
	names, err := knowledge.FactNames()
	if err != nil {
		return fault.Wrap(fault.Internal, err, "", "reading the vocabulary of facts")
	}
	var known []string
	for _, n := range names {
		if n.Name != name {
			known = append(known, n.Name)
			continue
		}
		if hint, bad := badValue(n, value); bad {
			return fault.New(fault.Usage, hint, "%q is not a value of %s", value, name)
		}
		return nil
	}
	return fault.New(fault.Usage, yamlfile.OneOf(name, known), "%q is not the name of a fact", name)
}

// SingleFact tells whether the fact has one value at most.
func SingleFact(name string) bool {
	names, _ := knowledge.FactNames() // FactFault has reported a failure
	for _, n := range names {
		if n.Name == name {
			return n.Single
		}
	}
	return false
}
