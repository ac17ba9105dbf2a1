package cli

import (
	"context"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

func newLogShow(app *App) *cobra.Command {
	var f logFlags
	cmd := &cobra.Command{
		Use:   "show DIR|URL [INDEX]",
		Short: "List the entries of a log, or print one",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			v, _, err := app.view(cmd.Context(), args[0], f)
			if err != nil {
				return err
			}
			if len(args) == 2 {
				return app.logEntry(cmd.Context(), v, args[1])
			}
			return app.logList(cmd.Context(), v, 0)
		},
	}
	f.add(cmd)
	return cmd
}

func (app *App) logEntry(ctx context.Context, v *translog.View, text string) error {
	index, err := strconv.ParseInt(text, 10, 64)
	if err != nil || index < 0 || index >= v.Size() {
		return fault.New(fault.NotFound, "`plimsoll log show` lists them", "the log has no entry %q; it has %d, numbered from 0", text, v.Size())
	}
	for leaf, err := range v.Leaves(ctx, index) {
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(app.Stdout, "%s\n", clean.JSON(leaf.Data))
		return err
	}
	return nil
}

func (app *App) logList(ctx context.Context, v *translog.View, from int64) error {
	out := app.page()
	for leaf, err := range v.Leaves(ctx, from) {
		if err != nil {
			return err
		}
		out.line("%s", entryLine(leaf))
	}
	if v.Size() == 0 {
		out.line("the log is empty")
	}
	return app.write(out)
}

func entryLine(l translog.Leaf) string {
	what := l.Product + " " + l.Version
	if l.Kind != "permit" {
		what = fmt.Sprintf("version %d", l.Sequence)
	}
	return clean.Line(fmt.Sprintf("%6d  %-11s  %s  %s", l.Index, l.Kind, what, l.Digest))
}

func newLogVerify(app *App) *cobra.Command {
	var f logFlags
	cmd := &cobra.Command{
		Use:   "verify DIR|URL",
		Short: "Rebuild a log out of its entries, and hold it against what was seen before",
		Long: `Rebuild a log out of its entries: every tile, the root, the signature of the
checkpoint and those of known witnesses. Then hold it against the checkpoint that
this machine saw last: a log that shows another history than before, or a shorter
one, was forked or cut short, and the exit status is 1.`,
		Example: `  plimsoll log verify /srv/log
  plimsoll log verify https://log.example.org/releases --trust trust.json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.logVerify(cmd.Context(), args[0], f) },
	}
	f.add(cmd)
	return cmd
}

func (app *App) logVerify(ctx context.Context, where string, f logFlags) error {
	v, log, err := app.view(ctx, where, f)
	if err != nil {
		return err
	}
	if err := v.Verify(ctx); err != nil {
		return err
	}
	memory, err := app.memory(f, log, "seen")
	if err != nil {
		return err
	}
	earlier, err := memory.Advance(v, log, nil)
	if err != nil {
		return err
	}
	app.sayChecked(v, earlier)
	return nil
}

func (app *App) sayChecked(v *translog.View, earlier *translog.Checkpoint) {
	fmt.Fprintf(app.Stdout, "%s is whole: %d entries, root %s\n", clean.Line(v.Checkpoint.Origin), v.Size(), v.Checkpoint.Tree.Hash)
	if n := len(v.Checkpoint.Witnesses); n > 0 {
		fmt.Fprintf(app.Stdout, "cosigned by %d known witnesses\n", n)
	}
	if earlier == nil {
		fmt.Fprintln(app.Stdout, "seen for the first time: from now on it can only grow")
		return
	}
	fmt.Fprintf(app.Stdout, "it has only grown since it was seen with %d entries\n", earlier.Tree.N)
}
