package assess

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// brought is a catalogue that does not come with the binary.
type brought struct {
	knowledge.Catalogue
	requirements []knowledge.Requirement
	// always selects it though product.yaml does not name it: what stands in the
	// repository itself is meant for this product.
	always bool
	// place is where it was read, for what is wrong with it.
	place string
}

// source finds catalogues that the user brought: in the repository, or imported
// beside it. What is wrong with one of them is an error with its place.
type source func(context.Context, *assessment) ([]brought, error)

// sources is the one table of them.
func sources() []source {
	return []source{importedCatalogues, customRequirements}
}

// shelf holds every catalogue within reach. The built-in ones are read when
// somebody asks for them, so that a product without them does not pay.
type shelf struct {
	brought []brought // sorted by name
}

// stock asks all sources.
func stock(ctx context.Context, a *assessment) (shelf, error) {
	var all []brought
	var errs []error
	for _, from := range sources() {
		some, err := from(ctx, a)
		all, errs = append(all, some...), append(errs, err)
	}
	s, err := newShelf(all)
	return s, errors.Join(append(errs, err)...)
}

// newShelf sorts what was brought. Two catalogues of one name are an error, and
// so is one with the name of a built-in catalogue.
func newShelf(all []brought) (shelf, error) {
	slices.SortFunc(all, func(a, b brought) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.place, b.place)) })
	var errs []error
	for i, b := range all {
		_, builtIn := knowledge.FindCatalogue(b.Name)
		switch {
		case builtIn || b.Name == knowledge.Own:
			errs = append(errs, fault.At(fault.Config, fault.Place{Path: b.place}, "give it another name", "the catalogue %s has the name of a built-in one", b.Name))
		case i > 0 && all[i-1].Name == b.Name:
			errs = append(errs, fault.At(fault.Config, fault.Place{Path: b.place}, "rename or remove one of the two", "the catalogue %s stands in %s too", b.Name, all[i-1].place))
		}
	}
	return shelf{brought: all}, errors.Join(errs...)
}

// ownCatalogue describes our own set.
func ownCatalogue() knowledge.Catalogue {
	return knowledge.Catalogue{Name: knowledge.Own, Title: "Plimsoll's own requirements", Publisher: "Plimsoll", Licence: "Apache-2.0"}
}

// catalogues lists all, our own first.
func (s shelf) catalogues() []knowledge.Catalogue {
	all := append([]knowledge.Catalogue{ownCatalogue()}, knowledge.Catalogues()...)
	for _, b := range s.brought {
		all = append(all, b.Catalogue)
	}
	return all
}

func (s shelf) names() []string {
	var names []string
	for _, c := range s.catalogues() {
		names = append(names, c.Name)
	}
	return names
}

// requirements are those of the catalogues that wanted takes, catalogue by
// catalogue. An id that two of them define is an error.
func (s shelf) requirements(wanted func(name string) bool) ([]knowledge.Requirement, error) {
	var all []knowledge.Requirement
	for _, c := range append([]knowledge.Catalogue{ownCatalogue()}, knowledge.Catalogues()...) {
		if !wanted(c.Name) {
			continue
		}
		some, err := knowledge.CatalogueRequirements(c.Name)
		if err != nil {
			return nil, err
		}
		all = append(all, some...)
	}
	builtIn := len(all)
	for _, b := range s.brought {
		if wanted(b.Name) {
			all = append(all, b.requirements...)
		}
	}
	if len(all) == builtIn {
		return all, nil // their ids differ: a test sees to it
	}
	return all, s.twice(all)
}

// twice finds ids that two requirements share.
func (s shelf) twice(all []knowledge.Requirement) error {
	first := map[string]string{}
	var errs []error
	for _, r := range all {
		if other, there := first[r.ID]; there {
			errs = append(errs, fault.At(fault.Config, fault.Place{Path: s.placeOf(r.Catalogue)}, "give it another id",
				"requirement %s is defined twice, in the catalogues %s and %s", r.ID, other, r.Catalogue))
		}
		first[r.ID] = r.Catalogue
	}
	return errors.Join(errs...)
}

func (s shelf) placeOf(catalogue string) string {
	for _, b := range s.brought {
		if b.Name == catalogue {
			return b.place
		}
	}
	return "the built-in catalogue " + catalogue
}

// find looks for one requirement in every catalogue, chosen or not.
func (s shelf) find(id string) (knowledge.Requirement, bool, error) {
	for _, b := range s.brought {
		for _, r := range b.requirements {
			if r.ID == id {
				return r, true, nil
			}
		}
	}
	r, ok, err := knowledge.FindRequirement(id)
	if err != nil {
		err = fmt.Errorf("looking for requirement %s: %w", id, err)
	}
	return r, ok, err
}
