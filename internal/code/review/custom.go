package review

import (
	"context"
	_ "embed"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Dir is where the organisation's own items stand in a repository.
const Dir = ".plimsoll/review"

// Schema is the JSON Schema of a file there.
//
//go:embed review.schema.json
var Schema []byte

// Named is an item and why somebody wants it asked, or not.
type Named struct {
	ID     string `yaml:"id"`
	Reason string `yaml:"reason"`
	File   string `yaml:"-"`
}

// Settings are what the organisation says about items beside its own.
type Settings struct{ Keep, Retire []Named }

// OwnFile says whether a path is one of the organisation's files of items.
func OwnFile(path string) bool {
	rest, ok := strings.CutPrefix(path, Dir+"/")
	return ok && !strings.Contains(rest, "/") && (strings.HasSuffix(rest, ".yaml") || strings.HasSuffix(rest, ".yml"))
}

// Parse reads a file of items, named path in faults. Its error is a fault.List
// with everything that is wrong: words, patterns, expressions, and examples that
// do not do what they say.
func Parse(ctx context.Context, path string, data []byte) ([]Item, Settings, error) {
	var content struct {
		Items  []knowledge.ReviewItem `yaml:"items"`
		Keep   []Named                `yaml:"keep"`
		Retire []Named                `yaml:"retire"`
	}
	f, faults := yamlfile.Open(path, data, Schema, &content)
	if len(faults) > 0 {
		return nil, Settings{}, faults
	}
	sets, err := baseSets()
	if err != nil {
		return nil, Settings{}, err
	}
	known, err := base()
	if err != nil {
		return nil, Settings{}, err
	}
	ids := map[string]bool{}
	for _, it := range known {
		ids[it.ID] = true
	}
	var items []Item
	for i, it := range content.Items {
		at := yamlfile.Pointer("items", i)
		if ids[it.ID] {
			faults = append(faults, f.Fault(at+"/id", "choose another id", "there is an item %s already", it.ID))
		}
		ids[it.ID] = true
		item := prepare(withDefaults(it), sets)
		item.Own = path
		bad := item.mistakes(sets)
		for _, m := range bad {
			faults = append(faults, f.Fault(at+m.pointer, m.hint, "%s", m.message))
		}
		if len(bad) == 0 {
			faults = append(faults, tryExamples(ctx, f, at, item)...)
		}
		items = append(items, item)
	}
	faults = append(faults, strangers(f, "keep", content.Keep, ids)...)
	faults = append(faults, strangers(f, "retire", content.Retire, ids)...)
	if len(faults) > 0 {
		return nil, Settings{}, yamlfile.Sorted(faults)
	}
	s := Settings{Keep: content.Keep, Retire: content.Retire}
	for _, list := range [][]Named{s.Keep, s.Retire} {
		for i := range list {
			list[i].File = path
		}
	}
	return items, s, nil
}

func withDefaults(it knowledge.ReviewItem) knowledge.ReviewItem {
	if len(it.Close) == 0 {
		it.Close = []string{"test", "person"}
	}
	if it.Weight == 0 {
		it.Weight = 5
	}
	if it.Severity == "" {
		it.Severity = "medium"
	}
	return it
}

// strangers are names of items that there are not. An item may stand in another
// of the organisation's files, so only ids of the product are told.
func strangers(f *yamlfile.File, list string, named []Named, ids map[string]bool) fault.List {
	var faults fault.List
	for i, n := range named {
		if strings.HasPrefix(n.ID, "review.") && !ids[n.ID] {
			faults = append(faults, f.Fault(yamlfile.Pointer(list, i, "id"), "`plimsoll review items` lists them", "there is no item %q", n.ID))
		}
	}
	return faults
}

// tryExamples runs the examples of an item, so that a pattern that takes nothing
// is told where it is written and not by silence.
func tryExamples(ctx context.Context, f *yamlfile.File, at string, it Item) fault.List {
	var faults fault.List
	for _, list := range []struct {
		name     string
		examples []knowledge.ReviewExample
		want     bool
	}{{"match", it.Examples.Match, true}, {"no_match", it.Examples.NoMatch, false}} {
		for i, e := range list.examples {
			if asks(ctx, it, e) != list.want {
				verb := "does not call for the question"
				if !list.want {
					verb = "calls for the question"
				}
				faults = append(faults, f.Fault(at+yamlfile.Pointer("examples", list.name, i), "mend the trigger or the example", "this example %s", verb))
			}
		}
	}
	return faults
}

// asks says whether an example calls for an item, whatever the facts are.
func asks(ctx context.Context, it Item, e knowledge.ReviewExample) bool {
	file := File{Path: e.Path, OldPath: e.From, Gone: e.After == "" && e.Before != ""}
	if e.Before != "" {
		file.Old = []byte(e.Before)
		if e.From == "" {
			file.OldPath = e.Path
		}
	}
	if !file.Gone {
		file.New = []byte(e.After)
	}
	it.Applies = ""
	r, err := Examine(ctx, Input{Files: []File{file}, Items: []Item{it}})
	return err == nil && len(r.Everything) > 0
}

// SharedIDs finds items that two files define.
func SharedIDs(items []Item) fault.List {
	var faults fault.List
	first := map[string]string{}
	for _, it := range items {
		if other, twice := first[it.ID]; twice && it.Own != "" {
			faults = append(faults, fault.At(fault.Config, fault.Place{Path: it.Own}, "choose another id for one of them", "%s is defined in %s too", it.ID, other))
		}
		first[it.ID] = it.Own
	}
	return faults
}

// Closes says whether a question may be closed in a way.
func (it Item) Closes(how string) bool { return slices.Contains(it.Close, how) }
