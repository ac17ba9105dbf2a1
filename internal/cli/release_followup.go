package cli

import (
	"context"
	"crypto/ed25519"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/releases"
	"github.com/plimsoll-dev/plimsoll/verify"
)

type followUpFlags struct {
	dir, because string
	done, yes    bool
}

func newReleaseFollowUp(app *App) *cobra.Command {
	var f followUpFlags
	cmd := &cobra.Command{
		Use:   "follow-up VERSION --done --because TEXT",
		Short: "Say that what an emergency release promised is done",
		Long: `Say that what an emergency release promised is done, signed with this machine's
key, which product.yaml must list under an owner. Until somebody does, no further
release can be prepared.`,
		Example: `  plimsoll release follow-up 1.2.4 --done --because "load test of 2026-06-04: no session is mixed up"`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.releaseFollowUp(cmd.Context(), args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.BoolVar(&f.done, "done", false, "it is done")
	flags.StringVar(&f.because, "because", "", "how you know")
	flags.BoolVar(&f.yes, "yes", false, "sign without being asked")
	return cmd
}

func (app *App) releaseFollowUp(ctx context.Context, version string, f followUpFlags) error {
	if !f.done || len(strings.Fields(f.because)) < 3 {
		return fault.New(fault.Usage, `add --done --because "how you know"`, "a follow-up needs the word that it is done, and a reason of three words or more")
	}
	desk, err := app.desk(ctx, f.dir)
	if err != nil {
		return err
	}
	r, err := releases.Open(desk.Repo().Root(), version)
	if err != nil {
		return err
	}
	e := r.Prepared.Emergency
	if e == nil {
		return fault.New(fault.Usage, "nothing is left to do", "%s is no emergency release", version)
	}
	key, err := app.keys().Private()
	if err != nil {
		return err
	}
	public := key.Public().(ed25519.PublicKey)
	who, listed := desk.Signer(public)
	if !listed {
		return fault.New(fault.Untrusted, "have it listed under your name: keys: ["+evidence.KeyLine(public)+"]", "%s lists the key of this machine under no owner", product.Path)
	}
	app.printLines([]string{version + " promised: " + e.FollowUp})
	if err := app.confirm("say as "+who.Name+" that it is done?", f.yes); err != nil {
		return err
	}
	word := approval.FollowUp{Product: r.Prepared.Product, Version: version, Prepared: verify.Digest(r.Raw), Promised: e.FollowUp,
		Because: f.because, By: who.Name, Recorded: app.Clock().UTC().Truncate(time.Second)}
	line, err := approval.SignFollowUp(word, approval.Subjects(r.Prepared), key)
	if err != nil {
		return err
	}
	return app.writeEnvelope(desk, record.Dir+"/"+version+"/"+releases.FollowUpFile, append(line, '\n'))
}
