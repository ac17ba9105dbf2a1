package cli

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"iter"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

type attestFlags struct {
	dir, statement, by, effective, until string
	basis                                []string
}

func newAttest(app *App) *cobra.Command {
	var f attestFlags
	cmd := &cobra.Command{
		Use:   "attest REQUIREMENT",
		Short: "Give your word that a requirement is met, signed, until a day",
		Long: `Give your word that a requirement is met: signed with this machine's key and
written to .plimsoll/attestations/. It counts where product.yaml lists the key
under one of the owners (plimsoll key export --line prints it), until the day
given, and only as long as the files that it rests on stay as they are.`,
		Example: `  plimsoll attest PL-BUILD-9 --until 2027-05-31 \
    --statement "restored last night's backup to a scratch host and ran the tests" \
    --basis docs/restore-log.md`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.attest(cmd.Context(), args[0], f) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.StringVar(&f.statement, "statement", "", "what you say, and how you know")
	flags.StringVar(&f.by, "by", "", "who says it (default: git's user.name and user.email)")
	flags.StringVar(&f.effective, "effective", "", "first day on which it holds, YYYY-MM-DD (default: today)")
	flags.StringVar(&f.until, "until", "", "last day on which it holds, YYYY-MM-DD")
	flags.StringArrayVar(&f.basis, "basis", nil, "a file of the repository or an https address that it rests on; may be repeated")
	return cmd
}

func (app *App) attest(ctx context.Context, id string, f attestFlags) error {
	req, ok, err := assess.FindRequirement(id)
	if err != nil {
		return err
	}
	if !ok {
		return fault.New(fault.NotFound, nearestID(id), "there is no requirement %q", id)
	}
	if f.effective == "" {
		f.effective = app.Clock().UTC().Format(time.DateOnly)
	}
	if err := f.check(); err != nil {
		return err
	}
	r, identity, digests, err := assess.Identify(ctx, assess.Options{Dir: f.dir, Getenv: app.Getenv, Clock: app.Clock})
	if err != nil {
		return err
	}
	by, err := decider(ctx, r, f.by)
	if err != nil {
		return err
	}
	a := evidence.Attestation{Requirement: req.ID, Statement: f.statement, By: by, Effective: f.effective, Until: f.until,
		Recorded: app.Clock().UTC(), Repository: identity}
	if a.Basis, err = basisOf(f.basis, digests); err != nil {
		return err
	}
	key, err := app.keys().Private()
	if err != nil {
		return err
	}
	envelope, digest, err := evidence.SignAttestation(ctx, a, key)
	if err != nil {
		return err
	}
	name := evidence.AttestationsDir + "/" + req.ID + "-" + digest[len("sha256:"):][:8] + ".json"
	path, err := r.Inside(name)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(path, envelope, 0o644); err != nil {
		return err
	}
	fmt.Fprintf(app.Stdout, "wrote %s\n", name)
	return app.sayWhetherTrusted(ctx, f.dir, key)
}

func (f attestFlags) check() error {
	if len(strings.Fields(f.statement)) < 3 {
		return fault.New(fault.Usage, `add --statement "what you say, and how you know"`, "an attestation needs a statement")
	}
	if f.until == "" {
		return fault.New(fault.Usage, "add --until YYYY-MM-DD", "an attestation needs a last day")
	}
	for _, day := range []string{f.effective, f.until} {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return fault.New(fault.Usage, "write a day as 2026-12-31", "%q is no date", day)
		}
	}
	if f.until < f.effective {
		return fault.New(fault.Usage, "give a later --until", "the attestation ends (%s) before it begins (%s)", f.until, f.effective)
	}
	return nil
}

// basisOf resolves files to their digests now; an address stands for itself.
func basisOf(names []string, digests map[string]string) ([]evidence.Basis, error) {
	var basis []evidence.Basis
	for _, name := range names {
		if u, err := url.Parse(name); err == nil && u.Scheme == "https" && u.Host != "" {
			basis = append(basis, evidence.Basis{Name: name})
			continue
		}
		digest, ok := digests[name]
		if !ok {
			return nil, fault.New(fault.Usage, "name a file of the repository by its path from the root, or an https address", "there is no file %q", name)
		}
		basis = append(basis, evidence.Basis{Name: name, Digest: digest})
	}
	return basis, nil
}

// sayWhetherTrusted tells whoever signs with a key that nobody lists yet.
func (app *App) sayWhetherTrusted(ctx context.Context, dir string, key ed25519.PrivateKey) error {
	line := evidence.KeyLine(key.Public().(ed25519.PublicKey))
	lines, err := assess.PeopleKeys(ctx, assess.Options{Dir: dir, Getenv: app.Getenv, Clock: app.Clock})
	if err != nil || slices.Contains(lines, line) {
		return err
	}
	_, err = fmt.Fprintf(app.Stdout, "it counts once product.yaml lists your key under owners:\n  keys: [%q]\n", line)
	return err
}

// linesOf iterates over the lines of text, without their ends.
func linesOf(text string) iter.Seq[string] {
	return strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n")
}
