package cli

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"iter"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/gate"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

type attestFlags struct {
	signFlags
	statement, effective, until, counter string
	basis, counterBasis                  []string
}

func newAttest(app *App) *cobra.Command {
	var f attestFlags
	cmd := &cobra.Command{
		Use:   "attest [REQUIREMENT]",
		Short: "Give your word that a requirement is met, signed, until a day",
		Long: `Give your word that a requirement is met: signed with this machine's key and
written to .plimsoll/attestations/. It counts where product.yaml lists the key
under the owner who speaks (plimsoll key export --line prints it), until the day
given and no longer than the plan of the requirement allows, and only as long as
the files that it rests on stay as they are. A second person reviews it by
signing the same words with their own key. What was said is never deleted: it is
revoked.`,
		Example: `  plimsoll attest PL-BUILD-9 --until 2027-05-31 \
    --statement "restored last night's backup to a scratch host and ran the tests" \
    --basis docs/restore-log.md --counter "the media files were left out"
  plimsoll attest --review .plimsoll/attestations/PL-BUILD-9-3f2a91c0.json
  plimsoll attest --revoke PL-BUILD-9-3f2a91c0.json --because "the backup host was replaced"
  plimsoll attest --list`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			mode, err := f.mode(args, f.review, "--review")
			if err != nil {
				return err
			}
			switch mode {
			case modeSecond:
				return app.review(cmd.Context(), f.signFlags)
			case modeRevoke:
				return app.revoke(cmd.Context(), f.signFlags, evidence.AttestationsDir)
			case modeList:
				return app.listAttestations(cmd.Context(), f.dir)
			}
			return app.attest(cmd.Context(), args[0], f)
		},
	}
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.review, "review", "", "sign the attestation in this file as a second person")
	flags.StringVar(&f.statement, "statement", "", "what you say, and how you know")
	flags.StringVar(&f.effective, "effective", "", "first day on which it holds, YYYY-MM-DD; may be past (default: today)")
	flags.StringVar(&f.until, "until", "", "last day on which it holds, YYYY-MM-DD")
	flags.StringArrayVar(&f.basis, "basis", nil, "what it rests on: a file of the repository, an https address, or either with =sha256:DIGEST; may be repeated")
	flags.StringVar(&f.counter, "counter", "", "what speaks against it")
	flags.StringArrayVar(&f.counterBasis, "counter-basis", nil, "where that can be seen, as --basis")
	return cmd
}

func (app *App) attest(ctx context.Context, id string, f attestFlags) error {
	today := app.Clock().UTC().Format(time.DateOnly)
	if f.effective == "" {
		f.effective = today
	}
	if err := f.check(today); err != nil {
		return err
	}
	desk, req, err := app.deskFor(ctx, f.dir, id)
	if err != nil {
		return err
	}
	if err := app.cut(&f, req, today); err != nil {
		return err
	}
	by, key, err := app.author(ctx, desk, f.by)
	if err != nil {
		return err
	}
	a := evidence.Attestation{Requirement: req.ID, Revision: req.Revision, Statement: f.statement, By: by, Effective: f.effective, Until: f.until,
		Recorded: app.Clock().UTC(), Counter: f.counter, Repository: desk.Identity()}
	if a.Basis, err = basisOf(f.basis, desk.Digest); err != nil {
		return err
	}
	if a.CounterBasis, err = basisOf(f.counterBasis, desk.Digest); err != nil {
		return err
	}
	envelope, digest, err := evidence.SignAttestation(ctx, a, key)
	if err != nil {
		return err
	}
	name, err := app.writeWord(desk, evidence.AttestationsDir, req.ID, digest, envelope)
	if err != nil {
		return err
	}
	app.sayWhatElse(req.Plan, name)
	return app.sayWhetherTrusted(desk, by, key)
}

// sayWhatElse says what the plan wants besides the word that stands in a file:
// nobody should believe that they have settled what their word cannot settle.
func (app *App) sayWhatElse(plan knowledge.Plan, name string) {
	if gate.WantsTwo(plan) {
		fmt.Fprintf(app.Stdout, "its plan demands a second person: plimsoll attest --review %s\n", name)
	}
	if plan.Strength > wordAndDocument {
		fmt.Fprintf(app.Stdout, "its plan demands a test or a check that passes, too: this word alone does not make it pass (plimsoll docs catalogues)\n")
	}
}

// wordAndDocument is the strength that a plan can demand and people alone can
// give; see knowledge.Plan.
const wordAndDocument = 2

// deskFor opens the desk and finds a requirement.
func (app *App) deskFor(ctx context.Context, dir, id string) (*assess.Desk, knowledge.Requirement, error) {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return nil, knowledge.Requirement{}, err
	}
	req, ok, err := desk.Requirement(id)
	if err == nil && !ok {
		err = fault.New(fault.NotFound, nearestID(id), "there is no requirement %q", id)
	}
	return desk, req, err
}

func (f attestFlags) check(today string) error {
	switch {
	case len(strings.Fields(f.statement)) < 3:
		return fault.New(fault.Usage, `add --statement "what you say, and how you know"`, "an attestation needs a statement of three words or more")
	case f.until == "":
		return fault.New(fault.Usage, "add --until YYYY-MM-DD", "an attestation needs a last day")
	case len(f.counterBasis) > 0 && f.counter == "":
		return fault.New(fault.Usage, `add --counter "what speaks against it"`, "--counter-basis shows what --counter says")
	}
	return checkPeriod("attestation", "effective", f.effective, f.until, today)
}

