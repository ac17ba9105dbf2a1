package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/release/keyring"
	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/p256"
)

func newKeyNew(app *App) *cobra.Command {
	var algorithm string
	var plain bool
	cmd := &cobra.Command{
		Use:   "new FILE",
		Short: "Make one of the organisation's keys",
		Long: `Make one of the organisation's keys: a file that is encrypted with a passphrase
(by age), readable by you alone. What is printed is the public half, for the
ceremony, and its fingerprint, to read aloud.`,
		Example: `  plimsoll key new ada.key
  PLIMSOLL_PASSPHRASE_FILE=/run/credentials/pass plimsoll key new --algorithm ecdsa-p256 build.key`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return app.keyNew(args[0], algorithm, plain) },
	}
	cmd.Flags().Var(enum(&algorithm, "ed25519", "ed25519", "ecdsa-p256", "ml-dsa-65"), "algorithm", "ed25519, ecdsa-p256, or ml-dsa-65 for a second signature that quantum computers do not forge")
	cmd.Flags().BoolVar(&plain, "no-passphrase", false, "leave it unencrypted, for a disk or a store that encrypts it")
	return cmd
}

func (app *App) keyNew(path, algorithm string, plain bool) error {
	passphrase := ""
	if !plain {
		var err error
		if passphrase, err = app.newPassphrase("the new key " + path); err != nil {
			return err
		}
	}
	key, err := keyring.Create(path, verify.Algorithm(algorithm), passphrase)
	if err != nil {
		return err
	}
	app.printLines([]string{key.Line(), "fingerprint " + fingerprint(key.ID)})
	return nil
}

// fingerprint is the first half of a key's id in groups that can be read aloud:
// 128 bits, more than anybody can search for.
func fingerprint(id string) string {
	var groups []string
	for i := 0; i+4 <= min(32, len(id)); i += 4 {
		groups = append(groups, id[i:i+4])
	}
	return strings.Join(groups, " ")
}

// openKey opens a key of the organisation, wherever it is kept.
func (app *App) openKey(ctx context.Context, uri string) (keySigner, error) {
	return keyring.Open(ctx, uri, app.passphrase)
}

// keyLine reads "NAME=KEY", as the ceremony takes them.
func keyLine(text string) (name string, key verify.Key, err error) {
	name, line, ok := strings.Cut(text, "=")
	if !ok {
		return "", key, fmt.Errorf("%q: expected NAME=ed25519:…", text)
	}
	key, err = verify.ParseKey(line)
	if err == nil && key.Algorithm == verify.ECDSAP256 && !p256.Valid(key.Public) {
		err = fmt.Errorf("the key of %s is no point on the curve P-256: nothing could be signed with it", strings.TrimSpace(name))
	}
	return strings.TrimSpace(name), key, err
}
