package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// policyFlags are what a verifier wants of a permit.
type policyFlags struct {
	trust, bundle, product, minVersion string
	require                            []string
	revocations, state                 string
	noState, emergency, log            bool
	maxAge                             time.Duration
}

func (f *policyFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.trust, "trust", "", "the organisation's trust file (default: PLIMSOLL_TRUST, else trust.json in the configuration folder)")
	flags.StringVar(&f.bundle, "bundle", "", "the bundle (default: the artefact's name with .plimsoll, else the only one beside it; what is attached to an image in a registry)")
	flags.StringVar(&f.product, "product", "", "refuse permits of any other product")
	flags.StringVar(&f.minVersion, "min-version", "", "refuse earlier versions")
	flags.StringSliceVar(&f.require, "require", nil, "ids of requirements that must be pass or exempt")
	flags.StringVar(&f.revocations, "revocations", "", "the organisation's revocation list; then one is asked for")
	flags.StringVar(&f.state, "state", "", "the file that remembers what was seen (default: verified.json in the configuration folder)")
	flags.BoolVar(&f.noState, "no-state", false, "remember nothing, so that older releases are not noticed")
	flags.BoolVar(&f.emergency, "allow-emergency", false, "accept an emergency release, whose gate was not met")
	flags.BoolVar(&f.log, "require-log", false, "refuse a bundle without a proof that its permit stands in the log")
	addSpan(flags, &f.maxAge, "max-age", 0, "refuse permits that were issued longer ago")
}

// policy is what the flags say, and the trust file.
func (f *policyFlags) policy(app *App) (verify.Policy, *verify.Trust, error) {
	p := verify.Policy{Product: f.product, MinVersion: f.minVersion, Require: f.require, MaxAge: f.maxAge, AllowEmergency: f.emergency, RequireLog: f.log, Now: app.Clock}
	trust, err := app.trust(f.trust)
	if err != nil {
		return p, nil, err
	}
	if f.revocations != "" {
		p.RequireRevocations = true
		if p.Revocations, err = readNamed(f.revocations, verify.MaxEnvelope); err != nil {
			return p, nil, err
		}
	}
	if f.noState {
		return p, trust, nil
	}
	if f.state == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return p, nil, fault.Wrap(fault.Usage, err, "give --state FILE, or --no-state", "finding where to remember what was seen")
		}
		f.state = filepath.Join(dir, "plimsoll", "verified.json")
	}
	p.State = verify.FileState(f.state)
	return p, trust, nil
}

type verifyFlags struct {
	policyFlags
	format string
	layers bool
}

func newVerify(app *App) *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify ARTIFACT...",
		Short: "Verify, offline, that an artefact was found fit to ship",
		Long: `Verify, offline, that an artefact (a file, a folder, or an image in an OCI layout
or a registry) was found fit to ship: its digest is in a permit, the permit is
signed by as many of the organisation's keys as its trust file asks for, it stands
today, and it is not older than what was seen here before.

It needs the artefact, the bundle and the trust file, and no network but for an
image in a registry. The trust file decides whom you believe, so it is never taken
from beside the artefact.

An image whose name begins with oci:// lies in a registry, which is asked for it:
its manifests and configurations are read and hashed here, its layers with
--layers. Without --bundle the bundle is the one that plimsoll release publish
attached to it. A tag can move a moment later; what is verified is the digest
shown.

Exit status: 0 verified; 1 refused, with the reason in brackets; 2 wrong usage;
4 something could not be read.`,
		Example: `  plimsoll verify app-1.2.3
  plimsoll verify --trust trust.json --product app --min-version 1.2.0 app-1.2.3
  plimsoll verify --require PL-CODE-1 --revocations revocations.json ./image-layout
  plimsoll verify --layers oci://registry.example.org/team/app@sha256:…`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return app.verify(cmd.Context(), args, f) },
	}
	f.add(cmd)
	cmd.Flags().BoolVar(&f.layers, "layers", false, "read and hash the layers of an image in a registry, too")
	cmd.Flags().Var(enum(&f.format, "text", "text", "json"), "format", "text or json")
	return cmd
}

