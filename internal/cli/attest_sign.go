package cli

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// signFlags are the flags of the commands by which people sign.
type signFlags struct {
	dir, by, because       string
	review, approve, taken string // files
	list, yes              bool
}

// What a command by which people sign is asked to do.
const (
	modeGive = iota
	modeSecond
	modeRevoke
	modeList
)

func (f *signFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.StringVar(&f.by, "by", "", "who says it (default: git's user.name and user.email)")
	flags.StringVar(&f.because, "because", "", "the reason")
	flags.StringVar(&f.taken, "revoke", "", "take back what stands in this file; the file stays")
	flags.BoolVar(&f.list, "list", false, "list what there is and whether it counts")
	flags.BoolVar(&f.yes, "yes", false, "sign without being asked")
}

// mode is the one thing that is asked for.
func (f *signFlags) mode(args []string, second, flag string) (int, error) {
	mode, n := modeGive, len(args)
	for _, m := range []struct {
		set  bool
		mode int
	}{{second != "", modeSecond}, {f.taken != "", modeRevoke}, {f.list, modeList}} {
		if m.set {
			mode, n = m.mode, n+1
		}
	}
	if n != 1 {
		return 0, fault.New(fault.Usage, "give a requirement, "+flag+" FILE, --revoke FILE or --list", "expected one thing to do, got %d", n)
	}
	return mode, nil
}

func (app *App) desk(ctx context.Context, dir string) (*assess.Desk, error) {
	return assess.OpenDesk(ctx, assess.Options{Dir: dir, Getenv: app.Getenv, Clock: app.Clock})
}

// wordFile is the path in the repository of a file that a user names; only the
// folder counts in which such files stand.
func wordFile(dir, name string) string { return dir + "/" + path.Base(filepath.ToSlash(name)) }

// draft is what somebody signed and a second person is to sign.
type draft struct {
	path, noun string
	by, until  string
	signers    []evidence.Key
	refused    string   // why it does not count as it is
	text       []string // what it says
	envelope   []byte
	again      string // the command that makes a new one
}

// review adds the second signature to an attestation.
func (app *App) review(ctx context.Context, f signFlags) error {
	desk, err := app.desk(ctx, f.dir)
	if err != nil {
		return err
	}
	d := draft{path: wordFile(evidence.AttestationsDir, f.review), noun: "attestation", again: "plimsoll attest"}
	if d.envelope, err = desk.Read(ctx, d.path); err != nil {
		return err
	}
	s, err := evidence.OpenAttestation(ctx, d.path, d.envelope, desk.Keys())
	if err != nil {
		return err
	}
	d.by, d.until, d.signers, d.text = s.Word.By, s.Word.Until, s.Signers, sayAttestation(s.Word)
	for _, g := range desk.Given() {
		if g.Path == d.path {
			d.refused = firstOf(g.Gate.Refused, g.Gate.StaleBecause)
		}
	}
	return app.second(ctx, desk, d, f.yes)
}

// second shows what somebody signed and adds the signature of this machine's
// person, who must be another one.
func (app *App) second(ctx context.Context, desk *assess.Desk, d draft, yes bool) error {
	key, err := app.keys().Private()
	if err != nil {
		return err
	}
	who, err := d.mayBeSignedBy(desk, key, app.Clock().UTC().Format(time.DateOnly))
	if err != nil {
		return err
	}
	for _, line := range d.text {
		fmt.Fprintln(app.Stdout, clean.Line(line))
	}
	if err := app.confirm(fmt.Sprintf("sign this as %s?", who.Name), yes); err != nil {
		return err
	}
	envelope, err := evidence.CoSign(ctx, d.path, d.envelope, key)
	if err != nil {
		return err
	}
	fmt.Fprintf(app.Stdout, "signed as %s\n", clean.Line(who.Name))
	return app.writeEnvelope(desk, d.path, envelope)
}

