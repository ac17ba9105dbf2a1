package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/revoke"
	"github.com/plimsoll-dev/plimsoll/internal/release/seal"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/verify"
)

type revokeFlags struct {
	sealFlags
	because, instead, by string
	sign, renew          bool
	validFor             time.Duration
}

func newReleaseRevoke(app *App) *cobra.Command {
	var f revokeFlags
	cmd := &cobra.Command{
		Use:   "revoke [VERSION] --because TEXT --key URI",
		Short: "Take a permit back",
		Long: `Take a permit back: the organisation's list of revocations names it from then on,
with the reason and the version to use instead. The list is signed by the keys
that the trust file names for it (role "revoke", else "root"), where it asks for
several by one person after the other (--sign), and goes into the log. Hand
.plimsoll/revocations.json out to those who verify; it ends, so that nobody can
be kept from news for ever, and --renew gives it a later end.`,
		Example: `  plimsoll release revoke 1.2.3 --because "it leaks sessions" --instead 1.2.4 --key ada.key
  plimsoll release revoke --sign --key bob.key     # the second person
  plimsoll release revoke --renew --key ada.key    # nothing new, a later end`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.releaseRevoke(cmd.Context(), args, f)
		},
	}
	f.sealFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.because, "because", "", "why it is taken back")
	flags.StringVar(&f.instead, "instead", "", "the version to use instead")
	flags.StringVar(&f.by, "by", "", "who takes it back (default: git's user.name)")
	flags.BoolVar(&f.sign, "sign", false, "sign the list that waits for signatures")
	flags.BoolVar(&f.renew, "renew", false, "give the list a later end")
	addSpan(flags, &f.validFor, "valid-for", 90*24*time.Hour, "how long the list stands")
	return cmd
}

func (app *App) releaseRevoke(ctx context.Context, args []string, f revokeFlags) error {
	if err := f.check(args); err != nil {
		return err
	}
	trust, signers, log, err := f.open(ctx, app)
	if err != nil {
		return err
	}
	defer closeAll(signers)
	o := revoke.Options{Dir: f.dir, Trust: trust, Signers: signers, Log: log, Now: app.Clock, Renew: f.renew, ValidFor: f.validFor, Restart: f.restart}
	if len(args) == 1 {
		taken, err := app.takenBack(ctx, args[0], f)
		if err != nil {
			return err
		}
		o.New = []verify.Revocation{taken}
	}
	r, err := revoke.Revoke(ctx, o)
	if err != nil {
		return refusal(err)
	}
	app.sayRevoked(r)
	return nil
}

func (f revokeFlags) check(args []string) error {
	modes := len(args)
	for _, on := range []bool{f.sign, f.renew} {
		if on {
			modes++
		}
	}
	switch {
	case modes != 1:
		return fault.New(fault.Usage, "give VERSION, --sign or --renew", "expected one thing to do, got %d", modes)
	case len(args) == 1 && strings.TrimSpace(f.because) == "":
		return fault.New(fault.Usage, `add --because "what is wrong with it"`, "a revocation needs a reason")
	case f.validFor <= 0:
		return fault.New(fault.Usage, "give --valid-for 2160h", "a list that has ended already revokes nothing")
	}
	return nil
}

// takenBack is the revocation of a sealed version.
func (app *App) takenBack(ctx context.Context, version string, f revokeFlags) (verify.Revocation, error) {
	permit, digest, err := seal.PermitOf(f.dir, version)
	if err != nil {
		return verify.Revocation{}, err
	}
	desk, err := app.desk(ctx, f.dir)
	if err != nil {
		return verify.Revocation{}, err
	}
	by, err := decider(ctx, desk.Repo(), f.by)
	return verify.Revocation{Permit: digest, Product: permit.Product, Version: permit.Version, Since: app.Clock().UTC().Truncate(time.Second),
		Because: strings.TrimSpace(f.because), By: by, Instead: f.instead}, err
}

func (app *App) sayRevoked(r *revoke.Result) {
	for _, x := range r.Added {
		fmt.Fprintf(app.Stdout, "%s %s, permit %s: %s (%s)\n", clean.Line(x.Product), clean.Line(x.Version), x.Permit, clean.Line(x.Because), clean.Line(x.By))
	}
	if r.Pending {
		fmt.Fprintf(app.Stdout, "the list waits for more signatures: %s\ncommit %s, and have the next person run `plimsoll release revoke --sign --key …`\n", clean.Line(r.Lacks), revoke.PendingFile)
		app.status = fault.ExitIncomplete
		return
	}
	fmt.Fprintf(app.Stdout, "version %d of the list of revocations stands until %s; hand out .plimsoll/revocations.json\n", r.Document.Version, r.Document.Expires.UTC().Format(time.DateOnly))
	if r.Index >= 0 {
		fmt.Fprintf(app.Stdout, "it is entry %d of the log\n", r.Index)
	}
}