func (app *App) verify(ctx context.Context, artifacts []string, f verifyFlags) error {
	policy, trust, err := f.policy(app)
	if err != nil {
		return err
	}
	var refused []error
	for _, artifact := range artifacts {
		b, found, err := app.verifyOne(ctx, artifact, f, trust, policy)
		if err != nil {
			refused = append(refused, err)
			continue
		}
		if err := app.showVerified(artifact, b, found, trust, f.format); err != nil {
			return err
		}
	}
	if len(refused) > 0 {
		return joined(refused)
	}
	return nil
}

func joined(errs []error) error {
	var all fault.List
	for _, err := range errs {
		all = append(all, fault.All(err)...)
	}
	return all
}

// content is what an artefact was found to be.
type content struct {
	digest string
	notes  []string
}

// verifyOne verifies the bundle first, since hashing what nobody vouches for is
// work for nothing.
func (app *App) verifyOne(ctx context.Context, artifact string, f verifyFlags, trust *verify.Trust, policy verify.Policy) (*verify.Bundle, content, error) {
	if registry.Is(artifact) {
		return app.verifyInRegistry(ctx, artifact, f, trust, policy)
	}
	b, err := app.openBundle(artifact, f.bundle, trust, policy)
	if err != nil {
		return nil, content{}, err
	}
	permit, err := verifyContent(artifact, b)
	if err != nil {
		return nil, content{}, refusal(err)
	}
	return b, content{digest: permit.Deliverable().Digest}, nil
}

func (app *App) openBundle(artifact, named string, trust *verify.Trust, policy verify.Policy) (*verify.Bundle, error) {
	path, err := bundlePath(artifact, named)
	if err != nil {
		return nil, err
	}
	data, err := readNamed(path, verify.MaxBundle)
	if err != nil {
		return nil, err
	}
	b, err := verify.OpenBundle(data, trust, policy)
	if err != nil {
		return nil, refusal(err)
	}
	return b, nil
}

// bundlePath finds the bundle of an artefact. Whose bundle it is does not matter:
// it is signed, and names the digests.
func bundlePath(artifact, named string) (string, error) {
	if meant := registry.Meant(artifact); meant != "" {
		return "", fault.New(fault.Usage, "write "+meant, "%q is no path, and another tool's way to name an image", artifact)
	}
	if named != "" {
		return named, nil
	}
	beside := strings.TrimSuffix(artifact, string(filepath.Separator)) + verify.Extension
	if _, err := os.Stat(beside); err == nil {
		return beside, nil
	}
	found, err := filepath.Glob(filepath.Join(escapeGlob(filepath.Dir(artifact)), "*"+verify.Extension))
	if err != nil || len(found) != 1 {
		return "", fault.New(fault.NotFound, "give --bundle FILE", "looking for the bundle of %s: there is no %s, and %d other bundles beside it", artifact, filepath.Base(beside), len(found))
	}
	return found[0], nil
}

func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

// verifyContent verifies what lies at path: a file, a folder, or an image in an
// OCI layout.
func verifyContent(path string, b *verify.Bundle) (verify.Permit, error) {
	info, err := os.Lstat(path)
	if err != nil || !info.IsDir() {
		return verify.File(path, b) // which says what is wrong with it
	}
	if _, err := os.Lstat(filepath.Join(path, "oci-layout")); err == nil && hasKind(b, verify.KindImage) {
		return verify.OCI(path, b)
	}
	return verify.Dir(path, b)
}

func hasKind(b *verify.Bundle, kind verify.Kind) bool {
	for _, d := range b.Permit().Deliverables {
		if d.Kind == kind {
			return true
		}
	}
	return false
}

