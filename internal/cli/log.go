package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"
	"golang.org/x/mod/sumdb/note"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
)

// logFlags are what every command that reads a log needs: whose log it is, and
// where what was seen of it is remembered.
type logFlags struct {
	trust, key, state string
	witnesses         []string
}

func (f *logFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.trust, "trust", "", "the organisation's trust file, which names the log's key (default: .plimsoll/trust.json)")
	flags.StringVar(&f.key, "log-key", "", "the log's verifier key, NAME+HASH+KEY, instead of a trust file")
	flags.StringArrayVar(&f.witnesses, "witness-key", nil, "verifier key of a witness, beside those of the trust file")
	flags.StringVar(&f.state, "state", "", "file that remembers what was seen (default: in the user's state folder)")
}

func newLogCommand(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "log",
		Short: "The organisation's log of what it released",
		Long: `The organisation's log of what it released: every permit and every list of
revocations stands in it, and it only grows. It is a folder of static files that
any web server can serve (C2SP tlog-tiles). ` + "`plimsoll docs transparency`" + ` says how
it is kept and what it protects against.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newLogInit(app), newLogShow(app), newLogVerify(app), newLogMonitor(app), newLogWitness(app))
	return cmd
}

// view reads the newest checkpoint of a log, with the keys that flags or the
// trust file name.
func (app *App) view(ctx context.Context, where string, f logFlags) (*translog.View, note.Verifier, error) {
	log, witnesses, err := app.logKeys(f)
	if err != nil {
		return nil, nil, err
	}
	source, err := translog.NewSource(where)
	if err != nil {
		return nil, nil, err
	}
	v, err := translog.Look(ctx, source, log, witnesses...)
	return v, log, err
}

// logKeys are the verifiers of the log and of its witnesses.
func (app *App) logKeys(f logFlags) (note.Verifier, []note.Verifier, error) {
	line, lines := f.key, f.witnesses
	if line == "" {
		trust, err := app.repositoryTrust(f.trust, ".")
		if err != nil {
			return nil, nil, err
		}
		d := trust.Document()
		if d.Log == nil {
			return nil, nil, fault.New(fault.Config, "name it in the trust file, or give --log-key", "the trust file names no log")
		}
		line, lines = d.Log.Key, append(lines, d.Log.Witnesses...)
	}
	log, err := translog.NewVerifier(line)
	if err != nil {
		return nil, nil, err
	}
	var witnesses []note.Verifier
	for _, line := range lines {
		w, err := translog.NewVerifier(line)
		if err != nil {
			return nil, nil, err
		}
		witnesses = append(witnesses, w)
	}
	return log, witnesses, nil
}

// memory is where what was seen of a log is remembered, one file for each use:
// looking at a log must not spoil what a monitor calls new.
func (app *App) memory(f logFlags, log note.Verifier, use string) (*translog.Memory, error) {
	if f.state != "" {
		return translog.NewMemory(f.state), nil
	}
	dir, err := app.stateDir()
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %x", log.Name(), log.KeyHash()))
	return translog.NewMemory(filepath.Join(dir, "logs", hex.EncodeToString(sum[:8])+"."+use)), nil
}

// stateDir is a folder for what must not be lost: not the cache, which people
// empty.
func (app *App) stateDir() (string, error) {
	if dir := app.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "plimsoll"), nil
	}
	if runtime.GOOS == "windows" {
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "plimsoll", "state"), err
	}
	home := app.Getenv("HOME")
	if home == "" {
		return "", fault.New(fault.Usage, "give --state FILE", "there is no home folder to remember in what was seen of the log")
	}
	return filepath.Join(home, ".local", "state", "plimsoll"), nil
}