// checkPeriod wants two days in order, the last not yet over.
func checkPeriod(noun, first, from, until, today string) error {
	for _, day := range []struct{ flag, text string }{{first, from}, {"until", until}} {
		if _, err := time.Parse(time.DateOnly, day.text); err != nil {
			return fault.New(fault.Usage, "write a day as 2026-12-31", "reading --%s: %q is no date", day.flag, day.text)
		}
	}
	switch {
	case until < from:
		return fault.New(fault.Usage, "give a later --until, or an earlier --"+first, "the %s ends (%s) before it begins (%s)", noun, until, from)
	case until < today:
		return fault.New(fault.Usage, "give an --until from today on", "the %s would have ended already (%s)", noun, until)
	}
	return nil
}

// cut ends an attestation where the plan of its requirement asks again.
func (app *App) cut(f *attestFlags, req knowledge.Requirement, today string) error {
	from, err := time.Parse(time.DateOnly, f.effective)
	if err != nil || req.Plan.Days <= 0 {
		return err
	}
	last := from.AddDate(0, 0, req.Plan.Days-1).Format(time.DateOnly)
	if f.until <= last {
		return nil
	}
	if last < today {
		return fault.New(fault.Usage, "verify it again, and give the day of that as --effective",
			"%s must be verified every %d days, so what held on %s ended on %s", req.ID, req.Plan.Days, f.effective, last)
	}
	fmt.Fprintf(app.Stdout, "it ends on %s, not on %s: %s must be verified every %d days\n", last, f.until, req.ID, req.Plan.Days)
	f.until = last
	return nil
}

// digestAtEnd matches the digest of something that does not stand in the repository.
var digestAtEnd = regexp.MustCompile(`^(.+)=(sha256:[0-9a-f]{64})$`)

// basisOf resolves files to their digests now. An address stands for itself;
// with a digest after it, so does the name of a document that is kept elsewhere.
func basisOf(names []string, digestOf func(path string) (string, bool)) ([]evidence.Basis, error) {
	var basis []evidence.Basis
	for _, name := range names {
		if m := digestAtEnd.FindStringSubmatch(name); m != nil {
			basis = append(basis, evidence.Basis{Name: m[1], Digest: m[2], Outside: true})
			continue
		}
		if u, err := url.Parse(name); err == nil && u.Scheme == "https" && u.Host != "" {
			basis = append(basis, evidence.Basis{Name: name, Outside: true})
			continue
		}
		digest, ok := digestOf(name)
		if !ok {
			return nil, fault.New(fault.Usage, "name a file of the repository by its path from the root, an https address, or either with =sha256:DIGEST", "there is no file %q", name)
		}
		basis = append(basis, evidence.Basis{Name: name, Digest: digest})
	}
	return basis, nil
}

// author is who speaks, and the key of this machine. A key that product.yaml
// lists under another person is not theirs to use.
func (app *App) author(ctx context.Context, desk *assess.Desk, by string) (string, ed25519.PrivateKey, error) {
	by, err := decider(ctx, desk.Repo(), by)
	if err != nil {
		return "", nil, err
	}
	key, err := app.keys().Private()
	if err != nil {
		return "", nil, err
	}
	holder, listed := desk.Signer(key.Public().(ed25519.PublicKey))
	if who, ok := desk.Product().Person(by); listed && (!ok || !who.Same(holder)) {
		return "", nil, fault.New(fault.Usage, fmt.Sprintf("speak as --by %q, or sign with the key of %s (PLIMSOLL_KEYS)", holder.Name, by),
			"the word is that of %s, and %s lists the key of this machine under %s", by, product.Path, holder.Name)
	}
	return by, key, nil
}

// sayWhetherTrusted tells whoever signs with a key that nobody lists yet.
func (app *App) sayWhetherTrusted(desk *assess.Desk, by string, key ed25519.PrivateKey) error {
	public := key.Public().(ed25519.PublicKey)
	if _, listed := desk.Signer(public); listed {
		return nil
	}
	who := "under owners"
	if p, ok := desk.Product().Person(by); ok {
		who = "under " + p.Name
	}
	_, err := fmt.Fprintf(app.Stdout, "it counts once product.yaml lists your key %s:\n  keys: [%q]\n", who, evidence.KeyLine(public))
	return err
}

// oddInName are characters that the name of a file is better without.
var oddInName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// writeWord writes an envelope to a folder of .plimsoll/ and says where.
func (app *App) writeWord(desk *assess.Desk, dir, id, digest string, envelope []byte) (string, error) {
	name := dir + "/" + oddInName.ReplaceAllString(id, "_") + "-" + strings.TrimPrefix(digest, "sha256:")[:8] + ".json"
	return name, app.writeEnvelope(desk, name, envelope)
}

func (app *App) writeEnvelope(desk *assess.Desk, name string, envelope []byte) error {
	path, err := desk.Repo().Inside(name)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(path, envelope, 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(app.Stdout, "wrote %s\n", name)
	return err
}

// linesOf iterates over the lines of text, without their ends.
func linesOf(text string) iter.Seq[string] {
	return strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n")
}
