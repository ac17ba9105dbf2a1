package assess

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/gate"
	"github.com/plimsoll-dev/plimsoll/internal/product"
)

// lowered tells where a change to product.yaml asks for less. Both sides are
// held to what is asked now, so that nothing else would show it.
func (a *assessment) lowered(ctx context.Context) []event.Problem {
	was, err := a.base.configFile(ctx, product.Path)
	is, nowErr := a.configFile(ctx, product.Path)
	if err != nil || nowErr != nil || string(was) == string(is) {
		return nil
	}
	earlier := product.Default()
	if was != nil {
		if earlier, _ = product.Load(product.Path, was); earlier == nil {
			return nil // nothing could be asked by it
		}
	}
	then := &assessment{Options: a.Options, subject: a.base.subject}
	then.product, then.facts = earlier, earlier.Apply(a.inferred)
	if err := then.selectRequirements(ctx); err != nil {
		return nil
	}
	var problems []event.Problem
	tell := func(format string, args ...any) {
		problems = append(problems, event.Problem{Code: "asks-for-less", Path: product.Path, Message: fmt.Sprintf(format, args...),
			Hint: "somebody who may decide that should review this file"})
	}
	switch gone := takenOut(then.selected, a.selected); len(gone) {
	case 0:
	case 1:
		tell("the change takes 1 requirement out: %s", gone[0])
	default:
		tell("the change takes %d requirements out: %s", len(gone), some(gone, 6))
	}
	if rule, before := cmp.Or(a.product.Gate.Rule, gate.DefaultRule), cmp.Or(earlier.Gate.Rule, gate.DefaultRule); rule != before {
		tell("the change makes the gate %q, which was %q", rule, before)
	}
	if n := exemptions(a.product) - exemptions(earlier); n > 0 {
		tell("the change adds %d to the exemptions", n)
	}
	return problems
}

func exemptions(p *product.Product) int { return len(p.Exemptions) }

// takenOut are the requirements that applied and do not any more.
func takenOut(was, is selection) []string {
	applies := map[string]bool{}
	for _, r := range is {
		applies[r.ID] = r.Applies
	}
	var gone []string
	for _, r := range was {
		if r.Applies && !applies[r.ID] {
			gone = append(gone, r.ID)
		}
	}
	slices.Sort(gone)
	return gone
}

// some names the first n of a list, and how many follow.
func some(list []string, n int) string {
	if len(list) <= n {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:n], ", "), len(list)-n)
}
