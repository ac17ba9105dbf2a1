package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

type triageFlags struct {
	dir, until, because, by              string
	falsePositive, accept, fix, withdraw bool
}

func newTriage(app *App) *cobra.Command {
	var f triageFlags
	cmd := &cobra.Command{
		Use:   "triage FINDING",
		Short: "Decide on a finding",
		Long: `Decide on a finding: it is no finding, it is accepted until a day, or it will
be fixed. The decision is written to .plimsoll/decisions.yaml and follows the
finding when lines move, code is reformatted or files are renamed. The finding
stays counted and listed (plimsoll check --show decided).`,
		Example: `  plimsoll triage 3f2a91c0 --false-positive --because "test fixture, revoked in 2024"
  plimsoll triage 3f2a91c0 --accept --until 2027-01-31 --because "vendor fix due in January"
  plimsoll triage 3f2a91c0 --withdraw`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.triage(cmd.Context(), args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.BoolVar(&f.falsePositive, "false-positive", false, "it is not wrong")
	flags.BoolVar(&f.accept, "accept", false, "it is wrong and stays, until a day")
	flags.BoolVar(&f.fix, "fix", false, "it will be fixed; it stays open until it is")
	flags.BoolVar(&f.withdraw, "withdraw", false, "take an earlier decision back")
	flags.StringVar(&f.until, "until", "", "last day on which the decision stands, YYYY-MM-DD")
	flags.StringVar(&f.because, "because", "", "the reason")
	flags.StringVar(&f.by, "by", "", "who decides (default: git's user.name and user.email)")
	return cmd
}

func (app *App) triage(ctx context.Context, prefix string, f triageFlags) error {
	verdict, err := f.verdict()
	if err != nil {
		return err
	}
	r, err := repo.Open(ctx, f.dir)
	if err != nil {
		return err
	}
	path, err := r.Inside(finding.DecisionsPath)
	if err != nil {
		return err
	}
	decisions, err := readDecisions(path)
	if err != nil {
		return err
	}
	if f.withdraw {
		return app.withdraw(path, decisions, prefix)
	}
	found, err := app.findFinding(ctx, f.dir, prefix)
	if err != nil {
		return err
	}
	by, err := decider(ctx, r, f.by)
	if err != nil {
		return err
	}
	d := finding.Decision{Fingerprint: found.Fingerprint, Rule: found.Rule, Place: placeOf(found), Verdict: verdict,
		Because: f.because, By: by, On: app.Clock().UTC().Format(time.DateOnly), Until: f.until}
	if err := writeDecisions(path, decisions.With(d)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(app.Stdout, "%s: %s at %s, in %s\n", verdict, found.Rule, d.Place, finding.DecisionsPath)
	return err
}

// verdict is the one that the flags name; with what each of them needs.
func (f triageFlags) verdict() (string, error) {
	var chosen []string
	for _, v := range []struct {
		set  bool
		name string
	}{{f.falsePositive, finding.FalsePositive}, {f.accept, finding.Accepted}, {f.fix, finding.Fix}, {f.withdraw, "withdraw"}} {
		if v.set {
			chosen = append(chosen, v.name)
		}
	}
	if len(chosen) != 1 {
		return "", fault.New(fault.Usage, "give one of --false-positive, --accept --until DATE, --fix, --withdraw", "expected one decision, got %d", len(chosen))
	}
	if f.withdraw {
		return chosen[0], nil
	}
	if len(strings.TrimSpace(f.because)) < 3 {
		return "", fault.New(fault.Usage, `add --because "…", for whoever reads it in a year`, "a decision needs a reason")
	}
	if f.accept && f.until == "" {
		return "", fault.New(fault.Usage, "add --until YYYY-MM-DD", "an accepted finding needs a day until which it is accepted")
	}
	return chosen[0], nil
}

// decider is who decides: the flag, or git's own idea of the user.
func decider(ctx context.Context, r *repo.Repo, by string) (string, error) {
	if by = strings.TrimSpace(by); by != "" {
		return by, nil
	}
	if by = r.User(ctx); by != "" {
		return by, nil
	}
	return "", fault.New(fault.Usage, `add --by "Name <email>", or set git's user.name`, "a decision needs somebody who takes it")
}

func readDecisions(path string) (finding.Decisions, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the decisions: %w", err)
	}
	return finding.ParseDecisions(finding.DecisionsPath, data)
}

// writeDecisions writes only what it could read back.
func writeDecisions(path string, ds finding.Decisions) error {
	data := ds.Encode()
	if _, err := finding.ParseDecisions(finding.DecisionsPath, data); err != nil {
		return err
	}
	return durable.WriteFile(path, data, 0o644)
}

func (app *App) withdraw(path string, ds finding.Decisions, prefix string) error {
	var hit []string
	for _, d := range ds {
		if strings.HasPrefix(d.Fingerprint, prefix) {
			hit = append(hit, d.Fingerprint)
		}
	}
	if len(hit) != 1 {
		return fault.New(fault.NotFound, "see .plimsoll/decisions.yaml", "%d decisions begin with %q, expected one", len(hit), prefix)
	}
	if err := writeDecisions(path, ds.Without(hit[0])); err != nil {
		return err
	}
	_, err := fmt.Fprintf(app.Stdout, "withdrawn: the decision on %s\n", hit[0])
	return err
}
