package cli

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report"
)

// calendar is the format that status has and check has not.
const calendar = "ics"

func newStatus(app *App) *cobra.Command {
	var f runFlags
	var due string
	cmd := &cobra.Command{
		Use:   "status [DIR]",
		Short: "Requirement by requirement, from the evidence there is",
		Long: `Requirement by requirement: status, reason, and the cheapest way to pass. No
check is called: the statuses rest on the evidence of earlier runs, and are
stale where what they rest on has changed since.

Nothing ends in silence: what ends within 30 days is told. --due lists what must
be verified again until a day, by person; --format ics writes a calendar of all
that ends, with alarms 30, 14 and 3 days before.`,
		Example: `  plimsoll status
  plimsoll status --as-of 2027-03-01
  plimsoll status --due 30d
  plimsoll status --format ics > plimsoll.ics`,
		Args: atMostOneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			if due != "" {
				return app.showDue(cmd.Context(), dirOf(args), f, due)
			}
			return app.showStatus(cmd.Context(), dirOf(args), f)
		},
	}
	f.addShared(cmd, calendar)
	cmd.Flags().StringVar(&due, "due", "", "what must be verified again within this time (30d, 4w) or until this day, by person")
	return cmd
}

func (app *App) showStatus(ctx context.Context, dir string, f runFlags) error {
	o, err := app.assessOptions(dir, f)
	if err != nil {
		return err
	}
	o.NoCalls = true
	switch f.format {
	case "text":
		return app.statusText(ctx, o)
	case calendar:
		o.Handler = report.Calendar(app.Stdout)
	default:
		if o.Handler, err = report.New(f.format, app.Stdout, app.options()); err != nil {
			return err
		}
	}
	result, err := assess.Run(ctx, o)
	if err != nil {
		return err
	}
	if app.status = result.Exit(); f.format == calendar {
		app.listed(result)
	}
	return nil
}

func (app *App) statusText(ctx context.Context, o assess.Options) error {
	o.Handler = report.Tee()
	result, err := assess.Run(ctx, o)
	if err != nil {
		return err
	}
	if err := report.Status(app.Stdout, &result.Verdict, app.options()); err != nil {
		return fmt.Errorf("writing the statuses: %w", err)
	}
	if err := report.Soon(app.Stdout, result.Problems, app.options()); err != nil {
		return fmt.Errorf("writing what ends soon: %w", err)
	}
	app.status = result.Exit()
	return nil
}

// listed sets the exit status of a list, which is not about the gate: 0 unless
// something could not be examined and may be missing from it.
func (app *App) listed(result *assess.Result) {
	app.status = fault.ExitMet
	if result.Exit() == fault.ExitIncomplete {
		app.status = fault.ExitIncomplete
	}
}

// showDue lists what must be verified again until a day, by person.
func (app *App) showDue(ctx context.Context, dir string, f runFlags, due string) error {
	o, err := app.assessOptions(dir, f)
	if err != nil {
		return err
	}
	if o.AsOf.IsZero() {
		o.AsOf = app.Clock()
	}
	until, err := horizon(due, o.AsOf)
	if err != nil {
		return err
	}
	write := report.DueText
	switch f.format {
	case "text":
	case "jsonl":
		write = report.DueLines
	default:
		return fault.New(fault.Usage, "use --format text or jsonl", "--due has no format %q", f.format)
	}
	o.NoCalls, o.Handler = true, report.Tee()
	result, err := assess.Run(ctx, o)
	if err != nil {
		return err
	}
	app.listed(result)
	return write(app.Stdout, dueUntil(result.Verdict.Due, until), o.AsOf, until, app.options())
}

// dueUntil are the entries that end until a moment, and those that have ended.
func dueUntil(all []event.Due, until time.Time) []event.Due {
	var soon []event.Due
	for _, d := range all {
		if !d.At.After(until) {
			soon = append(soon, d)
		}
	}
	return soon
}

// horizon reads a number of days or weeks, or a day; it is the end of that day.
func horizon(text string, asOf time.Time) (time.Time, error) {
	bad := fault.New(fault.Usage, "write days as 30d, weeks as 4w, or a day as 2026-12-31", "reading --due: %q is no time", text)
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		n, err := strconv.Atoi(text[:len(text)-1])
		unit := map[byte]int{'d': 1, 'w': 7}[text[len(text)-1]]
		if err != nil || unit == 0 || n < 0 || n > 3660 {
			return time.Time{}, bad
		}
		day = asOf.UTC().Truncate(24*time.Hour).AddDate(0, 0, n*unit)
	}
	if end := day.AddDate(0, 0, 1).Add(-time.Nanosecond); !end.Before(asOf) {
		return end, nil
	}
	return time.Time{}, fault.New(fault.Usage, "give a day to come", "reading --due: %s is past", text)
}
