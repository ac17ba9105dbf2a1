package cli

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/translog"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// sealFlags are what every command needs that signs for the organisation.
type sealFlags struct {
	dir, trust  string
	keys        []string
	log, logKey string
	state       string
	restart     bool
}

// Where the log and its key are, for those who seal every day.
const (
	logVariable    = "PLIMSOLL_LOG"
	logKeyVariable = "PLIMSOLL_LOG_KEY"
)

func (f *sealFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.StringVar(&f.trust, "trust", "", "the organisation's trust file (default: .plimsoll/trust.json of the repository)")
	flags.StringArrayVar(&f.keys, "key", nil, "a key of the organisation to sign with (may be given again)")
	flags.StringVar(&f.log, "log", "", "the folder of the organisation's log (default: PLIMSOLL_LOG)")
	flags.StringVar(&f.logKey, "log-key", "", "the log's key (default: PLIMSOLL_LOG_KEY, else the folder's name with .key)")
	flags.StringVar(&f.state, "state", "", "file that remembers what was seen of the log (default: in the user's state folder)")
	flags.BoolVar(&f.restart, "restart", false, "throw away the signatures so far and begin again, so long as nothing is logged")
}

// open opens the trust file, the keys and the log. The caller closes the keys.
func (f *sealFlags) open(ctx context.Context, app *App) (trust *verify.Trust, signers []envelope.Signer, log *translog.Log, err error) {
	if trust, err = app.repositoryTrust(f.trust, f.dir); err != nil {
		return nil, nil, nil, err
	}
	if log, err = f.openLog(ctx, app, trust.Document().Log); err != nil {
		return nil, nil, nil, err
	}
	for _, uri := range f.keys {
		s, err := app.openKey(ctx, uri)
		if err != nil {
			closeAll(signers)
			return nil, nil, nil, err
		}
		signers = append(signers, s)
	}
	return trust, signers, log, nil
}

func closeAll(signers []envelope.Signer) {
	for _, s := range signers {
		_ = s.Close() // nothing was written through it
	}
}

// openLog opens the log that the trust file names. An organisation without a log
// seals without one; one with a log never does.
func (f *sealFlags) openLog(ctx context.Context, app *App, named *verify.LogTrust) (*translog.Log, error) {
	dir := cmp.Or(f.log, app.Getenv(logVariable))
	switch {
	case named == nil && dir == "":
		return nil, nil
	case named == nil:
		return nil, fault.New(fault.Config, "name the log in the trust file, or leave out --log", "the trust file names no log")
	case dir == "":
		return nil, fault.New(fault.Usage, "add --log DIR, or set "+logVariable, "the trust file names a log, and a release stands in it before it is sealed")
	}
	verifier, err := translog.NewVerifier(named.Key)
	if err != nil {
		return nil, err
	}
	l := &translog.Log{Dir: dir, Verifier: verifier}
	var line string
	if l.Signer, line, err = app.logSigner(ctx, cmp.Or(f.logKey, app.Getenv(logKeyVariable), dir+".key"), verifier.Name()); err != nil {
		return nil, err
	}
	if line != named.Key {
		return nil, fault.New(fault.Untrusted, "give the key of the log that the trust file names", "the key signs for %s, the trust file names %s", line, named.Key)
	}
	for _, w := range named.Witnesses {
		v, err := translog.NewVerifier(w)
		if err != nil {
			return nil, err
		}
		l.Witnesses = append(l.Witnesses, v)
	}
	l.Memory, err = app.memory(logFlags{state: f.state}, verifier, "seal")
	return l, err
}
