package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/sealing"
)

type boxFlags struct {
	trust, to, organisation, product, minVersion string
}

func newSeal(app *App) *cobra.Command {
	var f boxFlags
	cmd := &cobra.Command{
		Use:   "seal NAME",
		Short: "Seal a secret that only a verified program gets",
		Long: `Seal the secret on standard input for one product of the organisation, and write
it to standard output. plimsoll guard --unseal NAME=FILE gives it to that program
once it was verified; verify.Permit.Unseal does the same inside a Go program. One
line break at its end is left out.

Who has the key of plimsoll seal keygen can open it without any permit: keep that
key where only the guard gets at it.`,
		Example: `  plimsoll seal keygen /etc/app/unseal.key >unseal.pub
  plimsoll seal DATABASE --to unseal.pub --product app --min-version 1.2.0 <password >database.sealed`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error { return app.seal(args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.to, "to", "", "the public key to seal for: its file or its line")
	flags.StringVar(&f.product, "product", "", "the product that gets it")
	flags.StringVar(&f.minVersion, "min-version", "", "the first version that gets it")
	flags.StringVar(&f.organisation, "organisation", "", "the organisation that the product is of (default: the trust file's)")
	flags.StringVar(&f.trust, "trust", "", "the organisation's trust file (default: PLIMSOLL_TRUST, else trust.json in the configuration folder)")
	cmd.AddCommand(&cobra.Command{
		Use:   "keygen FILE",
		Short: "Make a key to unseal with: write it to FILE, print its public half",
		Args:  cobra.ExactArgs(1),
		RunE:  func(_ *cobra.Command, args []string) error { return app.sealKeygen(args[0]) },
	})
	return cmd
}

func (app *App) seal(name string, f boxFlags) error {
	if f.to == "" || f.product == "" {
		return fault.New(fault.Usage, "give --to PUBLIC and --product NAME", "sealing %s: for whom?", name)
	}
	if f.organisation == "" {
		trust, err := app.trust(f.trust)
		if err != nil {
			return err
		}
		f.organisation = trust.Document().Organisation
	}
	public, err := sealPublic(f.to)
	if err != nil {
		return err
	}
	secret, err := io.ReadAll(io.LimitReader(app.Stdin, verify.MaxSecret+2))
	if err != nil {
		return fault.Wrap(fault.Incomplete, err, "give the secret on standard input", "sealing %s", name)
	}
	secret = bytes.TrimSuffix(secret, []byte("\n"))
	if len(secret) == 0 {
		return fault.New(fault.Usage, "give the secret on standard input", "sealing %s: there is no secret", name)
	}
	box, err := sealing.Seal(verify.Sealed{Name: name, Organisation: f.organisation, Product: f.product, MinVersion: f.minVersion}, secret, public)
	if err != nil {
		return refusal(err)
	}
	_, err = app.Stdout.Write(box)
	return err
}

func sealPublic(to string) (*sealing.Public, error) {
	text := []byte(to)
	if !strings.Contains(to, ":") {
		var err error
		if text, err = readNamed(to, 4096); err != nil {
			return nil, err
		}
	}
	public, err := sealing.ParsePublic(text)
	if err != nil {
		return nil, refusal(err)
	}
	return public, nil
}

// sealKeygen never writes over a key: what was sealed for it would be lost.
func (app *App) sealKeygen(path string) error {
	key, err := sealing.Generate()
	if err != nil {
		return refusal(err)
	}
	text, err := key.Marshal()
	if err != nil {
		return refusal(err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.Wrap(fault.Usage, err, "name a file that does not exist yet", "writing the key %s", path)
	}
	if _, err = f.Write(text); err == nil {
		err = f.Sync()
	}
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err != nil {
		os.Remove(path)
		return fault.Wrap(fault.Incomplete, err, "", "writing the key %s", path)
	}
	_, err = fmt.Fprintln(app.Stdout, key.Public())
	return err
}
