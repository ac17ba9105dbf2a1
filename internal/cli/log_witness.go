package cli

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
)

type witnessFlags struct {
	logFlags
	name, signer string
	add          string
	showKey      bool
}

func newLogWitness(app *App) *cobra.Command {
	var f witnessFlags
	cmd := &cobra.Command{
		Use:   "witness DIR|URL --name NAME --key URI",
		Short: "Cosign the newest checkpoint as a witness, or add a cosigned one to its log",
		Long: `Cosign the newest checkpoint of a log: a witness says that this checkpoint is
consistent with every one that it signed before (C2SP cosignature/v1). It
remembers what it signed before it gives the signature away.

The cosigned checkpoint goes into the folder of the log; where the log is behind
an address it is printed, for the log's owner to add with --add FILE. Submitting
by HTTP (C2SP tlog-witness) is not supported.`,
		Example: `  plimsoll log witness /srv/log --name witness.example.org --key witness.key
  plimsoll log witness https://log.example.org/releases --name w.example.org --key w.key > cosigned
  plimsoll log witness /srv/log --add cosigned --witness-key w.example.org+…
  plimsoll log witness --show-key --name w.example.org --key w.key`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.logWitness(cmd.Context(), args, f) },
	}
	f.logFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.name, "name", "", "what the witness is called")
	flags.StringVar(&f.signer, "key", "", "the witness's key (Ed25519), as `plimsoll release seal --key` takes it")
	flags.StringVar(&f.add, "add", "", "add the cosigned checkpoint in this file to the log's folder")
	flags.BoolVar(&f.showKey, "show-key", false, "print the witness's verifier key, for the trust file")
	return cmd
}

func (app *App) logWitness(ctx context.Context, args []string, f witnessFlags) error {
	switch {
	case f.showKey:
		return app.witnessKey(ctx, f)
	case len(args) != 1:
		return fault.New(fault.Usage, "`plimsoll log witness --help` shows how", "a witness needs a log")
	case f.add != "":
		return app.witnessAdd(ctx, args[0], f)
	}
	signer, err := app.witnessSigner(ctx, f)
	if err != nil {
		return err
	}
	defer signer.Close()
	v, log, err := app.view(ctx, args[0], f.logFlags)
	if err != nil {
		return err
	}
	memory, err := app.memory(f.logFlags, log, "witness-"+signer.Key().ID[:16])
	if err != nil {
		return err
	}
	cosigned, err := translog.Cosign(ctx, v, log, memory, f.name, signer, app.Clock)
	if err != nil {
		return err
	}
	if info, err := os.Stat(args[0]); err != nil || !info.IsDir() {
		_, err = app.Stdout.Write(cosigned)
		return err
	}
	return app.publish(ctx, args[0], cosigned, f)
}

func (app *App) witnessSigner(ctx context.Context, f witnessFlags) (keySigner, error) {
	if f.name == "" || f.signer == "" {
		return nil, fault.New(fault.Usage, "add --name witness.example.org --key FILE", "a witness needs a name and a key")
	}
	return app.openKey(ctx, f.signer)
}

func (app *App) witnessKey(ctx context.Context, f witnessFlags) error {
	signer, err := app.witnessSigner(ctx, f)
	if err != nil {
		return err
	}
	defer signer.Close()
	line, err := translog.CosignatureKey(f.name, signer.Key())
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(app.Stdout, line)
	return err
}

func (app *App) witnessAdd(ctx context.Context, dir string, f witnessFlags) error {
	cosigned, err := readSmall(f.add)
	if err != nil {
		return fault.Wrap(fault.NotFound, err, "give the file that the witness made", "reading the cosigned checkpoint")
	}
	return app.publish(ctx, dir, cosigned, f)
}

func (app *App) publish(ctx context.Context, dir string, cosigned []byte, f witnessFlags) error {
	log, witnesses, err := app.logKeys(f.logFlags)
	if err != nil {
		return err
	}
	c, err := translog.Publish(ctx, dir, cosigned, log, witnesses...)
	if err != nil {
		return err
	}
	known := "none that the trust file or --witness-key names"
	if len(c.Witnesses) > 0 {
		known = strings.Join(c.Witnesses, ", ")
	}
	_, err = fmt.Fprintf(app.Stdout, "the checkpoint of %d entries is cosigned by: %s\n", c.Tree.N, known)
	return err
}
