package assess

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// selectRequirements judges which requirements apply, of our own catalogue and
// of those that the product chose.
func (a *assessment) selectRequirements(ctx context.Context) error {
	s, err := stock(ctx, a)
	if err != nil {
		return err
	}
	reqs, sel, err := a.choose(s)
	if err != nil {
		return err
	}
	selected, faults := requirement.Select(reqs, a.facts, sel)
	if err := placed(a.product, faults).Err(); err != nil {
		return err
	}
	a.selected = selected
	a.holdSentences()
	return nil
}

// placed moves faults of expressions that product.yaml gives to their place
// there: that one costs too much shows only when it is evaluated.
func placed(p *product.Product, faults fault.List) fault.List {
	if p == nil {
		return faults
	}
	for i, f := range faults {
		for j, x := range p.Requirements.Modify {
			if f.Place != nil && x.Applies != "" && f.Place.Path == knowledge.NormalID(x.ID)+" applies" {
				faults[i] = p.Fault(yamlfile.Pointer("requirements", "modify", j, "applies"), f.Hint, "%s", f.Message)
			}
		}
	}
	return faults
}

// choose reads the product's choice: the requirements it is held to, and how it
// tailors them. All that is wrong with it is told together, with its place in
// product.yaml.
func (a *assessment) choose(s shelf) ([]knowledge.Requirement, requirement.Selection, error) {
	c := &choice{a: a, shelf: s, sel: requirement.Selection{Level: a.level(), Levels: map[string]int{}, Profiles: map[string][]string{},
		Include: map[string]string{}, Exclude: map[string]string{}, Modify: map[string]requirement.Change{}}}
	c.catalogues()
	var err error
	if c.reqs, err = s.requirements(c.takes); err != nil {
		return nil, c.sel, err
	}
	c.tailor()
	return c.reqs, c.sel, errors.Join(append(c.errs, c.faults.Err())...)
}

// choice is product.yaml's selection on the way to be one.
type choice struct {
	a      *assessment
	shelf  shelf
	reqs   []knowledge.Requirement
	sel    requirement.Selection
	chosen []string // catalogues by name
	faults fault.List
	errs   []error
}

// takes tells whether the product is held to a catalogue.
func (c *choice) takes(name string) bool {
	return name == knowledge.Own || slices.Contains(c.chosen, name) ||
		slices.ContainsFunc(c.shelf.brought, func(b brought) bool { return b.always && b.Name == name })
}

func (c *choice) fault(hint string, at []any, format string, args ...any) {
	pointer := yamlfile.Pointer(append([]any{"requirements"}, at...)...)
	c.faults = append(c.faults, c.a.product.Fault(pointer, hint, format, args...))
}

// catalogues reads which catalogues are chosen, and how much of each.
func (c *choice) catalogues() {
	names := c.shelf.names()
	for i, x := range c.a.product.Requirements.Catalogues {
		if !slices.Contains(names, x.Name) {
			c.fault(yamlfile.OneOf(x.Name, names), []any{"catalogues", i, "name"}, "there is no catalogue %q", x.Name)
			continue
		}
		c.chosen = append(c.chosen, x.Name)
		known := c.shelf.profiles(x.Name)
		for j, p := range x.Profiles {
			if !slices.Contains(known, p) {
				hint := "remove it"
				if len(known) > 0 {
					hint = yamlfile.OneOf(p, known)
				}
				c.fault(hint, []any{"catalogues", i, "profiles", j}, "the catalogue %s has no profile %q", x.Name, p)
			}
		}
		if x.Name == "masvs" && x.Level > 0 {
			c.fault("choose profiles in its place: [L1], [L1, R], [L2, R, P]", []any{"catalogues", i, "level"}, "the catalogue masvs has profiles, and no levels")
		}
		if x.Level > 0 {
			c.sel.Levels[x.Name] = x.Level
		}
		c.sel.Profiles[x.Name] = x.Profiles
	}
}

// profiles are those that requirements of a catalogue name.
func (s shelf) profiles(name string) []string {
	if name == "masvs" {
		return slices.Clone(knowledge.Profiles)
	}
	var all []string
	for _, b := range s.brought {
		if b.Name != name {
			continue
		}
		for _, r := range b.requirements {
			all = append(all, r.Profiles...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// tailor reads what the product takes in, leaves out and changes.
func (c *choice) tailor() {
	p := c.a.product.Requirements
	for i, x := range p.Include {
		if r, ok := c.find(x.ID, "include", i); ok {
			c.sel.Include[r.ID] = cmp.Or(strings.TrimSpace(x.Reason), "named in "+product.Path)
		}
	}
	for i, x := range p.Exclude {
		if r, ok := c.find(x.ID, "exclude", i); ok {
			c.sel.Exclude[r.ID] = x.Reason
		}
	}
	for i, x := range p.Modify {
		r, ok := c.find(x.ID, "modify", i)
		if !ok {
			continue
		}
		c.expression(x.Applies, "modify", i, "applies")
		if x.Strength > 0 && r.Plan.Strength == 0 {
			c.fault("remove it", []any{"modify", i, "strength"}, "%s counts no strength of evidence: its plan names what it needs", r.ID)
		}
		c.sel.Modify[r.ID] = requirement.Change{Reason: x.Reason, Title: x.Title, Statement: x.Statement, Applies: x.Applies, Owner: x.Owner,
			Level: x.Level, Days: x.Days, Minutes: x.Minutes, Strength: x.Strength}
	}
}

// expression compiles an expression of product.yaml, so that a mistake is told
// where it stands.
func (c *choice) expression(text string, at ...any) {
	if text == "" {
		return
	}
	_, err := requirement.Facts().Compile(text)
	if err == nil {
		return
	}
	for _, f := range fault.All(err) {
		c.fault(f.Hint, at, "%s", f.Message)
	}
}

// find returns the requirement that an entry is about. One of a catalogue that
// is not chosen can be taken in alone.
func (c *choice) find(id, list string, i int) (knowledge.Requirement, bool) {
	id = knowledge.NormalID(id)
	if at := slices.IndexFunc(c.reqs, func(r knowledge.Requirement) bool { return r.ID == id }); at >= 0 {
		return c.reqs[at], true
	}
	r, there, err := c.shelf.find(id)
	switch {
	case err != nil:
		c.errs = append(c.errs, err)
	case there && list == "include":
		c.reqs = append(c.reqs, r)
		return r, true
	case there && slices.ContainsFunc(c.a.product.Requirements.Include, func(x product.Inclusion) bool { return knowledge.NormalID(x.ID) == id }):
		return r, true
	case there:
		c.fault("remove it, or add {name: "+r.Catalogue+"} to the catalogues", c.at(list, i),
			"%s is of the catalogue %s, which the product does not choose", id, r.Catalogue)
	default:
		c.fault(c.nearest(id), c.at(list, i), "%s %s: no such requirement", list, id)
	}
	return knowledge.Requirement{}, false
}

// at is the pointer to an entry's id, which may be the entry itself.
func (c *choice) at(list string, i int) []any { return []any{list, i, "id"} }

// nearest suggests an id, of the catalogue that the wrong one is written like.
func (c *choice) nearest(id string) string {
	like := knowledge.CatalogueOf(id)
	all, err := c.shelf.requirements(func(name string) bool { return c.takes(name) || name == like })
	if err != nil {
		all = c.reqs
	}
	ids := make([]string, len(all))
	for i, r := range all {
		ids[i] = r.ID
	}
	if near, ok := yamlfile.Suggest(id, ids); ok {
		return "did you mean " + near + "?"
	}
	return "`plimsoll requirements list` shows all"
}
