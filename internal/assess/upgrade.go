package assess

import (
	"context"
	"path"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/requirement/upgrade"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// carryOver lets attestations for requirements of an earlier version count for
// those that ask for the same now, as the files of upgrades say. What is wrong
// with one of these files is an error with its place.
func (a *assessment) carryOver(ctx context.Context) []error {
	var errs []error
	for _, f := range a.snapshot.Files() {
		if path.Dir(f.Path) != upgrade.Dir || !strings.HasSuffix(f.Path, ".yaml") {
			continue
		}
		data, err := a.configFile(ctx, f.Path)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		c, faults := upgrade.Parse(f.Path, data)
		if err := faults.Err(); err != nil {
			errs = append(errs, err)
			continue
		}
		a.carry(c)
	}
	return errs
}

// carry moves attestations to their new ids, and keeps in the name what they
// were given for.
func (a *assessment) carry(c upgrade.Carryover) {
	for i, g := range a.given {
		to := c.Carry(g.Word.Requirement, g.Gate.Digest)
		if to == "" {
			continue
		}
		for j := range a.attestations {
			if a.attestations[j].Digest == g.Gate.Digest {
				a.attestations[j].Requirement = to
				a.attestations[j].By += " (for " + g.Word.Requirement + ")"
			}
		}
		a.given[i].Gate.Requirement = to
	}
}

// Named is what a repository names of a catalogue's earlier version.
type Named struct {
	Repo       *repo.Repo
	References []upgrade.Reference
	// Evidenced holds the ids, of whatever version, that somebody has attested.
	Evidenced map[string]bool
	// Level is the one up to which the product is held to the catalogue; 0 where
	// it does not choose the catalogue.
	Level int
}

// NamedOf finds what the repository in o.Dir names of a catalogue's version: in
// signed words, in product.yaml, in the mapping of tests.
func NamedOf(ctx context.Context, o Options, catalogue, version string) (*Named, error) {
	a, err := begin(ctx, o.withDefaults())
	if err != nil {
		return nil, err
	}
	n := &Named{Repo: a.repo, Evidenced: map[string]bool{}}
	for _, c := range a.product.Requirements.Catalogues {
		if c.Name == catalogue {
			n.Level = max(c.Level, a.level())
		}
	}
	for _, f := range a.snapshot.Files() {
		dir, isYAML := path.Dir(f.Path), strings.HasSuffix(f.Path, ".yaml")
		if !isYAML || dir != ".plimsoll" && dir != ".plimsoll/requirements" {
			continue
		}
		data, err := a.configFile(ctx, f.Path)
		if err != nil {
			return nil, err
		}
		n.References = append(n.References, upgrade.Scan(f.Path, data, version)...)
	}
	n.signed(a, version)
	return n, nil
}

// signed adds the words that people have signed.
func (n *Named) signed(a *assessment, version string) {
	add := func(kind, path, written, by, digest, refused string, until time.Time) {
		if old, ok := upgrade.OldID(written, version); ok {
			n.References = append(n.References, upgrade.Reference{Kind: kind, Path: path, Written: written, Old: old,
				By: by, Until: until.UTC().Format(time.DateOnly), Digest: digest, Refused: refused})
		} else if refused == "" && kind == upgrade.Attestation {
			n.Evidenced[knowledge.NormalID(written)] = true
		}
	}
	for _, g := range a.given {
		add(upgrade.Attestation, g.Path, g.Word.Requirement, g.Gate.By, g.Gate.Digest, g.Gate.Refused, g.Gate.Until)
	}
	for _, x := range a.asked {
		add(upgrade.SignedExemption, x.Path, x.Word.Requirement, x.Gate.By, "", x.Refused, x.Gate.Until)
	}
}
