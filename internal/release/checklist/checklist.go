package checklist

import (
	"fmt"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Item is a precondition to be met.
type Item struct {
	ID, Title, Fix, Expression string
	// Emergency says that an emergency release may leave it unmet.
	Emergency bool
	own       int // index in product.yaml, -1 for a built-in one
}

// Builtin tells whether it is judged as Plimsoll judges it everywhere.
func (i Item) Builtin() bool { return i.own < 0 }

// Outcome is what became of an item.
type Outcome struct {
	Item
	Met     bool
	Because string
	// Fault is set where it could not be judged; then it is not met, and an
	// emergency does not help.
	Fault *fault.Error
}

// Items are the built-in preconditions and those of the product, which take the
// place of built-in ones with the same id.
func Items(p *product.Product) ([]Item, error) {
	builtin, err := knowledge.Preconditions()
	if err != nil {
		return nil, err
	}
	var items []Item
	place := map[string]int{}
	for _, k := range builtin {
		place[k.ID] = len(items)
		items = append(items, Item{ID: k.ID, Title: k.Title, Fix: k.Fix, Expression: k.Expression, Emergency: k.Emergency, own: -1})
	}
	for i, c := range p.Release.Preconditions {
		item := Item{ID: c.ID, Title: c.Title, Fix: c.Fix, Expression: c.Expression, Emergency: true, own: i}
		if at, replaces := place[c.ID]; replaces {
			item.Emergency = items[at].Emergency
			items[at] = item
			continue
		}
		items = append(items, item)
	}
	return items, nil
}

// Evaluate judges all items of a product over the facts.
func Evaluate(p *product.Product, f Facts) ([]Outcome, error) {
	items, err := Items(p)
	if err != nil {
		return nil, err
	}
	env, err := newEnvironment(f)
	if err != nil {
		return nil, fmt.Errorf("preparing the checklist: %w", err)
	}
	out := make([]Outcome, len(items))
	for i, item := range items {
		out[i] = env.judge(item)
		if out[i].Fault != nil && item.own >= 0 {
			locate(p, item.own, out[i].Fault)
		}
	}
	return out, nil
}

func (e *environment) judge(item Item) Outcome {
	c, faults := e.compile(item.Expression)
	if len(faults) > 0 {
		return broken(item, faults[0])
	}
	e.faults = nil
	result, details, err := c.program.Eval(e.bindings())
	switch {
	case err != nil && strings.Contains(err.Error(), "cost limit exceeded"):
		return broken(item, at(c.source, start(c), "make it simpler", "the expression costs too much"))
	case len(e.faults) > 0:
		return broken(item, at(c.source, start(c), item.Fix, "the expression cannot be evaluated: %s", e.faults[0]))
	case err != nil:
		return broken(item, at(c.source, start(c), item.Fix, "the expression cannot be evaluated: %v", err))
	}
	if problem := hidden(details); problem != "" {
		return broken(item, at(c.source, start(c), item.Fix, "the expression cannot be evaluated: %s", problem))
	}
	met, ok := result.Value().(bool)
	if !ok {
		return broken(item, at(c.source, start(c), item.Fix, "the expression gave %v, not true or false", result))
	}
	return Outcome{Item: item, Met: met, Because: e.because(c, details, met)}
}

func broken(item Item, f *fault.Error) Outcome {
	return Outcome{Item: item, Because: f.Message, Fault: f}
}

// hidden finds an error that the rest of an expression made up for: CEL takes
// `error || true` for true, and a release must not rest on that.
func hidden(details *cel.EvalDetails) string {
	if details == nil || details.State() == nil {
		return ""
	}
	for _, id := range details.State().IDs() {
		if v, ok := details.State().Value(id); ok && types.IsError(v) {
			return fmt.Sprint(v)
		}
	}
	return ""
}

// locate moves a fault from its place in the expression to that in product.yaml.
func locate(p *product.Product, i int, f *fault.Error) {
	place := p.Place(yamlfile.Pointer("release", "preconditions", i, "expression"))
	inside := f.Place
	if column := strings.Index(place.Source, inside.Source); inside.Line == 1 && column >= 0 && inside.Source != "" {
		place.Column = column + inside.Column // on one line, so the very character
	} else if inside.Line > 1 {
		f.Message += fmt.Sprintf(" (line %d, column %d of the expression)", inside.Line, inside.Column)
	}
	f.Place = &place
}

// Preconditions are outcomes as the permit carries them. Those that an emergency
// waives name it.
func Preconditions(all []Outcome, emergency bool) []verify.Precondition {
	out := make([]verify.Precondition, len(all))
	for i, o := range all {
		out[i] = verify.Precondition{ID: o.ID, Met: o.Met, Because: o.Because}
		if !o.Met && emergency && o.Waivable() {
			out[i].Waived = "emergency"
		}
	}
	return out
}

// Waivable tells whether an emergency release may leave it unmet.
func (o Outcome) Waivable() bool { return o.Emergency && o.Fault == nil }
