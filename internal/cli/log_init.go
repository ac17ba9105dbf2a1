package cli

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
)

func newLogInit(app *App) *cobra.Command {
	var origin, key string
	cmd := &cobra.Command{
		Use:   "init DIR --origin NAME",
		Short: "Make an empty log",
		Long: `Make an empty log in a folder. NAME is what the log is called for ever, by custom
the address at which it is served, without https://.

The log's key signs its checkpoints. Give a key of your own with --key (as
` + "`plimsoll release seal --key`" + ` takes it; Ed25519), or one is made and written to
DIR.key, readable by you alone: outside the folder, since the folder is
published. The line that is printed goes into the trust file.`,
		Example: `  plimsoll log init /srv/log --origin log.example.org/releases`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.logInit(cmd.Context(), args[0], origin, key)
		},
	}
	cmd.Flags().StringVar(&origin, "origin", "", "what the log is called")
	cmd.Flags().StringVar(&key, "key", "", "the log's key (default: one is made, in DIR.key)")
	return cmd
}

func (app *App) logInit(ctx context.Context, dir, origin, key string) error {
	if origin == "" || strings.ContainsAny(origin, "+ \t\r\n") {
		return fault.New(fault.Usage, "add --origin log.example.org/releases", "a log needs a name, without spaces and without +")
	}
	dir = strings.TrimRight(dir, `/\`)
	if key == "" {
		key = dir + ".key"
		if err := makeNoteKey(key, origin); err != nil {
			return err
		}
	}
	signer, line, err := app.logSigner(ctx, key, origin)
	if err != nil {
		return err
	}
	verifier, err := translog.NewVerifier(line)
	if err != nil {
		return err
	}
	if _, err := translog.Init(ctx, dir, signer, verifier); err != nil {
		return err
	}
	_, err = fmt.Fprintf(app.Stdout, "made the log %s in %s, with the key in %s\nverifier key, for the trust file:\n%s\n", origin, dir, key, line)
	return err
}

// makeNoteKey writes a new key in the form of notes; one that is there stays.
func makeNoteKey(path, origin string) error {
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	private, _, err := note.GenerateKey(rand.Reader, origin)
	if err != nil {
		return fmt.Errorf("making the log's key: %w", err)
	}
	return durable.WriteFile(path, []byte(private+"\n"), 0o600)
}

// noteKeyMark opens a private key in the form of notes.
const noteKeyMark = "PRIVATE+KEY+"

// logSigner opens the log's key: a file in the form of notes, or any key that
// seals. The name of the former is in the file, that of the latter is origin.
func (app *App) logSigner(ctx context.Context, key, origin string) (signer note.Signer, line string, err error) {
	if data, err := readSmall(strings.TrimPrefix(key, "file:")); err == nil && strings.HasPrefix(string(data), noteKeyMark) {
		return noteFileSigner(strings.TrimSpace(string(data)), origin)
	}
	s, err := app.openKey(ctx, key)
	if err != nil {
		return nil, "", err
	}
	if signer, err = translog.NewSigner(origin, s); err != nil {
		return nil, "", err
	}
	line, err = translog.VerifierKey(origin, s.Key())
	return signer, line, err
}

func noteFileSigner(text, origin string) (note.Signer, string, error) {
	bad := func(why string) error {
		return fault.New(fault.Config, "give the key that `plimsoll log init` wrote", "reading the log's key: %s", why)
	}
	signer, err := note.NewSigner(text)
	if err != nil {
		return nil, "", bad("it is broken")
	}
	if origin != "" && signer.Name() != origin {
		return nil, "", bad(fmt.Sprintf("it is the key of %q, expected %q", signer.Name(), origin))
	}
	line, err := translog.PublicLine(text)
	if err != nil {
		return nil, "", bad(err.Error())
	}
	return signer, line, nil
}

// readSmall reads a file that holds a key.
func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > 1<<20 {
		return nil, fmt.Errorf("%s is no file of a key", path)
	}
	return os.ReadFile(path)
}
