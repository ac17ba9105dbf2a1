package assess

import (
	"fmt"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/report"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// RuleDoc documents a rule of any check.
func RuleDoc(id string) (report.RuleDoc, bool) {
	_, r, ok := FindRule(id)
	if !ok {
		return report.RuleDoc{}, false
	}
	return report.RuleDoc{Title: r.Title, Why: r.Why, Fix: r.Fix, CWE: r.CWE, Tags: r.Maps}, true
}

// FindRule returns a rule by its id, and the check that reports it.
func FindRule(id string) (*check.Check, knowledge.Rule, bool) {
	for _, c := range Table(Setup{}) {
		for _, r := range c.Rules {
			if r.ID == id {
				return c, r, true
			}
		}
	}
	return nil, knowledge.Rule{}, false
}

// FindCheck returns a check by its id.
func FindCheck(id string) (*check.Check, bool) {
	checks := Table(Setup{})
	i := slices.IndexFunc(checks, func(c *check.Check) bool { return c.ID == id })
	if i < 0 {
		return nil, false
	}
	return checks[i], true
}

// FindRequirement returns a requirement of our own or of a built-in catalogue
// by its id, however it is written.
func FindRequirement(id string) (knowledge.Requirement, bool, error) {
	r, ok, err := knowledge.FindRequirement(id)
	if err != nil {
		return knowledge.Requirement{}, false, fmt.Errorf("reading the requirements: %w", err)
	}
	return r, ok, nil
}

// IDs lists everything that can be explained without a run.
func IDs() []string {
	var ids []string
	for _, c := range append([]knowledge.Catalogue{ownCatalogue()}, knowledge.Catalogues()...) {
		reqs, err := knowledge.CatalogueRequirements(c.Name)
		if err != nil {
			continue
		}
		for _, r := range reqs {
			ids = append(ids, r.ID)
		}
	}
	for _, c := range Table(Setup{}) {
		ids = append(ids, c.ID)
		for _, r := range c.Rules {
			ids = append(ids, r.ID)
		}
	}
	return ids
}
