// Package requirement decides which requirements apply to a product, and holds
// the order of statuses that every judgement of them keeps to.
//
// A requirement names in an expression over the facts the products it is for.
// Select evaluates these expressions and says for each requirement, taken or
// left, which facts decided: nobody should have to believe a bare "not
// applicable".
package requirement

import (
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
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

// Selected is a requirement and whether it applies.
type Selected struct {
	knowledge.Requirement
	Applies bool
	// Reason says why it applies or not, from the facts.
	Reason string
	// Tailored says what the product changed of it, and why; empty for nothing.
	Tailored string
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
		s.Tailored = s.Reason
		return s
	}
	if change, changed := j.sel.Modify[r.ID]; changed {
		s.Requirement, s.Tailored = change.apply(r)
	}
	if because, included := j.sel.Include[r.ID]; included {
		s.Applies, s.Reason = true, "taken in by the product: "+reasonOr(because)
		s.Tailored = joined(s.Reason, s.Tailored)
		return s
	}
	if takes, why := j.sel.Takes(s.Requirement); !takes {
		s.Reason = joined(why, s.Tailored)
		return s
	}
	applies, facts, err := j.applies(s.Requirement)
	if err != nil {
		s.Applies, s.Reason = true, "whether it applies is not known: "+err.Error()
		return s
	}
	s.Applies, s.Facts, s.Reason = applies, facts, j.known.reason(s.Requirement.Applies, applies, j.compiled[s.Requirement.Applies].Names)
	if !applies {
		s.Reason = joined(s.Reason, s.Tailored)
	}
	return s
}

// joined puts two reasons one after the other, either of which may be empty.
func joined(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "; " + b
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
