package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/report"
)

// triageFlags are what a decision is made of.
type triageFlags struct {
	dir, until, because, by, owner       string
	scope                                string
	falsePositive, accept, fix, withdraw bool
	again, dryRun                        bool
	filter                               finding.Filter
}

const triageLong = `Decide on findings: each is no finding, is accepted until a day, or will be
fixed. Without arguments, on a terminal, this opens the list: ? shows its keys.

A decision has a reason, an owner and an end. It is written to
.plimsoll/decisions.yaml and follows the finding when lines move, code is
reformatted or files are renamed. It is bound to the code and to the version of
the rule that it was about: when either changes, the finding is open again and
the old decision is shown beside it. What was decided stays counted and listed.

--scope says how far it reaches: this place, this function, this pattern (the
files of its class, or those that --path names), this group. --dry-run shows
what it would cover. A wide decision stands for 180 days at most and never
covers a certain credential or what is more severe than the finding in view.`

func newTriage(app *App) *cobra.Command {
	var f triageFlags
	cmd := &cobra.Command{
		Use:   "triage [FINDING...]",
		Short: "Decide on findings, at the keyboard or by flags",
		Long:  triageLong,
		Example: `  plimsoll triage
  plimsoll triage 3f2a91c0 --false-positive --because "test fixture, revoked in 2024"
  plimsoll triage 3f2a91c0 --accept --until 2027-01-31 --because "vendor fix due in January"
  plimsoll triage 3f2a91c0 --false-positive --scope pattern --path "**/testdata/**" --because "made up" --dry-run
  plimsoll triage --rule secret.generic-password --class test --false-positive --because "fixtures"
  plimsoll triage 3f2a91c0 --again
  plimsoll triage undo`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, args []string) error { return app.triage(cmd.Context(), args, f) },
	}
	cmd.PersistentFlags().StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags := cmd.Flags()
	flags.BoolVar(&f.falsePositive, "false-positive", false, "it is not wrong")
	flags.BoolVar(&f.accept, "accept", false, "it is wrong and stays, until a day")
	flags.BoolVar(&f.fix, "fix", false, "it will be fixed, by a day; it stays open until it is")
	flags.BoolVar(&f.again, "again", false, "say the same as before of what has changed or run out")
	flags.BoolVar(&f.withdraw, "withdraw", false, "take an earlier decision back")
	flags.StringVar(&f.until, "until", "", "last day on which it stands, YYYY-MM-DD (default: a year, accepted 90 days, fix 30 days)")
	flags.StringVar(&f.because, "because", "", "the reason")
	flags.StringVar(&f.by, "by", "", "who decides (default: git's user.name and user.email)")
	flags.StringVar(&f.owner, "owner", "", "who answers for it (default: who decides)")
	flags.Var(enum(&f.scope, "", "", finding.ScopePlace, finding.ScopeFunction, finding.ScopePattern, finding.ScopeGroup), "scope", "how far it reaches: place, function, pattern or group")
	flags.BoolVar(&f.dryRun, "dry-run", false, "show what it would cover, and decide nothing")
	addFilter(cmd, &f.filter)
	cmd.AddCommand(newTriageList(app, &f.dir), newTriageUndo(app, &f.dir), newTriageImport(app, &f.dir), newTriageExport(app, &f.dir))
	return cmd
}

// addFilter adds the flags that select findings.
func addFilter(cmd *cobra.Command, q *finding.Filter) {
	flags := cmd.Flags()
	flags.StringVar(&q.Rule, "rule", "", "findings of this rule; a * at its end takes all that begin so")
	flags.StringVar(&q.Path, "path", "", "findings at paths like this: a pattern with ** for any folders, or a part of the path")
	flags.StringVar(&q.Severity, "severity", "", "findings of this severity or worse")
	flags.StringVar(&q.Class, "class", "", "findings in files of this class: production, test, example, generated, vendored or documentation")
}

// docket examines what has changed and opens what there is to decide on.
func (app *App) docket(ctx context.Context, dir string) (*assess.Docket, error) {
	return assess.OpenDocket(ctx, assess.Options{Dir: dir, Getenv: app.Getenv, Clock: app.Clock, Handler: report.Tee(app.progress())})
}

func (app *App) triage(ctx context.Context, ids []string, f triageFlags) error {
	if len(ids) == 0 && !f.decides() {
		if app.interactive() {
			return app.triageScreen(ctx, f)
		}
		return app.triagePiped(ctx, f)
	}
	if !f.decides() && len(ids) == 1 {
		if err := wantsFinding(ids[0]); err != nil {
			return err
		}
		if app.interactive() {
			f.filter.Text = append(f.filter.Text, ids[0])
			f.filter.State = finding.StateAll
			return app.triageScreen(ctx, f)
		}
	}
	verdict, err := f.verdict()
	if err != nil {
		return err
	}
	d, err := app.docket(ctx, f.dir)
	if err != nil {
		return err
	}
	if f.withdraw {
		return app.withdraw(d, ids)
	}
	chosen, err := choose(d, ids, f.filter, f.again)
	if err != nil {
		return err
	}
	by, err := decider(ctx, d.Repo(), f.by)
	if err != nil {
		return err
	}
	return app.decide(d, chosen, f, verdict, by)
}

