package cli

import (
	"fmt"
	"io/fs"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/docs"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

func newDocs(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "docs [PAGE]",
		Short: "Read the documentation of this version",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return app.listDocs()
			}
			text, err := docs.Files.ReadFile(strings.TrimSuffix(args[0], ".md") + ".md")
			if err != nil {
				return fault.New(fault.NotFound, "`plimsoll docs` lists the pages", "there is no page %q", args[0])
			}
			_, err = app.Stdout.Write(text)
			return err
		},
	}
}

// listDocs prints each page with its first heading.
func (app *App) listDocs() error {
	pages, err := fs.Glob(docs.Files, "*.md")
	if err != nil {
		return fmt.Errorf("listing the documentation: %w", err)
	}
	for _, page := range pages {
		text, err := docs.Files.ReadFile(page)
		if err != nil {
			return fmt.Errorf("reading the documentation: %w", err)
		}
		title, _, _ := strings.Cut(strings.TrimPrefix(string(text), "# "), "\n")
		fmt.Fprintf(app.Stdout, "%-16s %s\n", strings.TrimSuffix(page, ".md"), title)
	}
	return nil
}
