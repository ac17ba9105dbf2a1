package cli

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/trustfile"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// joining is what somebody wants changed of a trust file.
type joining struct {
	changeFlags
	product                     string
	people                      map[verify.Role]*[]string
	thresholds                  map[verify.Role]*int
	remove                      []string
	log                         string
	witnesses                   []string
	quorum                      int
	logRequired, logRequiredSet bool
}

func newTrustChange(app *App) *cobra.Command {
	f := joining{people: map[verify.Role]*[]string{}, thresholds: map[verify.Role]*int{}}
	cmd := &cobra.Command{
		Use:   "change --trust FILE",
		Short: "Draft the next version: people join or leave, thresholds, products, the log",
		Long: `Draft the next version of a trust file: people join or leave, other thresholds, the
keys of a single product, the log and its witnesses. Without a change it is the
same again with a later end, which is how a trust file is renewed.

With --product, --release and --revoke are about that product alone, which has
keys of its own from then on. A key of ml-dsa-65 joins as a second signature: the
role then wants both kinds, from as many people.

As every change, it is a draft that enough people sign (plimsoll trust sign) who
have read what it changes (plimsoll trust diff).`,
		Example: `  plimsoll trust change --trust trust.json --release eve=ed25519:… --release-threshold 3
  plimsoll trust change --trust trust.json --remove grace
  plimsoll trust change --trust trust.json --product till --release kim=ed25519:… --release-threshold 1
  plimsoll trust change --trust trust.json --valid 365d   # renew`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.logRequiredSet = cmd.Flags().Changed("log-required")
			return app.change(f.changeFlags, f.apply)
		},
	}
	f.add(cmd)
	flags := cmd.Flags()
	for _, role := range []verify.Role{verify.RoleRoot, verify.RoleRelease, verify.RoleRevoke} {
		f.people[role] = flags.StringArray(string(role), nil, "NAME=KEY of somebody who joins the role "+string(role))
		f.thresholds[role] = flags.Int(string(role)+"-threshold", 0, "how many of them it takes from now on")
	}
	flags.StringVar(&f.product, "product", "", "the product that --release and --revoke are about (default: all)")
	flags.StringArrayVar(&f.remove, "remove", nil, "a key to take out of every role: its name or the first digits of its id")
	flags.StringVar(&f.log, "log", "", "the key of the organisation's log, as plimsoll log init prints it")
	flags.BoolVar(&f.logRequired, "log-required", true, "refuse permits that do not stand in the log")
	flags.StringArrayVar(&f.witnesses, "witness", nil, "the key of a witness of the log that joins")
	flags.IntVar(&f.quorum, "witness-quorum", -1, "how many witnesses must have signed a checkpoint")
	return cmd
}

// apply makes the changes, those who leave first so that a key can be exchanged.
func (f *joining) apply(doc *verify.TrustDocument) error {
	for _, which := range f.remove {
		if err := leave(doc, which); err != nil {
			return err
		}
	}
	for _, role := range []verify.Role{verify.RoleRoot, verify.RoleRelease, verify.RoleRevoke} {
		if err := f.join(doc, role); err != nil {
			return err
		}
	}
	return f.changeLog(doc)
}

// leave takes a key out of the document. Where too few would be left in a role,
// the draft is refused.
func leave(doc *verify.TrustDocument, which string) error {
	id, _, err := findKey(*doc, which)
	if err != nil {
		return err
	}
	out := func(ids []string) []string {
		return slices.DeleteFunc(ids, func(k string) bool { return k == id })
	}
	doc.Keys = slices.DeleteFunc(doc.Keys, func(k verify.TrustKey) bool { return idOf(k) == id })
	eachRole(doc, func(a *verify.Authority) {
		if a.Keys, a.AlsoKeys = out(a.Keys), out(a.AlsoKeys); len(a.AlsoKeys) == 0 {
			a.Also, a.AlsoKeys = "", nil
		}
	})
	return nil
}

