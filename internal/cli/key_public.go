package cli

import (
	"context"

	"github.com/spf13/cobra"
)

func newKeyPublic(app *App) *cobra.Command {
	return &cobra.Command{
		Use:   "public URI",
		Short: "Print the public half of one of the organisation's keys, wherever it is kept",
		Long: `Print the public half of one of the organisation's keys, as plimsoll key new does
for a new one: the line that a ceremony takes, and the fingerprint to compare.

URI is what --key takes: a file, ssh-agent:SHA256:…, pkcs11:…, awskms://…,
gcpkms://…, azurekms://…, hashivault://…; see plimsoll docs keys.`,
		Example: `  plimsoll key public ada.key
  plimsoll key public 'pkcs11:token=release;object=seal?module-path=/usr/lib/softhsm/libsofthsm2.so'`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.keyPublic(cmd.Context(), args[0]) },
	}
}

func (app *App) keyPublic(ctx context.Context, uri string) error {
	s, err := app.openKey(ctx, uri)
	if err != nil {
		return err
	}
	key := s.Key()
	app.printLines([]string{key.Line(), "fingerprint " + fingerprint(key.ID)})
	return s.Close()
}
