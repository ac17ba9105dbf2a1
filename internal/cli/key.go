package cli

import (
	"crypto/ed25519"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

func newKey(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "key",
		Short: "The key that signs evidence on this machine",
		Long: `The key that signs evidence on this machine: Ed25519, made on first use and
kept in the user's configuration folder (or in the folder that PLIMSOLL_KEYS
names). The private half never leaves that folder.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return app.keyShow() },
	}
	cmd.AddCommand(
		&cobra.Command{Use: "show", Short: "List the key in use and those retired", Args: cobra.NoArgs,
			RunE: func(*cobra.Command, []string) error { return app.keyShow() }},
		newKeyExport(app),
		newKeyRotate(app), newKeyNew(app), newKeyPublic(app), newKeyCeremony(app), newKeyCompromise(app), newKeyDrill(app),
	)
	return cmd
}

func newKeyRotate(app *App) *cobra.Command {
	var f rotation
	cmd := &cobra.Command{Use: "rotate", Short: "Retire the key and make a new one; with --trust, one of the organisation's", Args: cobra.NoArgs,
		Long: `Retire this machine's key and make a new one. What the old key signed can still be
verified, and nothing new can be signed with it: its private half is gone.

With --trust it is a key of the organisation that is exchanged for another: the
next version of the trust file is drafted, for enough people to sign. What the old
key sealed stays good, so destroy it, or begin a new epoch with --new-epoch.`,
		Example: `  plimsoll key rotate
  plimsoll key rotate --trust trust.json --old ada --new ada-2=ed25519:…`,
		RunE: func(*cobra.Command, []string) error {
			if f.trust == "" && f.old == "" && f.fresh == "" {
				return app.keyRotate()
			}
			return app.rotate(f)
		}}
	f.flags(cmd)
	return cmd
}

func newKeyExport(app *App) *cobra.Command {
	var line bool
	cmd := &cobra.Command{Use: "export", Short: "Print the public half, in PEM or on one line", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return app.keyExport(line) }}
	cmd.Flags().BoolVar(&line, "line", false, "on one line, as product.yaml holds it")
	return cmd
}

func (app *App) keys() *evidence.Keys {
	return evidence.OpenKeys(evidence.DefaultKeysDir(app.Getenv, ".plimsoll-keys"))
}

func (app *App) keyShow() error {
	all, err := app.keys().All()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(app.Stdout, "no key yet: the first `plimsoll check` makes one")
		return err
	}
	for _, k := range all {
		use := "in use since"
		if k.Retired {
			use = "retired on  "
		}
		if _, err := fmt.Fprintf(app.Stdout, "%s  ed25519  %s %s\n", k.ID, use, k.Since.UTC().Format(time.DateOnly)); err != nil {
			return err
		}
	}
	return nil
}

func (app *App) keyExport(line bool) error {
	private, err := app.keys().Private()
	if err != nil {
		return err
	}
	public := private.Public().(ed25519.PublicKey)
	if line {
		_, err := fmt.Fprintln(app.Stdout, evidence.KeyLine(public))
		return err
	}
	text, err := evidence.EncodePublic(public)
	if err != nil {
		return err
	}
	_, err = app.Stdout.Write(text)
	return err
}

func (app *App) keyRotate() error {
	all, err := app.keys().All()
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fault.New(fault.NotFound, "the first `plimsoll check` makes one", "there is no key to retire")
	}
	old, fresh, err := app.keys().Rotate()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(app.Stdout, "retired  %s\nin use   %s\n", old.ID, fresh.ID)
	return err
}