func (f *joining) join(doc *verify.TrustDocument, role verify.Role) error {
	people, threshold := *f.people[role], *f.thresholds[role]
	if len(people) == 0 && threshold == 0 {
		return nil
	}
	roles, err := f.rolesOf(doc, role)
	if err != nil {
		return err
	}
	a, there := roles[role]
	if !there && threshold == 0 {
		return fault.New(fault.Usage, fmt.Sprintf("add --%s-threshold N", role), "the role %q is new: how many of its keys does it take?", role)
	}
	if threshold != 0 {
		a.Threshold = threshold
	}
	if err := takePeople(doc, &a, role, people); err != nil {
		return err
	}
	roles[role] = a
	return nil
}

// rolesOf are the roles that the change is about.
func (f *joining) rolesOf(doc *verify.TrustDocument, role verify.Role) (map[verify.Role]verify.Authority, error) {
	if f.product == "" {
		return doc.Roles, nil
	}
	if role == verify.RoleRoot {
		return nil, fault.New(fault.Usage, "leave out --product", "a product has no root of its own: the trust file is the organisation's")
	}
	if doc.Products == nil {
		doc.Products = map[string]map[verify.Role]verify.Authority{}
	}
	if doc.Products[f.product] == nil {
		doc.Products[f.product] = map[verify.Role]verify.Authority{}
	}
	return doc.Products[f.product], nil
}

// takeIn adds a key to a role, among those of its kind.
func takeIn(a *verify.Authority, key verify.Key) {
	if key.Algorithm == verify.MLDSA65 {
		if a.Also = key.Algorithm; !slices.Contains(a.AlsoKeys, key.ID) {
			a.AlsoKeys = append(a.AlsoKeys, key.ID)
		}
		return
	}
	if !slices.Contains(a.Keys, key.ID) {
		a.Keys = append(a.Keys, key.ID)
	}
}

func (f *joining) changeLog(doc *verify.TrustDocument) error {
	if f.log == "" && len(f.witnesses) == 0 && f.quorum < 0 && !f.logRequiredSet {
		return nil
	}
	if doc.Log == nil {
		doc.Log = &verify.LogTrust{Required: true}
	}
	if f.log != "" {
		doc.Log.Key = f.log
	}
	if f.logRequiredSet {
		doc.Log.Required = f.logRequired
	}
	if f.quorum >= 0 {
		doc.Log.Quorum = f.quorum
	}
	doc.Log.Witnesses = append(doc.Log.Witnesses, f.witnesses...)
	if doc.Log.Key == "" {
		return fault.New(fault.Usage, "add --log KEY", "the trust file names no log")
	}
	return nil
}

func newTrustDiff(app *App) *cobra.Command {
	var trust string
	cmd := &cobra.Command{
		Use:   "diff DRAFT --trust FILE",
		Short: "Say what a draft changes",
		Long: `Say what a draft changes of the trust file: keys, who holds them, roles and how many
they take, products, the log, the epoch, the end. Read it before you sign.`,
		Example: "  plimsoll trust diff trust-draft.json --trust trust.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			draft, err := readDraft(args[0])
			if err != nil {
				return err
			}
			current, err := app.trust(trust)
			if err != nil {
				return err
			}
			app.sayTrustChanges(current.Document(), draft.Document)
			return nil
		},
	}
	cmd.Flags().StringVar(&trust, "trust", "", "the trust file that it is to follow")
	return cmd
}

func (app *App) sayTrustChanges(before, after verify.TrustDocument) {
	lines := []string{fmt.Sprintf("version %d follows version %d", after.Version, before.Version)}
	if after.Version != before.Version+1 {
		lines[0] = fmt.Sprintf("version %d does not follow version %d", after.Version, before.Version)
	}
	for _, c := range trustfile.Changes(before, after) {
		lines = append(lines, "  "+clean.Line(c))
	}
	app.printLines(lines)
}