// verified is what was verified, for machines.
type verified struct {
	Artifact   string            `json:"artifact"`
	Product    string            `json:"product"`
	Version    string            `json:"version"`
	Digest     string            `json:"digest"`
	Permit     string            `json:"permit"`
	Expires    time.Time         `json:"expires"`
	Signers    []string          `json:"signers"`
	Gate       string            `json:"gate"`
	Statuses   map[string]int    `json:"statuses"`
	AsOf       time.Time         `json:"as_of"`
	Approvals  []verify.Approved `json:"approvals,omitempty"`
	LogSize    int64             `json:"log_size,omitempty"`
	Witnesses  int               `json:"witnesses,omitempty"`
	Notes      []string          `json:"notes,omitempty"`
	Emergency  *verify.Emergency `json:"emergency,omitempty"`
	Commit     string            `json:"commit,omitempty"`
	TrustCount int               `json:"trust_version"`
}

func (app *App) showVerified(artifact string, b *verify.Bundle, found content, trust *verify.Trust, format string) error {
	p := b.Permit()
	v := verified{Artifact: artifact, Product: p.Product, Version: p.Version, Digest: found.digest, Permit: b.Digest(), Expires: p.Expires,
		Signers: signerNames(trust, b.Signers()), Gate: p.Verdict.Gate, Statuses: p.Verdict.Statuses, AsOf: p.Verdict.AsOf, Approvals: p.Approvals,
		Notes: slices.Concat(b.Notes(), found.notes), Emergency: p.Emergency, Commit: p.Commit, TrustCount: trust.Document().Version}
	if c, witnesses, ok := b.Checkpoint(); ok {
		v.LogSize, v.Witnesses = c.Size, witnesses
	}
	if format == "json" {
		out := json.NewEncoder(app.Stdout)
		out.SetEscapeHTML(false)
		return out.Encode(v)
	}
	app.printLines(v.lines())
	return nil
}

func (v verified) lines() []string {
	lines := []string{
		fmt.Sprintf("verified  %s", clean.Line(v.Artifact)),
		fmt.Sprintf("  is      %s %s  %s", clean.Line(v.Product), clean.Line(v.Version), v.Digest),
		fmt.Sprintf("  fit     gate %s as of %s: %s", clean.Line(v.Gate), v.AsOf.UTC().Format(time.DateOnly), countLine(v.Statuses)),
		fmt.Sprintf("  signed  by %s", clean.Line(strings.Join(v.Signers, ", "))),
		fmt.Sprintf("  stands  until %s", v.Expires.UTC().Format(time.DateOnly)),
	}
	for _, a := range v.Approvals {
		lines = append(lines, fmt.Sprintf("  approved by %s (%s)", clean.Line(a.By), clean.Line(firstOf(a.Role, "owner"))))
	}
	if v.LogSize > 0 {
		lines = append(lines, fmt.Sprintf("  log     of %d entries holds it, %d witnesses", v.LogSize, v.Witnesses))
	}
	if v.Emergency != nil {
		lines = append(lines, fmt.Sprintf("  EMERGENCY until %s: %s", v.Emergency.Until.UTC().Format(time.DateOnly), clean.Line(v.Emergency.Because)))
	}
	for _, n := range v.Notes {
		lines = append(lines, "  note    "+clean.Line(n))
	}
	return lines
}

func countLine(statuses map[string]int) string {
	var parts []string
	for _, status := range []string{"pass", "exempt", "stale", "unknown", "fail"} {
		if n := statuses[status]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, status))
		}
	}
	return strings.Join(parts, ", ")
}

// signerNames are what the trust file calls the keys.
func signerNames(trust *verify.Trust, ids []string) []string {
	names := map[string]string{}
	for _, doc := range trust.Versions() {
		for _, k := range doc.Keys {
			if key, err := verify.ParseKey(k.Key); err == nil {
				names[key.ID] = k.Name
			}
		}
	}
	var out []string
	for _, id := range ids {
		out = append(out, names[id]+" ("+id[:16]+")")
	}
	return out
}
