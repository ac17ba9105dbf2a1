// Package requirement decides which requirements apply to a product, and holds
// the order of statuses that every judgement of them keeps to.
//
// A requirement names in an expression over the facts the products it is for.
// Select evaluates these expressions and says for each requirement, taken or
// left, which facts decided: nobody should have to believe a bare "not
// applicable".
package requirement

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Facts is the vocabulary of applicability: the names of facts. Each is a list
// of strings, but exposure is one string, "" where it is not known.
var Facts = sync.OnceValue(func() *Vocabulary {
	return &Vocabulary{
		Noun: "fact",
		Lists: []string{
			"ci", "container", "data", "data_store", "deliverable", "environment", "framework",
			"identity_provider", "infrastructure", "kind", "language", "package_manager", "platform",
		},
		Strings: []string{"exposure"},
	}
})

// Selection is what a product chooses of a catalogue.
type Selection struct {
	// Level takes the requirements up to it: 1, 2 or 3. Below 1 counts as 1.
	Level int
	// Include and Exclude map a requirement's id to the reason. Include takes
	// it whatever its level and its expression say. Both need a reason.
	Include, Exclude map[string]string
}

// Selected is a requirement and whether it applies.
type Selected struct {
	knowledge.Requirement
	Applies bool
	// Reason says why it applies or not, from the facts.
	Reason string
	// Facts are those that decided: every fact whose name the expression mentions.
	Facts []event.Fact
}

// Select judges every requirement, in the order given. A requirement whose
// expression is broken is taken, so that a mistake in it cannot make anything
// green, and the fault is returned beside.
func Select(reqs []knowledge.Requirement, facts []event.Fact, sel Selection) ([]Selected, fault.List) {
	j := judge{sel: sel, known: gather(facts), compiled: map[string]*Expression{}}
	j.faults = selectionFaults(reqs, sel)
	out := make([]Selected, len(reqs))
	for i, r := range reqs {
		out[i] = j.judge(r)
	}
	return out, j.faults
}

// judge holds what one Select needs again and again: catalogues repeat the same
// few expressions hundreds of times.
type judge struct {
	sel      Selection
	known    gathered
	compiled map[string]*Expression
	faults   fault.List
}

func (j *judge) judge(r knowledge.Requirement) Selected {
	s := Selected{Requirement: r}
	if because, excluded := j.sel.Exclude[r.ID]; excluded {
		s.Reason = "left out by the product: " + reasonOr(because)
		return s
	}
	if because, included := j.sel.Include[r.ID]; included {
		s.Applies, s.Reason = true, "taken in by the product: "+reasonOr(because)
		return s
	}
	if level := max(1, j.sel.Level); r.Level > level {
		s.Reason = fmt.Sprintf("level %d; this product selects level %d", r.Level, level)
		return s
	}
	applies, facts, err := j.applies(r)
	if err != nil {
		s.Applies, s.Reason = true, "whether it applies is not known: "+err.Error()
		return s
	}
	s.Applies, s.Facts, s.Reason = applies, facts, j.known.reason(r.Applies, applies, j.compiled[r.Applies].Names)
	return s
}

// applies evaluates the expression of r and adds its faults to j's.
func (j *judge) applies(r knowledge.Requirement) (bool, []event.Fact, error) {
	e := j.compiled[r.Applies]
	if e == nil {
		var err error
		if e, err = Facts().Compile(r.Applies); err != nil {
			j.complain(r.ID, err)
			return false, nil, err
		}
		j.compiled[r.Applies] = e
	}
	truth, err := e.Eval(j.known.values)
	if err != nil {
		j.complain(r.ID, fault.At(fault.Config, fault.Place{Line: 1, Column: 1, Source: r.Applies}, "make it simpler", "%s", err))
		return false, nil, err
	}
	return truth, j.known.of(e.Names), nil
}

// complain records err, and where the expression stands.
func (j *judge) complain(id string, err error) {
	for _, f := range fault.All(err) {
		if f.Place != nil {
			place := *f.Place
			place.Path = id + " applies"
			f = &fault.Error{Code: f.Code, Message: f.Message, Place: &place, Hint: f.Hint, Err: f.Err}
		}
		j.faults = append(j.faults, f)
	}
}

func reasonOr(because string) string {
	if because == "" {
		return "no reason given"
	}
	return because
}

// selectionFaults reports what is wrong with a product's choice, sorted by id.
func selectionFaults(reqs []knowledge.Requirement, sel Selection) fault.List {
	if len(sel.Include)+len(sel.Exclude) == 0 {
		return nil
	}
	ids := make([]string, len(reqs))
	for i, r := range reqs {
		ids[i] = r.ID
	}
	var list fault.List
	check := func(verb string, choice map[string]string) {
		for _, id := range slices.Sorted(maps.Keys(choice)) {
			switch {
			case !slices.Contains(ids, id):
				hint := "plimsoll requirements list shows all"
				if near, found := yamlfile.Suggest(id, ids); found {
					hint = "did you mean " + near + "?"
				}
				list = append(list, fault.New(fault.Config, hint, "%s %s: no such requirement", verb, id))
			case strings.TrimSpace(choice[id]) == "":
				list = append(list, fault.New(fault.Config, "say in one sentence why", "%s %s: no reason given", verb, id))
			}
		}
	}
	check("include", sel.Include)
	check("exclude", sel.Exclude)
	for _, id := range slices.Sorted(maps.Keys(sel.Include)) {
		if _, both := sel.Exclude[id]; both {
			list = append(list, fault.New(fault.Config, "remove one of the two", "%s is both included and excluded", id))
		}
	}
	return list
}
