package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

func newInit(app *App) *cobra.Command {
	var write bool
	cmd := &cobra.Command{
		Use:   "init [DIR]",
		Short: "Infer the facts and write .plimsoll/product.yaml",
		Long: `Infer the facts about the product and write them to .plimsoll/product.yaml,
each with a comment on where it was seen. Where the file exists already, only
show what would be added; what a person wrote is never overwritten.`,
		Example: "  plimsoll init\n  plimsoll init --write",
		Args:    atMostOneDir,
		RunE:    func(cmd *cobra.Command, args []string) error { return app.init(cmd.Context(), dirOf(args), write) },
	}
	cmd.Flags().BoolVar(&write, "write", false, "add what is proposed to an existing file")
	return cmd
}

func (app *App) init(ctx context.Context, dir string, write bool) error {
	r, facts, err := assess.Facts(ctx, assess.Options{Dir: dir, Getenv: app.Getenv, Clock: app.Clock})
	if err != nil {
		return err
	}
	path, err := r.Inside(product.Path)
	if err != nil {
		return err
	}
	existing, err := os.ReadFile(path)
	fresh := errors.Is(err, fs.ErrNotExist)
	if err != nil && !fresh {
		return fmt.Errorf("reading %s: %w", product.Path, err)
	}
	proposed, changed, err := product.Init(existing, facts, r.Name())
	if err != nil {
		return err
	}
	switch {
	case !changed:
		_, err = fmt.Fprintf(app.Stdout, "%s says all that can be inferred\n", product.Path)
		return err
	case fresh || write:
		if err := durable.WriteFile(path, proposed, 0o644); err != nil {
			return err
		}
		_, err = fmt.Fprintf(app.Stdout, "wrote %s; read it, correct it, commit it\n", product.Path)
		return err
	}
	for line := range linesOf(product.Diff(product.Path, existing, proposed)) {
		fmt.Fprintln(app.Stdout, clean.Line(line))
	}
	fmt.Fprintln(app.Stdout, "\nnothing was written: `plimsoll init --write` adds these lines")
	app.status = fault.ExitNotMet
	return nil
}
