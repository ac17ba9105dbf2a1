package cli

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

func newTriageList(app *App, dir *string) *cobra.Command {
	var q finding.Filter
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List findings: those to decide on, or those decided",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return app.triageList(cmd.Context(), *dir, q) },
	}
	cmd.Flags().Var(enum(&q.State, finding.StateOpen, finding.States...), "state", "open, queued, decided, expired or all")
	addFilter(cmd, &q)
	return cmd
}

func newTriageUndo(app *App, dir *string) *cobra.Command {
	return &cobra.Command{
		Use:   "undo",
		Short: "Take the last decision back, or the last batch of them",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d, err := app.docket(cmd.Context(), *dir)
			if err != nil {
				return err
			}
			what, err := d.Undo()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(app.Stdout, "undone: %s\n", clean.Line(what))
			return err
		},
	}
}

func (app *App) triageList(ctx context.Context, dir string, q finding.Filter) error {
	if err := q.Check(); err != nil {
		return fault.New(fault.Usage, "see plimsoll triage list --help", "%s", err)
	}
	d, err := app.docket(ctx, dir)
	if err != nil {
		return err
	}
	return app.list(d.Findings(), q)
}

func (app *App) list(all []event.Finding, q finding.Filter) error {
	var rows []*event.Finding
	for i := range all {
		if q.Match(&all[i]) {
			rows = append(rows, &all[i])
		}
	}
	sortFindings(rows)
	out := bufio.NewWriter(app.Stdout)
	for _, f := range rows {
		fmt.Fprintln(out, clean.Start(shortLine(f)))
		for _, d := range []*event.Decision{f.Decision, f.Earlier} {
			if d != nil {
				fmt.Fprintf(out, "             %s\n", clean.Line(saidOf(d)))
			}
		}
	}
	fmt.Fprintf(out, "%s\n", countOf(len(rows), "finding"))
	return out.Flush()
}

// saidOf is a decision in a sentence.
func saidOf(d *event.Decision) string {
	text := said(d.Verdict) + " by " + d.By
	if d.Owner != "" {
		text += ", answered for by " + d.Owner
	}
	if d.Until != "" {
		text += ", until " + d.Until
	}
	if d.Scope != "" {
		text += ", for the " + d.Scope
	}
	text += ": " + d.Because
	if d.Ended != "" {
		text += " (does not count any more: " + d.Ended + ")"
	}
	return text
}

// sortFindings puts first what is worth most, then what is most severe.
func sortFindings(rows []*event.Finding) {
	slices.SortStableFunc(rows, func(a, b *event.Finding) int {
		return cmp.Or(cmp.Compare(b.Worth, a.Worth), cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), cmp.Compare(b.Confidence.Rank(), a.Confidence.Rank()),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Rule, b.Rule))
	})
}

// triagePiped lists what is open where nobody sits at a terminal, and says how
// to go on.
func (app *App) triagePiped(ctx context.Context, f triageFlags) error {
	if err := f.filter.Check(); err != nil {
		return fault.New(fault.Usage, "see plimsoll triage --help", "%s", err)
	}
	f.filter.State = finding.StateOpen
	d, err := app.docket(ctx, f.dir)
	if err != nil {
		return err
	}
	if err := app.list(d.Findings(), f.filter); err != nil {
		return err
	}
	fmt.Fprintln(app.Stderr, "plimsoll: no terminal, so nothing was asked. Decide with: plimsoll triage FINDING... --false-positive|--accept|--fix --because \"…\" (--dry-run shows what it would cover)")
	return nil
}
