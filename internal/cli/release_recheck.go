package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/prepare"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/internal/release/releases"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/report"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

func newReleaseRecheck(app *App) *cobra.Command {
	var dir string
	var bills []string
	var layers bool
	cmd := &cobra.Command{
		Use:   "recheck VERSION",
		Short: "Find out a prepared release anew, and say what differs",
		Long: `Find out a prepared release anew, and say what differs.

The product is examined here, the deliverables that lie here are hashed, and the
preconditions judged, as release prepare does. What comes of it is held against
prepared.json: verdict, preconditions, deliverables, bills of materials, authors.
Not found out are the provenance that a build service told and the digests of the
evidence, which each machine makes for itself. It writes nothing.

The work tree must be at the commit that was prepared; what releasing wrote under
.plimsoll may have been committed since. Build the deliverables first, or bring
those that were built, and run the tests: evidence that exists on one machine
alone is a difference. Images in a registry are asked for by their digests.

Exit status: 0 nothing differs; 1 something does; 2 wrong usage.`,
		Example: `  git switch --detach v1.2.3 && make dist && plimsoll release recheck 1.2.3`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.releaseRecheck(cmd.Context(), args[0], dir, bills, layers)
		},
	}
	cmd.Flags().StringVarP(&dir, "dir", "C", ".", "the repository")
	cmd.Flags().StringArrayVar(&bills, "sbom", nil, "a bill of materials that the build wrote, as it was given to release prepare; may be repeated")
	cmd.Flags().BoolVar(&layers, "layers", false, "read and hash the layers of images in a registry, too")
	return cmd
}

func (app *App) releaseRecheck(ctx context.Context, version, dir string, bills []string, layers bool) error {
	standing, err := assess.Stand(ctx, assess.Options{Dir: dir, Getenv: app.Getenv, Clock: app.Clock, Handler: report.Tee(app.progress())})
	if err != nil {
		return err
	}
	if standing.Repo.Root() == "" {
		return fault.New(fault.Usage, "go to a clone with a work tree", "a release is examined in a work tree of git")
	}
	r, err := releases.Open(standing.Repo.Root(), version)
	if err != nil {
		return err
	}
	if r.Permit != nil {
		return fault.New(fault.Usage, "verify its bundle: `plimsoll verify`", "%s is sealed already", version)
	}
	if err := sameTree(ctx, standing.Repo, r.Prepared); err != nil {
		return err
	}
	request := prepare.Repeat(r.Prepared)
	request.Bills, request.Now, request.Getenv = bills, app.Clock(), app.Getenv
	request.Registry, request.Layers = registry.New(registry.Options{Getenv: app.Getenv}), layers
	stands := standingProduct(standing)
	if stands.Trust, err = app.trustIfAny(dir); err != nil {
		return err
	}
	draft, err := prepare.Prepare(ctx, stands, request)
	if err != nil {
		return err
	}
	return app.sayDifferences(r.Prepared, prepare.Differences(r.Prepared, draft))
}

// sameTree wants what lies here to be what was prepared, but for what releasing
// itself writes.
func sameTree(ctx context.Context, r *repo.Repo, p record.Prepared) error {
	back := "git switch --detach " + p.Commit
	if id, err := r.CommitOf(ctx, p.Commit); err != nil || id != p.Commit {
		return fault.New(fault.Missing, "fetch it", "the commit %.12s of the release %s is not here", p.Commit, p.Version)
	}
	changes, err := r.Changes(ctx, p.Commit, r.Head())
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(changes, func(c repo.TreeChange) bool { return !strings.HasPrefix(c.Path, record.Dir+"/") }); i >= 0 {
		return fault.New(fault.Usage, back, "%s is not as it was when %s was prepared", changes[i].Path, p.Version)
	}
	return nil
}

func (app *App) sayDifferences(p record.Prepared, all []string) error {
	name := p.Product + " " + p.Version
	if len(all) == 0 {
		app.printLines([]string{clean.Line(fmt.Sprintf("%s comes out here as it was prepared: gate %s, %d requirements, %d preconditions, %d deliverables",
			name, p.Verdict.Gate, len(p.Verdict.Requirements), len(p.Preconditions), len(p.Deliverables)))})
		if len(p.Statements) > 0 {
			app.printLines([]string{fmt.Sprintf("note: its provenance (%d statements) is the word of the machine that prepared it; nothing here can tell", len(p.Statements))})
		}
		return nil
	}
	lines := []string{clean.Line(fmt.Sprintf("%s comes out otherwise here, in %d places:", name, len(all)))}
	for _, d := range all {
		lines = append(lines, clean.Line("  "+d))
	}
	app.printLines(lines)
	app.status = fault.ExitNotMet
	return nil
}
