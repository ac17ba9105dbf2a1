package cli

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/build/access"
	"github.com/plimsoll-dev/plimsoll/internal/code/review"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/watch"
	"github.com/plimsoll-dev/plimsoll/internal/requirement/custom"
	"github.com/plimsoll-dev/plimsoll/internal/requirement/upgrade"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
)

// schemas are the JSON Schemas of the files in .plimsoll/.
func schemas() map[string][]byte {
	return map[string][]byte{
		"product": product.Schema, "access": access.Schema, "decisions": finding.DecisionsSchema, "upgrade": upgrade.Schema,
		"tests": mapping.Schema, "requirements": custom.Schema, "review": review.Schema, "deployments": watch.Schema,
	}
}

func newSchema(app *App) *cobra.Command {
	names := slices.Sorted(maps.Keys(schemas()))
	return &cobra.Command{
		Use:       "schema NAME",
		Short:     "Print the JSON Schema of a file in .plimsoll/",
		Long:      "Print the JSON Schema of a file in .plimsoll/: " + strings.Join(names, ", ") + ".",
		Example:   "  plimsoll schema product > product.schema.json",
		ValidArgs: names,
		Args:      cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			schema, ok := schemas()[args[0]]
			if !ok {
				return fault.New(fault.NotFound, "use one of: "+strings.Join(names, ", "), "there is no schema %q", args[0])
			}
			_, err := fmt.Fprintf(app.Stdout, "%s", schema)
			return err
		},
	}
}