// mayBeSignedBy says who the second person is, or why they may not sign.
func (d draft) mayBeSignedBy(desk *assess.Desk, key ed25519.PrivateKey, today string) (product.Person, error) {
	public := key.Public().(ed25519.PublicKey)
	place := fault.Place{Path: d.path}
	who, listed := desk.Signer(public)
	author, _ := desk.Product().Person(d.by)
	switch {
	case !listed:
		return who, fault.New(fault.Untrusted, "have it listed under your name: keys: ["+evidence.KeyLine(public)+"]", "%s lists the key of this machine under no owner", product.Path)
	case who.Same(author):
		return who, fault.At(fault.Usage, place, "have another owner sign it, with a key of their own", "the %s is %s's own: a second person must sign it", d.noun, who.Name)
	case len(d.signers) > 1:
		return who, fault.At(fault.Usage, place, "nothing is left to do", "two people have signed the %s already", d.noun)
	case d.refused != "":
		return who, fault.At(fault.Untrusted, place, "have it given again: "+d.again, "the %s does not count: %s", d.noun, d.refused)
	case d.until < today:
		return who, fault.At(fault.Usage, place, "have it given again: "+d.again, "the %s ended on %s", d.noun, d.until)
	}
	return who, nil
}

// confirm asks on a terminal. Elsewhere nobody can have read what was shown, so
// it wants the flag.
func (app *App) confirm(question string, yes bool) error {
	if yes {
		return nil
	}
	file, ok := app.Stdin.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) {
		return fault.New(fault.Usage, "read it, and add --yes", "nobody is there to ask whether to sign this")
	}
	fmt.Fprintf(app.Stdout, "%s [y/N] ", question)
	answer, err := bufio.NewReader(file).ReadString('\n')
	if err != nil || !strings.HasPrefix(strings.ToLower(strings.TrimSpace(answer)), "y") {
		return fault.New(fault.Usage, "nothing was written", "not signed")
	}
	return nil
}

// sayAttestation is an attestation for whoever is to sign it too.
func sayAttestation(a evidence.Attestation) []string {
	lines := []string{
		fmt.Sprintf("%s says of %s, from %s until %s:", a.By, a.Requirement, a.Effective, a.Until), "  " + a.Statement}
	for _, b := range a.Basis {
		lines = append(lines, "  it rests on "+b.Name+" "+b.Digest)
	}
	if a.Counter != "" {
		lines = append(lines, "  against it: "+a.Counter)
	}
	for _, b := range a.CounterBasis {
		lines = append(lines, "  to be seen in "+b.Name+" "+b.Digest)
	}
	return append(lines, "  recorded on "+a.Recorded.UTC().Format(time.DateOnly))
}

// revoke takes back what somebody signed, in a file beside it.
func (app *App) revoke(ctx context.Context, f signFlags, dir string) error {
	if len(strings.Fields(f.because)) == 0 {
		return fault.New(fault.Usage, `add --because "…", for whoever reads it in a year`, "a revocation needs a reason")
	}
	desk, err := app.desk(ctx, f.dir)
	if err != nil {
		return err
	}
	name := wordFile(dir, f.taken)
	r, err := revocationOf(ctx, desk, dir, name)
	if err != nil {
		return err
	}
	if _, err := desk.Read(ctx, evidence.RevocationName(name)); err == nil {
		return fault.At(fault.Usage, fault.Place{Path: evidence.RevocationName(name)}, "nothing is left to do", "%s is revoked already", name)
	}
	key, err := app.keys().Private()
	if err != nil {
		return err
	}
	who, listed := desk.Signer(key.Public().(ed25519.PublicKey))
	if !listed {
		return fault.New(fault.Untrusted, "have an owner revoke it", "%s lists the key of this machine under no owner", product.Path)
	}
	r.Because, r.By, r.Recorded, r.Repository = f.because, who.Name, app.Clock().UTC(), desk.Identity()
	envelope, _, err := evidence.SignRevocation(ctx, r, key)
	if err != nil {
		return err
	}
	return app.writeEnvelope(desk, evidence.RevocationName(name), envelope)
}

// revocationOf names what is taken back: only what can be believed need be.
func revocationOf(ctx context.Context, desk *assess.Desk, dir, name string) (evidence.Revocation, error) {
	envelope, err := desk.Read(ctx, name)
	if err != nil {
		return evidence.Revocation{}, err
	}
	if dir == evidence.ExemptionsDir {
		s, err := evidence.OpenExemption(ctx, name, envelope, desk.Keys())
		return evidence.Revocation{Of: s.Digest, Requirement: s.Word.Requirement}, err
	}
	s, err := evidence.OpenAttestation(ctx, name, envelope, desk.Keys())
	return evidence.Revocation{Of: s.Digest, Requirement: s.Word.Requirement}, err
}
