package assess

import (
	"context"
	"errors"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Listing is every requirement within reach of a folder: those that come with
// the binary, and those that stand in its repository.
type Listing struct {
	// Product is nil where the folder is in no repository: then nothing is known
	// of the product, and so not which requirements apply.
	Product *product.Product
	Facts   []event.Fact
	shelf   shelf
	own     []knowledge.Requirement // that the product is held to
	sel     requirement.Selection
}

// List opens the listing of o.Dir. A folder in no repository is none the worse
// for it; a repository whose configuration is wrong is an error.
func List(ctx context.Context, o Options) (*Listing, error) {
	a, err := begin(ctx, o.withDefaults())
	if Outside(err) {
		return &Listing{}, nil
	}
	if err != nil {
		return nil, err
	}
	l := &Listing{Product: a.product, Facts: a.facts}
	if l.shelf, err = stock(ctx, a); err != nil {
		return nil, err
	}
	l.own, l.sel, err = a.choose(l.shelf)
	return l, err
}

// Outside tells whether err says that there is no repository to look at, or
// nothing in it.
func Outside(err error) bool {
	f, ok := errors.AsType[*fault.Error](err)
	return ok && f.Code == fault.Nothing || errors.Is(err, repo.ErrNone)
}

// Catalogues lists them all, our own first.
func (l *Listing) Catalogues() []knowledge.Catalogue { return l.shelf.catalogues() }

// Want says which requirements to list; nothing means all.
type Want struct {
	Catalogue string // by name
	Level     int    // those that this level selects
	Profile   string
	Selected  bool // those alone that the product is held to
}

// Listed is a requirement, and what is known of it for the product.
type Listed struct {
	requirement.Selected
	// Known is false where nothing is known of the product: then Applies says
	// nothing.
	Known bool
	// Chosen tells whether the product is held to it, if it applies.
	Chosen bool
}

// Requirements lists those wanted and judges each by the facts, which are the
// product's own where facts is nil.
func (l *Listing) Requirements(w Want, facts []event.Fact) ([]Listed, error) {
	if facts == nil {
		facts = l.Facts
	}
	all, err := l.shelf.requirements(func(name string) bool { return w.Catalogue == "" || w.Catalogue == name })
	if err != nil {
		return nil, err
	}
	held := map[string]bool{}
	for _, r := range l.own {
		held[r.ID] = true
	}
	judge := l.judging(all)
	selected, faults := requirement.Select(all, facts, judge)
	if err := placed(l.Product, faults).Err(); err != nil {
		return nil, err
	}
	var out []Listed
	for _, s := range selected {
		x := Listed{Selected: s, Known: l.Product != nil, Chosen: held[s.ID] && l.chooses(s.Requirement)}
		if w.takes(x) {
			out = append(out, x)
		}
	}
	return out, nil
}

// judging is the product's own tailoring without its levels: whether something
// applies and whether it is selected are two things in a list. What is tailored
// and not among all is left away.
func (l *Listing) judging(all []knowledge.Requirement) requirement.Selection {
	there := map[string]bool{}
	for _, r := range all {
		there[r.ID] = true
	}
	sel := requirement.Selection{Whole: true, Include: map[string]string{}, Exclude: map[string]string{}, Modify: map[string]requirement.Change{}}
	for id, because := range l.sel.Include {
		if there[id] {
			sel.Include[id] = because
		}
	}
	for id, because := range l.sel.Exclude {
		if there[id] {
			sel.Exclude[id] = because
		}
	}
	for id, change := range l.sel.Modify {
		if there[id] {
			sel.Modify[id] = change
		}
	}
	return sel
}

// chooses tells whether the product's levels, profiles and tailoring take r.
func (l *Listing) chooses(r knowledge.Requirement) bool {
	if _, out := l.sel.Exclude[r.ID]; out {
		return false
	}
	if _, in := l.sel.Include[r.ID]; in {
		return true
	}
	takes, _ := l.sel.Takes(r)
	return takes
}

func (w Want) takes(x Listed) bool {
	if w.Selected && !x.Chosen || w.Profile != "" && !slices.Contains(x.Profiles, w.Profile) {
		return false
	}
	if w.Level == 0 {
		return true
	}
	takes, _ := requirement.Selection{Level: w.Level, Profiles: map[string][]string{x.Catalogue: x.Profiles}}.Takes(x.Requirement)
	return takes
}