// wantsFinding tells a fingerprint from a word that was meant as a command.
func wantsFinding(id string) error {
	if fingerprintStart.MatchString(id) {
		return nil
	}
	return fault.New(fault.Usage, "name a finding by the first digits of its fingerprint, or use list, undo, import or export", "%q is no finding", id)
}

// interactive says whether somebody sits at both ends.
func (app *App) interactive() bool {
	in, ok := app.Stdin.(*os.File)
	return ok && app.outFile != nil && app.Stdout == app.outFile && term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(app.outFile.Fd()))
}

// decides says whether a flag asks for a decision.
func (f triageFlags) decides() bool {
	return f.falsePositive || f.accept || f.fix || f.withdraw || f.again
}

// verdict is the one that the flags name, "" for the earlier one; with what each
// of them needs.
func (f triageFlags) verdict() (string, error) {
	var chosen []string
	for _, v := range []struct {
		set  bool
		name string
	}{{f.falsePositive, finding.FalsePositive}, {f.accept, finding.Accepted}, {f.fix, finding.Fix}, {f.withdraw, "withdraw"}, {f.again, ""}} {
		if v.set {
			chosen = append(chosen, v.name)
		}
	}
	if len(chosen) != 1 {
		return "", fault.New(fault.Usage, "give one of --false-positive, --accept, --fix, --again, --withdraw", "expected one decision, got %d", len(chosen))
	}
	if f.withdraw || f.again {
		return chosen[0], nil
	}
	if len(strings.TrimSpace(f.because)) < 3 {
		return "", fault.New(fault.Usage, `add --because "…", for whoever reads it in a year`, "a decision needs a reason")
	}
	return chosen[0], nil
}

// choose lists the findings that are meant: those named, or all open ones that
// the filter takes.
func choose(d *assess.Docket, ids []string, q finding.Filter, again bool) ([]*event.Finding, error) {
	all := d.Findings()
	if len(ids) > 0 {
		return named(all, ids)
	}
	if q.String() == "" && !again {
		return nil, fault.New(fault.Usage, "name findings by the first digits of their fingerprints, or select them with --rule, --path, --class or --severity", "no finding is named")
	}
	if err := q.Check(); err != nil {
		return nil, fault.New(fault.Usage, "see plimsoll triage --help", "%s", err)
	}
	if q.State == "" {
		q.State = finding.StateOpen
	}
	var chosen []*event.Finding
	for i := range all {
		if f := &all[i]; q.Match(f) && !(again && f.Earlier == nil) {
			chosen = append(chosen, f)
		}
	}
	if len(chosen) == 0 {
		return nil, fault.New(fault.NotFound, "plimsoll triage list shows what there is", "no open finding matches %s", q.String())
	}
	return chosen, nil
}

// named finds one finding for each start of a fingerprint.
func named(all []event.Finding, ids []string) (chosen []*event.Finding, err error) {
	for _, id := range ids {
		if err := wantsFinding(id); err != nil {
			return nil, err
		}
		hit := map[string]*event.Finding{}
		for i := range all {
			if strings.HasPrefix(all[i].Fingerprint, id) {
				hit[all[i].Fingerprint] = &all[i]
			}
		}
		switch len(hit) {
		case 0:
			return nil, fault.New(fault.NotFound, "run `plimsoll check --show all`; it prints the fingerprints", "no finding's fingerprint begins with %q", id)
		case 1:
			for _, f := range hit {
				chosen = append(chosen, f)
			}
		default:
			return nil, fault.New(fault.Usage, "give more digits", "%d findings begin with %q", len(hit), id)
		}
	}
	return chosen, nil
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

func (app *App) withdraw(d *assess.Docket, ids []string) error {
	if len(ids) == 0 {
		return fault.New(fault.Usage, "name findings by the first digits of their fingerprints", "no decision is named")
	}
	var gone finding.Decisions
	for _, id := range ids {
		hit := d.Decisions().On(id)
		if len(hit) != 1 {
			return fault.New(fault.NotFound, "see .plimsoll/decisions.yaml; a wide decision is named by the finding that was in view", "%d decisions begin with %q, expected one", len(hit), id)
		}
		gone = append(gone, hit...)
	}
	if err := d.Change("withdraw "+strings.Join(ids, ", "), nil, gone); err != nil {
		return err
	}
	for i := range gone {
		fmt.Fprintf(app.Stdout, "withdrawn: the decision on %s\n", gone[i].Fingerprint)
	}
	return nil
}
