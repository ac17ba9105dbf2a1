package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/drill"
)

func newKeyDrill(app *App) *cobra.Command {
	return &cobra.Command{Use: "drill", Short: "Practise the loss and the theft of a key, in a folder that is thrown away", Args: cobra.NoArgs,
		Long: `Practise the loss and the theft of one of three keys, two of which it takes, with
the very code that does it in earnest and in a folder that is thrown away. Nothing
of yours is read or changed.`,
		RunE: func(cmd *cobra.Command, _ []string) error { return app.keyDrill(cmd.Context()) }}
}

func (app *App) keyDrill(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "plimsoll-drill-*")
	if err != nil {
		return fault.Wrap(fault.Incomplete, err, "make room in the temporary folder", "making a folder for the drill")
	}
	defer os.RemoveAll(dir)
	steps, err := drill.Run(ctx, dir, app.Clock())
	if err != nil {
		return err
	}
	wrong := 0
	for _, s := range steps {
		result := "accepted"
		if s.Got != "" {
			result = "refused: " + string(s.Got)
		}
		if !s.OK() {
			wrong++
			result += "  NOT AS EXPECTED"
		}
		app.printLines([]string{s.Did, "    " + result})
	}
	if wrong > 0 {
		return fault.New(fault.Untrusted, "report it with this output", "%d steps of the drill did not come as expected", wrong)
	}
	_, err = fmt.Fprintln(app.Stdout, "all as it should be: one lost key stops nobody, and one stolen key opens nothing")
	return err
}
