package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/version"
)

func newVersion(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say which Plimsoll this is",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintf(app.Stdout, "plimsoll %s %s %s/%s\n", version.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			return err
		},
	}
}
