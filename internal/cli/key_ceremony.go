package cli

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/trustfile"
	"github.com/plimsoll-dev/plimsoll/verify"
)

type ceremonyFlags struct {
	organisation, out, transcript string
	root, release, revoke         []string
	rootOf, releaseOf, revokeOf   int
	log                           string
	witnesses                     []string
	quorum                        int
	logRequired                   bool
	valid                         time.Duration
	alone                         bool
}

func newKeyCeremony(app *App) *cobra.Command {
	var f ceremonyFlags
	cmd := &cobra.Command{
		Use:   "ceremony",
		Short: "Draft the organisation's first trust file, and the record of who was there",
		Long: `Draft the organisation's first trust file: who may change it (root), who may seal
releases, who may take them back, and how many of them it takes. Everybody makes a
key first (plimsoll key new) and brings the public half. Where somebody brings a key of
ml-dsa-65 as well, the role wants a signature of both kinds from then on.

The draft counts for nothing until enough people have signed it (plimsoll trust
sign) and it was finished (plimsoll trust finish). The transcript is a page for
the people in the room: compare the fingerprints aloud. See plimsoll docs keys.`,
		Example: `  plimsoll key ceremony --organisation example \
    --root ada=ed25519:… --root grace=ed25519:… --root alan=ed25519:… --root-threshold 2 \
    --release ada=ed25519:… --release grace=ed25519:… --release-threshold 2 --out draft.json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return app.ceremony(f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.organisation, "organisation", "", "what the organisation is called")
	flags.StringVar(&f.out, "out", "trust-draft.json", "the draft")
	flags.StringVar(&f.transcript, "transcript", "", "a Markdown page to sign on paper (default: none)")
	flags.StringArrayVar(&f.root, "root", nil, "NAME=KEY of somebody who may change the trust file")
	flags.IntVar(&f.rootOf, "root-threshold", 2, "how many of them it takes")
	flags.StringArrayVar(&f.release, "release", nil, "NAME=KEY of somebody who may seal releases")
	flags.IntVar(&f.releaseOf, "release-threshold", 2, "how many of them it takes")
	flags.StringArrayVar(&f.revoke, "revoke", nil, "NAME=KEY of somebody who may take releases back (default: as for root)")
	flags.IntVar(&f.revokeOf, "revoke-threshold", 1, "how many of them it takes")
	flags.StringVar(&f.log, "log", "", "the key of the organisation's log, as plimsoll log init prints it")
	flags.BoolVar(&f.logRequired, "log-required", true, "refuse permits that do not stand in the log, where there is one")
	flags.StringArrayVar(&f.witnesses, "witness", nil, "the key of a witness of the log")
	flags.IntVar(&f.quorum, "witness-quorum", 0, "how many witnesses must have signed a checkpoint")
	flags.BoolVar(&f.alone, "one-is-enough", false, "let one key of several speak for the organisation: one that is stolen is then enough")
	addSpan(flags, &f.valid, "valid", 365*24*time.Hour, "how long the trust file stands")
	return cmd
}

func (app *App) ceremony(f ceremonyFlags) error {
	now := app.Clock().UTC().Truncate(time.Second)
	doc := verify.TrustDocument{Organisation: f.organisation, Issued: now, Expires: now.Add(f.valid), Epoch: 1, Roles: map[verify.Role]verify.Authority{}}
	for _, r := range []struct {
		role      verify.Role
		people    []string
		threshold int
	}{{verify.RoleRoot, f.root, f.rootOf}, {verify.RoleRelease, f.release, f.releaseOf}, {verify.RoleRevoke, f.revoke, f.revokeOf}} {
		if r.role == verify.RoleRevoke && len(r.people) == 0 {
			continue
		}
		if r.role != verify.RoleRevoke && r.threshold == 1 && len(r.people) > 1 && !f.alone {
			return fault.New(fault.Usage, fmt.Sprintf("raise --%s-threshold, or say --one-is-enough", r.role), "any one of %d keys of the role %q would be enough, and so would a stolen one", len(r.people), r.role)
		}
		if err := giveRole(&doc, r.role, r.people, r.threshold); err != nil {
			return err
		}
	}
	if f.log != "" {
		doc.Log = &verify.LogTrust{Key: f.log, Required: f.logRequired, Witnesses: f.witnesses, Quorum: f.quorum}
	}
	draft, err := trustfile.First(doc)
	if err != nil {
		return err
	}
	if err := app.writeDraft(draft, f.out, "", nil); err != nil {
		return err
	}
	if f.transcript == "" {
		return nil
	}
	return writeFresh(f.transcript, []byte(transcriptOf(draft.Document)))
}

// giveRole adds people to a document. One who is there already under the same
// key is not added twice.
func giveRole(doc *verify.TrustDocument, role verify.Role, people []string, threshold int) error {
	a := verify.Authority{Threshold: threshold}
	if err := takePeople(doc, &a, role, people); err != nil {
		return err
	}
	if a.Also != "" && len(a.AlsoKeys) < threshold {
		return fault.New(fault.Usage, fmt.Sprintf("add --%s NAME=%s:…, one for each person", role, a.Also), "the role %q takes %d keys of %s as well and has %d", role, threshold, a.Also, len(a.AlsoKeys))
	}
	if len(a.Keys) < threshold || threshold < 1 {
		return fault.New(fault.Usage, fmt.Sprintf("add --%s NAME=KEY, or lower --%s-threshold", role, role), "the role %q takes %d keys and has %d", role, threshold, len(a.Keys))
	}
	doc.Roles[role] = a
	return nil
}

// takePeople adds people to a document and to a role of it.
func takePeople(doc *verify.TrustDocument, a *verify.Authority, role verify.Role, people []string) error {
	for _, text := range people {
		name, key, err := keyLine(text)
		if err != nil {
			return fault.Wrap(fault.Usage, err, "give NAME=KEY, the key as `plimsoll key new` prints it", "reading the role %q", role)
		}
		if err := addKey(doc, name, key); err != nil {
			return err
		}
		takeIn(a, key)
	}
	return nil
}

func addKey(doc *verify.TrustDocument, name string, key verify.Key) error {
	for _, k := range doc.Keys {
		switch {
		case k.Key == key.Line() && k.Name == name:
			return nil
		case k.Key == key.Line():
			return fault.New(fault.Usage, "let everybody make a key of their own", "%s and %s have the same key", k.Name, name)
		}
	}
	doc.Keys = append(doc.Keys, verify.TrustKey{Key: key.Line(), Name: name, Epoch: doc.Epoch})
	return nil
}

// writeDraft writes a draft and says what is wanting.
func (app *App) writeDraft(draft *trustfile.Draft, path, trust string, current *verify.Trust) error {
	data, err := draft.Bytes()
	if err != nil {
		return err
	}
	if err := writeFresh(path, data); err != nil {
		return err
	}
	for _, w := range trustfile.Fragile(draft.Document) {
		fmt.Fprintln(app.Stderr, "note: "+w)
	}
	app.printLines([]string{fmt.Sprintf("draft of version %d of the trust file of %s: %s", draft.Document.Version, draft.Document.Organisation, path)})
	return app.sayMissing(draft, path, trust, current)
}

func (app *App) sayMissing(draft *trustfile.Draft, path, trust string, current *verify.Trust) error {
	before, own := draft.Missing(current)
	if before == 0 && own == 0 {
		app.printLines([]string{"enough have signed: plimsoll trust finish " + path + " --trust " + firstOf(trust, "trust.json")})
		return nil
	}
	app.printLines([]string{fmt.Sprintf("%d more must sign it: plimsoll trust sign %s --key FILE", max(before, own), path)})
	return nil
}

// writeFresh writes a file that must not exist yet.
func writeFresh(path string, data []byte) error {
	if _, err := os.Lstat(path); err == nil {
		return fault.New(fault.Usage, "choose another name", "%s exists", path)
	}
	return durable.WriteFile(path, data, 0o644)
}

// transcriptOf is the page for the people in the room.
func transcriptOf(doc verify.TrustDocument) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Key ceremony of %s\n\nTrust file version %d, issued %s, stands until %s, key epoch %d.\n\n", doc.Organisation, doc.Version,
		doc.Issued.Format(time.DateOnly), doc.Expires.Format(time.DateOnly), doc.Epoch)
	b.WriteString("Each person reads their fingerprint from their own machine (`plimsoll trust show` shows it again), the others compare, and then sign here.\n\n")
	b.WriteString("| who | algorithm | fingerprint | roles | compared by (signature) |\n|---|---|---|---|---|\n")
	for _, k := range doc.Keys {
		key, err := verify.ParseKey(k.Key)
		if err != nil {
			continue // the draft was refused before
		}
		fmt.Fprintf(&b, "| %s | %s | `%s` | %s | |\n", k.Name, key.Algorithm, fingerprint(key.ID), strings.Join(rolesOf(doc, key.ID), ", "))
	}
	for _, role := range []verify.Role{verify.RoleRoot, verify.RoleRelease, verify.RoleRevoke} {
		if a, ok := doc.Roles[role]; ok {
			fmt.Fprintf(&b, "\nThe role %s takes %d of %d keys.", role, a.Threshold, len(a.Keys))
		}
	}
	b.WriteString("\n\nPlace, date: \n")
	return b.String()
}

func rolesOf(doc verify.TrustDocument, id string) (roles []string) {
	add := func(of string, all map[verify.Role]verify.Authority) {
		for _, role := range []verify.Role{verify.RoleRoot, verify.RoleRelease, verify.RoleRevoke} {
			if slices.Contains(slices.Concat(all[role].Keys, all[role].AlsoKeys), id) {
				roles = append(roles, string(role)+of)
			}
		}
	}
	add("", doc.Roles)
	for _, product := range slices.Sorted(maps.Keys(doc.Products)) {
		add(" of "+product, doc.Products[product])
	}
	return roles
}
