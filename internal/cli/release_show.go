package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/releases"
)

func newReleaseShow(app *App) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "show [VERSION]",
		Short: "Show a release: verdict, preconditions, deliverables, approvals",
		Long: `Show a release: verdict, preconditions and why, deliverables, who approved and who
must. Without a version it is the latest. Approvals are verified; a sealed bundle
is not, for that is plimsoll verify.`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.releaseShow(cmd.Context(), dir, args)
		},
	}
	cmd.Flags().StringVarP(&dir, "dir", "C", ".", "the repository")
	return cmd
}

func (app *App) releaseShow(ctx context.Context, dir string, args []string) error {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return err
	}
	r, err := oneRelease(desk.Repo().Root(), args)
	if err != nil {
		return err
	}
	given, err := approval.Open(r.Prepared, r.Raw, r.Approvals, desk.Product().Owners)
	app.showRelease(r, given, desk.Product().Owners)
	if err != nil || r.Permit != nil {
		return err
	}
	trust, err := app.trustIfAny(dir)
	if err != nil {
		return err
	}
	return again(ctx, desk, trust, r.Prepared)
}

func oneRelease(root string, args []string) (releases.Release, error) {
	if len(args) == 1 {
		return releases.Open(root, args[0])
	}
	all, err := releases.All(root)
	if err != nil {
		return releases.Release{}, err
	}
	if len(all) == 0 {
		return releases.Release{}, fault.New(fault.NotFound, "`plimsoll release prepare VERSION` prepares one", "there is no release")
	}
	return all[len(all)-1], nil
}

// showRelease prints a release for whoever is to approve it, or looks at it.
func (app *App) showRelease(r releases.Release, given []approval.Given, owners []product.Owner) {
	p := r.Prepared
	lines := []string{fmt.Sprintf("%s %s, %s", p.Product, p.Version, stateOf(r, given)),
		fmt.Sprintf("  commit      %s", p.Commit),
		fmt.Sprintf("  prepared    %s by %s", p.PreparedAt.Format(time.DateOnly), p.PreparedBy)}
	if p.Previous != "" {
		lines = append(lines, "  after       "+p.Previous)
	}
	lines = append(lines, "  written by  "+strings.Join(p.Authors, ", "), fmt.Sprintf("  gate        %s: %s", p.Verdict.Gate, p.Verdict.Reason))
	if p.Verdict.FreshUntil != nil {
		lines = append(lines, "  fresh until "+p.Verdict.FreshUntil.Format(time.DateOnly))
	}
	app.printLines(lines)
	app.showConditions(r)
	for _, d := range p.Deliverables {
		app.printLines([]string{fmt.Sprintf("  %-5s       %s  %s", d.Kind, d.Digest, d.Name)})
	}
	for _, g := range given {
		app.printLines([]string{strings.TrimRight(fmt.Sprintf("  approved    by %s as %s on %s  %s", g.By, firstOf(g.Role, "owner"), g.Predicate.Recorded.Format(time.DateOnly), g.Predicate.Says), " ")})
	}
	if filled, all := approval.Count(p.Needs, given); filled < all {
		app.printLines([]string{fmt.Sprintf("  approvals   %d of %d: %s", filled, all, wanted(p.Needs, ""))})
	}
	if r.Permit != nil {
		app.printLines([]string{fmt.Sprintf("  permit      %s, release %d, until %s", r.Digest, r.Permit.Sequence, r.Permit.Expires.Format(time.DateOnly))})
	}
	app.showFollowUp(r, owners)
}

func (app *App) showConditions(r releases.Release) {
	for _, c := range r.Prepared.Preconditions {
		mark := "met"
		if !c.Met {
			mark = "NOT MET"
		}
		if c.Waived != "" {
			mark = "waived"
		}
		app.printLines([]string{fmt.Sprintf("  %-10s  %s: %s", mark, c.ID, c.Because)})
	}
	if e := r.Prepared.Emergency; e != nil {
		app.printLines([]string{fmt.Sprintf("  EMERGENCY   %s", e.Because),
			fmt.Sprintf("              until %s; %s answer for it; afterwards: %s", e.Until.Format(time.RFC3339), strings.Join(e.By, " and "), e.FollowUp)})
	}
}

// showFollowUp says whether what an emergency promised is done.
func (app *App) showFollowUp(r releases.Release, owners []product.Owner) {
	if r.Prepared.Emergency == nil || owners == nil {
		return
	}
	if r.FollowUp == nil {
		app.printLines([]string{"  follow-up   open; the next release waits for it"})
		return
	}
	f, err := approval.OpenFollowUp(r.Raw, r.FollowUp, owners)
	if err != nil {
		app.printLines([]string{"  follow-up   does not count: " + err.Error()})
		return
	}
	app.printLines([]string{fmt.Sprintf("  follow-up   done, says %s on %s: %s", f.By, f.Recorded.Format(time.DateOnly), f.Because)})
}

func stateOf(r releases.Release, given []approval.Given) string {
	filled, all := approval.Count(r.Prepared.Needs, given)
	switch {
	case r.Permit != nil:
		return "sealed"
	case r.Pending:
		return "being signed"
	case filled == all:
		return "approved"
	}
	return "prepared"
}

func newReleaseList(app *App) *cobra.Command {
	var dir string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the releases: prepared, approved, sealed",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.releaseList(cmd.Context(), dir)
		},
	}
	cmd.Flags().StringVarP(&dir, "dir", "C", ".", "the repository")
	return cmd
}

func (app *App) releaseList(ctx context.Context, dir string) error {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return err
	}
	all, err := releases.All(desk.Repo().Root())
	if err != nil {
		return err
	}
	if len(all) == 0 {
		app.printLines([]string{"there is no release; `plimsoll release prepare VERSION` prepares one"})
	}
	for _, r := range all {
		given, err := approval.Open(r.Prepared, r.Raw, r.Approvals, desk.Product().Owners)
		state := stateOf(r, given)
		if err != nil {
			state = "approvals do not count"
		}
		more := ""
		if r.Prepared.Emergency != nil {
			more = "  emergency"
		}
		app.printLines([]string{fmt.Sprintf("%-16s  %-12s  %s  gate %s%s", r.Version, state, r.Prepared.PreparedAt.Format(time.DateOnly), r.Prepared.Verdict.Gate, more)})
	}
	return nil
}
