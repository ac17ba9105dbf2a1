package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/code/verifylive"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// runFlags are the flags of the commands that end in a verdict.
type runFlags struct {
	format     string
	show       string
	asOf       string
	level      int
	only       []string
	noMemo     bool
	since      string
	strict     bool
	budget     int
	seed       bool
	verifyLive bool

	thorough    bool
	runScanners bool
}

func (f *runFlags) addShared(cmd *cobra.Command, formats ...string) {
	flags := cmd.Flags()
	formats = append(slices.Clone(report.Formats), formats...)
	last := len(formats) - 1
	flags.Var(enum(&f.format, "text", formats...), "format", strings.Join(formats[:last], ", ")+" or "+formats[last])
	flags.StringVar(&f.asOf, "as-of", "", "the verdict as of this day (YYYY-MM-DD) or moment (RFC 3339)")
	flags.IntVar(&f.level, "level", 0, "select the requirements up to this level, 1 to 3")
}

func newCheck(app *App) *cobra.Command {
	var f runFlags
	cmd := &cobra.Command{
		Use:   "check [DIR]",
		Short: "Examine a repository and say whether the product is fit to ship",
		Long: `Examine a repository and say whether the product is fit to ship.

Needs no set-up, no network and no other program than git. Facts about the
product are inferred, the requirements that apply are selected, checks examine
the work tree and the whole history, and the verdict says which requirements
hold, which do not, and what is not known. What was examined before and has not
changed is not examined again.

With --since the repository is examined as it was at that revision too, in full
and by the same rules, and the two results are compared: what the change
introduced, fixed and moved. The gate then goes by the change. What was not met
before either is shown and fails nothing, unless --strict is given. A branch
stands for its last commit in common with HEAD; a tag or a commit for itself.`,
		Example: `  plimsoll check
  plimsoll check ../shop --show all
  plimsoll check --format sarif > plimsoll.sarif
  plimsoll check --since origin/main
  plimsoll check --only code.secrets --as-of 2026-12-31`,
		Args: atMostOneDir,
		RunE: func(cmd *cobra.Command, args []string) error { return app.check(cmd.Context(), dirOf(args), f) },
	}
	f.addShared(cmd)
	flags := cmd.Flags()
	flags.Var(enum(&f.show, "", "", "all", "open", "queue", "decided"), "show", "show all findings, the open ones, those that wait or the decided ones, not just those that matter most")
	flags.IntVar(&f.budget, "budget", 0, "show at most so many findings first (default 5, or attention.budget in product.yaml)")
	flags.StringSliceVar(&f.only, "only", nil, "call these checks alone; of the others, evidence that stands counts")
	flags.BoolVar(&f.verifyLive, "verify-live", false, "ask the issuers of credentials that were found whether they still work; sends each to its issuer")
	flags.StringVar(&f.since, "since", "", "compare with this revision, and let the gate go by what the change did (a branch: since HEAD left it)")
	flags.BoolVar(&f.strict, "strict", false, "with --since: let the gate go by all there is, and only show what the change did")
	flags.BoolVar(&f.seed, "seed-defects", false, "plant defects in memory, and say which of them the rules catch")
	flags.BoolVar(&f.noMemo, "no-memo", false, "examine everything again")
	flags.BoolVar(&f.thorough, "thorough", false, "examine everything again, and every version of every file from its beginning besides")
	flags.BoolVar(&f.runScanners, "run-scanners", false, "run the scanners that product.yaml names; see plimsoll scanners")
	return cmd
}

func atMostOneDir(cmd *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fault.New(fault.Usage, "name one folder", "expected at most one folder, got %d", len(args))
	}
	return nil
}

func dirOf(args []string) string {
	if len(args) == 0 {
		return "."
	}
	return args[0]
}

func (app *App) check(ctx context.Context, dir string, f runFlags) error {
	if f.strict && f.since == "" {
		return fault.New(fault.Usage, "add --since REV", "--strict says how to judge a change, and there is none to compare with")
	}
	opt := app.options()
	opt.Show = f.show
	handler, err := report.New(f.format, app.Stdout, opt)
	if err != nil {
		return err
	}
	o, err := app.assessOptions(dir, f)
	if err != nil {
		return err
	}
	o.Handler = report.Tee(app.progress(), handler)
	if f.verifyLive {
		probes, err := knowledge.Probes()
		if err != nil {
			return err
		}
		o.AskIssuer = verifylive.New(probes, nil)
	}
	if f.seed && f.format == "text" && !app.quiet {
		o.Handler = report.Tee(o.Handler, app.planted())
	}
	result, err := assess.Run(ctx, o)
	if err != nil {
		return err
	}
	app.status = result.Exit()
	return nil
}

// progress shows where the run is on a terminal's standard error, and nowhere else.
func (app *App) progress() event.Handler {
	if app.errFile == nil || app.quiet {
		return report.Tee()
	}
	return report.Progress(app.errFile)
}

func (app *App) assessOptions(dir string, f runFlags) (assess.Options, error) {
	if f.level < 0 || f.level > 3 {
		return assess.Options{}, fault.New(fault.Usage, "levels are 1, 2 and 3", "there is no level %d", f.level)
	}
	if f.budget < 0 || f.budget > 100 {
		return assess.Options{}, fault.New(fault.Usage, "give 1 to 100, or --show all", "a budget of %d findings is none", f.budget)
	}
	asOf, err := parseMoment(f.asOf)
	if err != nil {
		return assess.Options{}, err
	}
	return assess.Options{Dir: dir, AsOf: asOf, Only: f.only, NoMemo: f.noMemo || f.thorough, Thorough: f.thorough, RunScanners: f.runScanners, Since: f.since, Strict: f.strict, Level: f.level, Budget: f.budget, SeedDefects: f.seed, Getenv: app.Getenv, Clock: app.Clock}, nil
}

// parseMoment reads a day, which means its noon in UTC, or a moment.
func parseMoment(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if day, err := time.Parse(time.DateOnly, text); err == nil {
		return day.Add(12 * time.Hour), nil
	}
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, fault.New(fault.Usage, "write a day as 2026-12-31 or a moment as 2026-12-31T12:00:00Z", "reading --as-of: %q is no date", text)
	}
	return moment, nil
}
