package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/deliverable"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/internal/release/seal"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/verify"
)

func newReleaseSeal(app *App) *cobra.Command {
	var f sealFlags
	var maxAge time.Duration
	var layers bool
	cmd := &cobra.Command{
		Use:   "seal VERSION --key URI",
		Short: "Sign an approved release, log it, and write its bundle",
		Long: `Sign an approved release, log it, and write its bundle.

What was prepared is held against the clock and the deliverables once more. Then
the permit is signed: once, or, where the trust file asks for several people, by
one after the other, each with their own key on their own machine; the permit
waits in pending.json meanwhile, which git carries. Its bytes are fixed by the
first signature, and each next signer makes it anew and compares before signing.
With the last signature it goes into the organisation's log, and the bundle is
written to .plimsoll/releases/VERSION/. A registry is asked where an image was
prepared from one, for the very digest.

Killed at any moment, it leaves the release sealed or not sealed; run again, it
goes on. Exit status 0: sealed; 4: it waits for people or witnesses.`,
		Example: `  plimsoll release seal 1.2.3 --key ada.key --log /srv/log
  plimsoll release seal 1.2.3 --key bob.key --log /srv/log   # the second person`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.releaseSeal(cmd.Context(), args[0], f, maxAge, layers)
		},
	}
	f.add(cmd)
	addSpan(cmd.Flags(), &maxAge, "max-age", 24*time.Hour, "how old the verdict may be when somebody signs")
	cmd.Flags().BoolVar(&layers, "layers", false, "read and hash the layers of images in a registry, too")
	return cmd
}

func (app *App) releaseSeal(ctx context.Context, version string, f sealFlags, maxAge time.Duration, layers bool) error {
	if maxAge <= 0 || maxAge > 30*24*time.Hour {
		return fault.New(fault.Usage, "give --max-age 24h", "a verdict may be up to 30 days old, not %s", maxAge)
	}
	desk, err := app.desk(ctx, f.dir)
	if err != nil {
		return err
	}
	if f.dir = desk.Repo().Root(); f.dir == "" {
		return fault.New(fault.Usage, "go to a clone with a work tree", "a release is sealed in a work tree of git")
	}
	trust, signers, log, err := f.open(ctx, app)
	if err != nil {
		return err
	}
	defer closeAll(signers)
	r, err := seal.Seal(ctx, seal.Options{Dir: f.dir, Version: version, Trust: trust, Signers: signers, Log: log, Now: app.Clock, MaxAge: maxAge, Restart: f.restart,
		Ready: func(ctx context.Context, p record.Prepared, raw []byte, approvals [][]byte) ([]verify.Approved, error) {
			return app.approved(ctx, f.dir, trust, p, raw, approvals)
		},
		Rehash: func(ctx context.Context, p record.Prepared) error { return app.rehash(ctx, f.dir, layers, p) }})
	if err != nil {
		return refusal(err)
	}
	return app.saySealed(r)
}

func (app *App) saySealed(r *seal.Result) error {
	p := r.Permit
	what := clean.Line(p.Product + " " + p.Version)
	switch r.State {
	case seal.Pending:
		fmt.Fprintf(app.Stdout, "%s waits for more signatures: %s\n", what, clean.Line(r.Lacks))
		fmt.Fprintf(app.Stdout, "commit .plimsoll/releases/%s/pending.json, and have the next person run `plimsoll release seal %s --key …`\n", clean.Line(p.Version), clean.Line(p.Version))
		app.status = fault.ExitIncomplete
	case seal.Unwitnessed:
		fmt.Fprintf(app.Stdout, "%s is logged as entry %d and waits for witnesses: %s\n", what, r.Index, clean.Line(r.Lacks))
		fmt.Fprintf(app.Stdout, "once they have run `plimsoll log witness`: plimsoll release seal %s\n", clean.Line(p.Version))
		app.status = fault.ExitIncomplete
	case seal.Already:
		fmt.Fprintf(app.Stdout, "%s is sealed already: %s\n", what, r.Path)
	default:
		fmt.Fprintf(app.Stdout, "sealed %s as release %d of %s, until %s\n", what, p.Sequence, clean.Line(p.Product), p.Expires.UTC().Format(time.DateOnly))
		if r.Index >= 0 {
			fmt.Fprintf(app.Stdout, "it is entry %d of the log\n", r.Index)
		}
		fmt.Fprintf(app.Stdout, "permit %s\nwrote %s\n", r.Digest, r.Path)
	}
	return nil
}

// rehash holds what is handed over, as it lies there now, against what was
// prepared.
func (app *App) rehash(ctx context.Context, dir string, layers bool, p record.Prepared) error {
	taker := deliverable.Taker{Root: dir, Registry: registry.New(registry.Options{Getenv: app.Getenv}), Layers: layers}
	for _, d := range p.Deliverables {
		if err := taker.Again(ctx, d); err != nil {
			return err
		}
	}
	return nil
}
