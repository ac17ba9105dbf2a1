package assess

import (
	"context"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/requirement/custom"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// customRequirements finds the requirements that the organisation words itself:
// in the folders for them, in policies, and in shared catalogues.
func customRequirements(ctx context.Context, a *assessment) ([]brought, error) {
	var paths []string
	for _, f := range a.snapshot.Files() {
		if isCustom(f.Path) {
			paths = append(paths, f.Path)
		}
	}
	chosen := a.product.Requirements
	if len(paths)+len(chosen.Policies)+len(chosen.From) == 0 {
		return nil, nil
	}
	cfg, err := customConfig()
	if err != nil {
		return nil, err
	}
	cfg.Policies = chosen.Policies
	for _, pin := range chosen.From {
		cfg.From = append(cfg.From, custom.Pin(pin))
	}
	cfg.PinFault = func(i int, hint, format string, args ...any) *fault.Error {
		return a.product.Fault(yamlfile.Pointer("requirements", "from", i), hint, format, args...)
	}
	cfg.Git = func(spec string) ([]byte, error) { return a.repo.ReadAt(ctx, spec, maxConfig) }
	read := func(path string) ([]byte, error) {
		data, err := a.configFile(ctx, path)
		if err == nil && data == nil {
			err = fault.New(fault.NotFound, "", "there is no such file")
		}
		return data, err
	}
	catalogues, faults := custom.Load(read, paths, cfg)
	var all []brought
	for _, c := range catalogues {
		all = append(all, brought{Catalogue: c.Catalogue, requirements: c.Requirements, always: true, place: c.Path})
	}
	return all, faults.Err()
}

// FindCustom returns a requirement that the repository in o.Dir words itself.
func FindCustom(ctx context.Context, o Options, id string) (knowledge.Requirement, bool, error) {
	a, err := begin(ctx, o.withDefaults())
	if err != nil {
		return knowledge.Requirement{}, false, err
	}
	all, err := customRequirements(ctx, a)
	if err != nil {
		return knowledge.Requirement{}, false, err
	}
	for _, b := range all {
		for _, r := range b.requirements {
			if strings.EqualFold(r.ID, id) {
				return r, true, nil
			}
		}
	}
	return knowledge.Requirement{}, false, nil
}

func isCustom(path string) bool {
	if strings.HasPrefix(path, custom.PoliciesDir+"/") {
		return strings.HasSuffix(path, ".md")
	}
	return strings.HasPrefix(path, custom.Dir+"/") && (strings.HasSuffix(path, ".yaml") || strings.HasSuffix(path, ".yml"))
}

// customConfig says which checks and ids there are: those of this version, and
// the checks that the built-in plans wait for.
func customConfig() (custom.Config, error) {
	cfg := custom.Config{Checks: map[string][]string{}, Taken: map[string]string{}}
	for _, c := range append([]knowledge.Catalogue{ownCatalogue()}, knowledge.Catalogues()...) {
		reqs, err := knowledge.CatalogueRequirements(c.Name)
		if err != nil {
			return cfg, err
		}
		for _, r := range reqs {
			cfg.Taken[r.ID] = c.Name
			for _, need := range r.Plan.Checks {
				cfg.Checks[need.Check] = nil
			}
		}
	}
	for _, c := range Table(Setup{}) {
		rules := make([]string, len(c.Rules))
		for i, r := range c.Rules {
			rules[i] = r.ID
		}
		cfg.Checks[c.ID] = rules
	}
	return cfg, nil
}

// holdSentences makes attestations stale that were given on another sentence
// than the requirement has now. A requirement that comes with the binary has no
// revision: its sentence moves with the version of its catalogue alone.
func (a *assessment) holdSentences() {
	revisions := map[string]string{}
	for _, r := range a.selected {
		if r.Revision != "" {
			revisions[r.ID] = r.Revision
		}
	}
	if len(revisions) == 0 {
		return
	}
	stale := map[string]string{} // why, by the digest of the attestation
	for i := range a.given {
		g := &a.given[i]
		now, own := revisions[g.Gate.Requirement]
		if own && g.Word.Revision != now && g.Gate.StaleBecause == "" {
			g.Gate.StaleBecause = "the sentence of " + g.Gate.Requirement + " has changed since it was given"
			stale[g.Gate.Digest] = g.Gate.StaleBecause
		}
	}
	for i := range a.attestations {
		if because := stale[a.attestations[i].Digest]; because != "" {
			a.attestations[i].StaleBecause = because
		}
	}
}
