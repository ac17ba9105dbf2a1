// Package cli is the command line: one file a command, each a start and an end
// on the line from facts to verdict, and nothing of its own in between.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report"
	"github.com/plimsoll-dev/plimsoll/internal/version"
)

// App is everything that a command touches outside its arguments.
type App struct {
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	Clock  func() time.Time

	// terminals, where the streams are files
	outFile, errFile *os.File

	color   string
	quiet   bool
	verbose bool
	status  int // that a command without an error asks for
}

// System is the App of a real process.
func System() *App {
	return &App{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, outFile: os.Stdout, errFile: os.Stderr,
		Getenv: os.Getenv, Clock: time.Now}
}

// Main runs the command line and returns the exit status.
func Main(ctx context.Context, app *App, args []string) int {
	if app.Getenv("GOGC") == "" {
		debug.SetGCPercent(50) // a third less memory at the peak, for no time that can be measured
	}
	root := newRoot(app)
	root.SetArgs(args)
	root.SetIn(app.Stdin)
	root.SetOut(app.Stdout)
	root.SetErr(app.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return app.status
	}
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		err = fault.New(fault.Incomplete, "run it again: what was done is remembered", "the run was interrupted")
	}
	app.showError(err)
	return fault.Exit(err)
}

const rootLong = `Plimsoll says whether a product is fit to ship, why, and proves it to somebody
who trusts neither the tool nor the team.

Exit status: 0 gate met or nothing to do; 1 findings or gate not met; 2 wrong
usage or configuration; 3 nothing was examined; 4 incomplete.`

func newRoot(app *App) *cobra.Command {
	root := &cobra.Command{
		Use:           "plimsoll",
		Short:         "Says whether a product is fit to ship, why, and proves it",
		Long:          rootLong,
		Version:       version.Version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.ArbitraryArgs,

		SuggestionsMinimumDistance: 2,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	root.SetVersionTemplate("plimsoll {{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	flags := root.PersistentFlags()
	flags.Var(enum(&app.color, "auto", "auto", "always", "never"), "color", "colour the output: auto, always or never")
	flags.BoolVarP(&app.quiet, "quiet", "q", false, "say the verdict and nothing else")
	flags.BoolVarP(&app.verbose, "verbose", "v", false, "say more: where facts were seen, whole fingerprints, every observation")
	root.AddCommand(commands(app)...)
	usageErrors(root)
	return root
}

// usageErrors makes usage faults of what cobra says about a command's arguments.
func usageErrors(cmd *cobra.Command) {
	if validate := cmd.Args; validate != nil {
		cmd.Args = func(cmd *cobra.Command, args []string) error {
			err := validate(cmd, args)
			if _, ours := errors.AsType[*fault.Error](err); err == nil || ours {
				return err
			}
			return fault.New(fault.Usage, fmt.Sprintf("`%s --help` shows how", cmd.CommandPath()), "%s", lowerFirst(err.Error()))
		}
	}
	for _, sub := range cmd.Commands() {
		usageErrors(sub)
	}
}

func commands(app *App) []*cobra.Command {
	return []*cobra.Command{
		newCheck(app), newInit(app), newStatus(app), newExplain(app), newRequirements(app), newTriage(app), newReview(app), newRules(app), newScanners(app), newAttest(app), newExempt(app),
		newRelease(app), newVerify(app), newTrust(app), newServe(app),
		newEvidence(app), newKey(app), newSchema(app), newDocs(app), newMan(app), newVersion(app),
		newLogCommand(app),
		newGuard(app),
		newSeal(app),
	}
}

func unknownCommand(cmd *cobra.Command, name string) error {
	hint := "`" + cmd.CommandPath() + " --help` lists the commands"
	if near := cmd.SuggestionsFor(name); len(near) > 0 {
		hint = "did you mean `" + cmd.CommandPath() + " " + near[0] + "`?"
	}
	return fault.New(fault.Usage, hint, "there is no command %q", name)
}

// flagError turns pflag's words into a fault, with the flag that was meant.
func flagError(cmd *cobra.Command, err error) error {
	if errors.Is(err, pflag.ErrHelp) {
		return err
	}
	hint := fmt.Sprintf("`%s --help` lists the flags", cmd.CommandPath())
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		if near := nearestFlag(cmd, unknown.GetSpecifiedName()); near != "" {
			hint = "did you mean --" + near + "?"
		}
	}
	return fault.New(fault.Usage, hint, "%s", lowerFirst(err.Error()))
}

func nearestFlag(cmd *cobra.Command, name string) string {
	best, least := "", 3
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if d := distance(f.Name, name); d < least {
			best, least = f.Name, d
		}
	})
	return best
}

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}

// enumValue is a flag that takes one of a few words.
type enumValue struct {
	into    *string
	allowed []string
}

func enum(into *string, value string, allowed ...string) *enumValue {
	*into = value
	return &enumValue{into: into, allowed: allowed}
}

func (e *enumValue) String() string { return *e.into }
func (e *enumValue) Type() string   { return "word" }
func (e *enumValue) Set(s string) error {
	if !slices.Contains(e.allowed, s) {
		return fmt.Errorf("expected one of %s", strings.Join(e.allowed, ", "))
	}
	*e.into = s
	return nil
}

// options are how reports look on this terminal.
func (app *App) options() report.Options {
	color, links, width := report.Terminal(app.outFile, app.Getenv, app.color)
	return report.Options{Color: color, Hyperlinks: links, Width: width, Quiet: app.quiet, Verbose: app.verbose, Clock: app.Clock, Explain: assess.RuleDoc}
}
