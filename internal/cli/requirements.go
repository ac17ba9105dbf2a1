package cli

import "github.com/spf13/cobra"

func newRequirements(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "requirements",
		Short: "The requirements: what there is, what applies, and how each is verified",
		Long: `The requirements that a product can be held to: our own, and the built-in
verification plans for OWASP ASVS 5.0.0, OWASP MASVS 2.1.0 and the OSPS Baseline.
A product has our own, and chooses others in .plimsoll/product.yaml:

  requirements:
    level: 1
    catalogues:
      - {name: asvs, level: 2}
      - {name: masvs, profiles: [L1, R]}`,
		Example: `  plimsoll requirements list --catalogue asvs --level 1
  plimsoll requirements coverage
  plimsoll requirements diff --fact exposure=internet`,
		Args: cobra.ArbitraryArgs,

		SuggestionsMinimumDistance: 2,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) > 0 {
				return unknownCommand(cmd, args[0])
			}
			return cmd.Help()
		},
	}
	cmd.AddCommand(requirementsCommands(app)...)
	return cmd
}

// requirementsCommands lists what stands under `plimsoll requirements`, each in
// a file of its own.
func requirementsCommands(app *App) []*cobra.Command {
	return []*cobra.Command{
		newRequirementsList(app),
		newRequirementsCoverage(app),
		newRequirementsDiff(app),
		newRequirementsMap(app),
		newRequirementsImport(app),
		newRequirementsUpgrade(app),
		newRequirementsReport(app),
	}
}
