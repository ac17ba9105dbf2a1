package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/requirement/upgrade"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

type upgradeFlags struct {
	dir, catalogue, from, to, format string
	write                            bool
}

func newRequirementsUpgrade(app *App) *cobra.Command {
	var f upgradeFlags
	cmd := &cobra.Command{
		Use:   "upgrade",
		Short: "Move from one version of a catalogue to the next",
		Long: `Say what a new version of a catalogue means for this product: which evidence
carries over, which requirements must be verified again and under which ids,
which are archived, and which new ones have no evidence yet. It looks at signed
words, product.yaml and the mapping of tests; ids without a version are read as
those of --from.

Evidence carries over only where both versions ask for the same. Signed words
are not rewritten: --write names them in .plimsoll/upgrades/, and from then on
they count for the new ids. Nothing else is changed.

There is the upgrade of ASVS from 4.0.3 to 5.0.0.`,
		Example: `  plimsoll requirements upgrade --from 4.0.3 --to 5.0.0
  plimsoll requirements upgrade --from 4.0.3 --to 5.0.0 --format markdown > upgrade.md
  plimsoll requirements upgrade --from 4.0.3 --to 5.0.0 --write`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return app.requirementsUpgrade(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.StringVar(&f.catalogue, "catalogue", "asvs", "the catalogue")
	flags.StringVar(&f.from, "from", "", "the version that the evidence was given for")
	flags.StringVar(&f.to, "to", "", "the version to move to")
	flags.BoolVar(&f.write, "write", false, "write which attestations carry over to "+upgrade.Dir)
	flags.Var(enum(&f.format, "text", "text", "json", "markdown"), "format", "the form of the output: text, json, markdown")
	return cmd
}

func (app *App) requirementsUpgrade(ctx context.Context, f upgradeFlags) error {
	u, err := findUpgrade(f)
	if err != nil {
		return err
	}
	n, err := assess.NamedOf(ctx, assess.Options{Dir: f.dir, Getenv: app.Getenv, Clock: app.Clock}, u.Catalogue, u.From)
	if err != nil {
		return err
	}
	levels, err := levelsOf(u.Catalogue)
	if err != nil {
		return err
	}
	v := &upgradeView{Report: upgrade.Assess(u, n.References, n.Evidenced), levels: levels, level: n.Level}
	if f.write {
		if v.note, err = writeCarryover(n, v.Carryover()); err != nil {
			return err
		}
	}
	return app.showUpgrade(v, f.format)
}

func findUpgrade(f upgradeFlags) (knowledge.Upgrade, error) {
	u, ok, err := knowledge.FindUpgrade(f.catalogue, f.from, f.to)
	if err != nil || ok {
		return u, err
	}
	all, err := knowledge.Upgrades()
	if err != nil {
		return u, err
	}
	var known []string
	for _, u := range all {
		known = append(known, fmt.Sprintf("--catalogue %s --from %s --to %s", u.Catalogue, u.From, u.To))
	}
	if f.from == "" || f.to == "" {
		return u, fault.New(fault.Usage, "there is "+strings.Join(known, "; "), "say --from and --to which version")
	}
	return u, fault.New(fault.NotFound, "there is "+strings.Join(known, "; "), "there is no upgrade of %q from %q to %q", f.catalogue, f.from, f.to)
}

// levelsOf are the levels of a catalogue's requirements, by id.
func levelsOf(catalogue string) (map[string]int, error) {
	reqs, err := knowledge.CatalogueRequirements(catalogue)
	if err != nil {
		return nil, err
	}
	levels := map[string]int{}
	for _, r := range reqs {
		levels[r.ID] = r.Level
	}
	return levels, nil
}

// writeCarryover writes the file, and says what it did.
func writeCarryover(n *assess.Named, c upgrade.Carryover) (string, error) {
	path, err := n.Repo.Inside(c.Path())
	if err != nil {
		return "", err
	}
	if _, err := os.Lstat(path); len(c.Carried) == 0 && err != nil {
		return "no attestation carries over, so there is nothing to write", nil
	}
	if err := durable.WriteFile(path, c.Marshal(), 0o644); err != nil {
		return "", err
	}
	return fmt.Sprintf("wrote %s", c.Path()), nil
}
