package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

func newRequirementsDiff(app *App) *cobra.Command {
	var f catalogueFlags
	var facts []string
	cmd := &cobra.Command{
		Use:   "diff --fact NAME=VALUE",
		Short: "Which requirements a change of facts would add and remove, and why",
		Long: `Which requirements a change of facts would add and remove, and why. A fact is
written NAME=VALUE (nothing else has that name then), NAME+=VALUE or NAME-=VALUE;
several values are separated by commas. It goes by what the product selects;
--catalogue and --level ask about another selection. Outside a repository it
starts with no facts at all.`,
		Example: `  plimsoll requirements diff --fact exposure=internet
  plimsoll requirements diff --fact kind+=api --fact data-=payment
  plimsoll requirements diff --fact kind=mobile --catalogue masvs`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.requirementsDiff(cmd.Context(), f, facts, cmd.Flags().Changed("catalogue"))
		},
	}
	f.add(cmd, app, "text", "jsonl")
	cmd.Flags().IntVar(&f.level, "level", 0, "those that this level selects, 1 to 3")
	cmd.Flags().StringArrayVar(&facts, "fact", nil, "the change: NAME=VALUE, NAME+=VALUE or NAME-=VALUE; may be repeated")
	return cmd
}

func (app *App) requirementsDiff(ctx context.Context, f catalogueFlags, changes []string, named bool) error {
	if len(changes) == 0 {
		return fault.New(fault.Usage, "add --fact exposure=internet, for instance", "no change of facts is given")
	}
	l, err := f.open(ctx, app)
	if err != nil {
		return err
	}
	after, err := changeFacts(l.Facts, changes)
	if err != nil {
		return err
	}
	want := assess.Want{Catalogue: f.catalogue, Level: f.level, Selected: !named && f.level == 0}
	if want.Selected && l.Product == nil { // what a product has that chooses nothing
		want = assess.Want{Catalogue: knowledge.Own, Level: product.DefaultLevel}
	}
	before, err := l.Requirements(want, nil)
	if err != nil {
		return err
	}
	then, err := l.Requirements(want, after)
	if err != nil {
		return err
	}
	if f.format == "jsonl" {
		return app.diffLines(before, then)
	}
	p := app.page()
	p.line("facts: %s", clean.Line(strings.Join(changes, ", ")))
	p.changes(before, then, true)
	p.changes(before, then, false)
	return app.write(p)
}

// changeFacts applies changes to facts, in order.
func changeFacts(facts []event.Fact, changes []string) ([]event.Fact, error) {
	out := append([]event.Fact{}, facts...)
	for _, text := range changes {
		name, values, found := strings.Cut(text, "=")
		if !found {
			return nil, fault.New(fault.Usage, "write NAME=VALUE, NAME+=VALUE or NAME-=VALUE", "%q is no change of a fact", text)
		}
		op := byte('=')
		if n := len(name); n > 0 && (name[n-1] == '+' || name[n-1] == '-') {
			op, name = name[n-1], name[:n-1]
		}
		var err error
		if out, err = changeFact(out, strings.TrimSpace(name), op, strings.Split(values, ",")); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func changeFact(facts []event.Fact, name string, op byte, values []string) ([]event.Fact, error) {
	values = slices.DeleteFunc(values, func(v string) bool { return strings.TrimSpace(v) == "" })
	for i, v := range values {
		values[i] = strings.TrimSpace(v)
		if f := product.FactFault(name, values[i]); f != nil {
			return nil, f
		}
	}
	switch {
	case product.SingleFact(name) && (op == '+' || len(values) > 1):
		return nil, fault.New(fault.Usage, "write "+name+"=VALUE", "%s has one value", name)
	case len(values) == 0 && op != '=':
		return nil, fault.New(fault.Usage, "name the value", "%s%c= names no value", name, op)
	case len(values) == 0: // NAME= takes every value away
		if f := product.FactFault(name, ""); f != nil && strings.Contains(f.Message, "not the name") {
			return nil, f
		}
	}
	facts = slices.DeleteFunc(facts, func(f event.Fact) bool {
		return f.Name == name && (op == '=' || slices.Contains(values, f.Value))
	})
	if op == '-' {
		return facts, nil
	}
	for _, v := range values {
		facts = append(facts, event.Fact{Name: name, Value: v, Confidence: event.Sure, Origin: "declared", Because: "asked about"})
	}
	return facts, nil
}

// changed are the requirements of one list that apply, and did not in the other.
func changed(from, to []assess.Listed) []assess.Listed {
	applied := map[string]bool{}
	for _, x := range from {
		applied[x.ID] = x.Applies
	}
	return slices.DeleteFunc(slices.Clone(to), func(x assess.Listed) bool { return !x.Applies || applied[x.ID] })
}

// inPlaceOf gives those of list as they are in to: why they do not apply any more.
func inPlaceOf(list, to []assess.Listed) []assess.Listed {
	byID := map[string]assess.Listed{}
	for _, x := range to {
		byID[x.ID] = x
	}
	for i, x := range list {
		list[i] = byID[x.ID]
	}
	return list
}

func (p *page) changes(before, after []assess.Listed, added bool) {
	list, verb, sign := changed(before, after), "adds", "+"
	if !added {
		list, verb, sign = inPlaceOf(changed(after, before), after), "removes", "-"
	}
	p.line("\n%s %d", verb, len(list))
	for _, x := range list {
		p.line("%s %-19s %s", sign, clean.Line(x.ID), clean.Line(x.Title))
		p.line("  %-19s %s", "", clean.Line(x.Reason))
	}
}

func (app *App) diffLines(before, after []assess.Listed) error {
	enc := json.NewEncoder(app.Stdout)
	enc.SetEscapeHTML(false)
	for _, part := range []struct {
		change string
		list   []assess.Listed
	}{{"added", changed(before, after)}, {"removed", inPlaceOf(changed(after, before), after)}} {
		for _, x := range part.list {
			x.Known = true
			line := struct {
				Change string `json:"change"`
				listedLine
			}{part.change, lineOfListed(x)}
			if err := enc.Encode(line); err != nil {
				return fmt.Errorf("writing the difference: %w", err)
			}
		}
	}
	return nil
}
