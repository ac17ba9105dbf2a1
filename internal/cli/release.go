package cli

import "github.com/spf13/cobra"

func newRelease(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "release",
		Short: "Prepare, approve, seal and watch releases",
		Long: `Prepare, approve, seal and watch releases. A release ends in a permit: a signed
statement that these very files were found fit to ship, by whom, and until when.
See plimsoll docs release.`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(newReleasePrepare(app), newReleaseRecheck(app), newReleaseApprove(app), newReleaseShow(app), newReleaseList(app), newReleaseDiff(app), newReleaseFollowUp(app),
		newReleaseWatch(app), newReleaseSeal(app), newReleaseRevoke(app), newReleaseExport(app), newReleasePublish(app))
	return cmd
}
