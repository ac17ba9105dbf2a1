package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/seal"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

type monitorFlags struct {
	logFlags
	dir      string
	expect   []string
	products []string
}

func newLogMonitor(app *App) *cobra.Command {
	var f monitorFlags
	cmd := &cobra.Command{
		Use:   "monitor DIR|URL",
		Short: "List what is new in a log, and tell of releases that nobody expected",
		Long: `List what is new in a log since it was last monitored, and tell of every permit
that nobody expected: whose product and version no release in .plimsoll/releases
and no --expect file names, whose digest is another than that of the release
here, or that is a second one for its version. The exit status is then 1, each
time, until somebody has looked and named it.

A log that was forked or cut short is told of as ` + "`plimsoll log verify`" + ` does.`,
		Example: `  plimsoll log monitor https://log.example.org/releases --product shop
  plimsoll log monitor /srv/log --expect releases.txt   # lines of PRODUCT VERSION [DIGEST]`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.logMonitor(cmd.Context(), args[0], f) },
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository whose releases are expected")
	flags.StringArrayVar(&f.expect, "expect", nil, "file of expected releases, lines of PRODUCT VERSION [DIGEST]")
	flags.StringArrayVar(&f.products, "product", nil, "watch this product alone (may be given again)")
	return cmd
}

func (app *App) logMonitor(ctx context.Context, where string, f monitorFlags) error {
	expected, err := app.expected(f)
	if err != nil {
		return err
	}
	v, log, err := app.view(ctx, where, f.logFlags)
	if err != nil {
		return err
	}
	surprises, err := v.Surprises(ctx, expected, f.products)
	if err != nil {
		return err
	}
	memory, err := app.memory(f.logFlags, log, "monitor")
	if err != nil {
		return err
	}
	earlier, err := memory.Advance(v, log, nil)
	if err != nil {
		return err
	}
	return app.sayMonitored(ctx, v, earlier, surprises)
}

func (app *App) sayMonitored(ctx context.Context, v *translog.View, earlier *translog.Checkpoint, surprises []translog.Surprise) error {
	from := int64(0)
	if earlier != nil {
		from = earlier.Tree.N
	}
	if from == v.Size() {
		fmt.Fprintf(app.Stdout, "nothing is new: %d entries\n", v.Size())
	} else if err := app.logList(ctx, v, from); err != nil {
		return err
	}
	if len(surprises) == 0 {
		return nil
	}
	for _, s := range surprises {
		fmt.Fprintf(app.Stdout, "unexpected: entry %d, %s %s: %s\n", s.Index, clean.Line(s.Product), clean.Line(s.Version), clean.Line(s.Because))
	}
	app.status = fault.ExitNotMet
	return nil
}

// expected are the releases in the repository and in the files that are named.
func (app *App) expected(f monitorFlags) ([]translog.Expected, error) {
	out, err := seal.Known(f.dir)
	if err != nil {
		return nil, err
	}
	for _, name := range f.expect {
		file, err := os.Open(name)
		if err != nil {
			return nil, fault.New(fault.NotFound, "give a file of lines PRODUCT VERSION [DIGEST]", "there is no file %s", name)
		}
		more, err := translog.ReadExpected(file, name)
		file.Close()
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}
