package cli

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/permits"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/trustfile"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// changeFlags are those of every change of a trust file.
type changeFlags struct {
	trust, draft string
	valid        time.Duration
}

func (f *changeFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.trust, "trust", "", "the trust file to change")
	cmd.Flags().StringVar(&f.draft, "out", "trust-draft.json", "the draft of its next version")
	addSpan(cmd.Flags(), &f.valid, "valid", 365*24*time.Hour, "how long the next version stands")
}

// change drafts the next version.
func (app *App) change(f changeFlags, by func(*verify.TrustDocument) error) error {
	trust, err := app.trust(f.trust)
	if err != nil {
		return err
	}
	draft, err := trustfile.Next(trust, app.Clock(), func(doc *verify.TrustDocument) error {
		doc.Expires = doc.Issued.Add(f.valid)
		return by(doc)
	})
	if err != nil {
		return err
	}
	return app.writeDraft(draft, f.draft, f.trust, trust)
}

// rotation is the exchange of one key of the organisation for another.
type rotation struct {
	changeFlags
	old, fresh string
	epoch      bool
}

func (f *rotation) flags(cmd *cobra.Command) {
	f.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.old, "old", "", "the key to take out: its name or the first digits of its id")
	flags.StringVar(&f.fresh, "new", "", "NAME=KEY to put in its place")
	flags.BoolVar(&f.epoch, "new-epoch", false, "begin a new key epoch: what was sealed before counts no more")
}

// rotate takes a key out of all roles and puts another in. What the old one has
// sealed stays good, unless a new epoch begins.
func (app *App) rotate(f rotation) error {
	if f.old == "" || f.fresh == "" {
		return fault.New(fault.Usage, "give --old KEY and --new NAME=KEY", "a rotation takes one key out and puts one in")
	}
	name, key, err := keyLine(f.fresh)
	if err != nil {
		return fault.Wrap(fault.Usage, err, "give NAME=KEY, the key as `plimsoll key new` prints it", "reading the new key")
	}
	return app.change(f.changeFlags, func(doc *verify.TrustDocument) error {
		id, _, err := findKey(*doc, f.old)
		if err != nil {
			return err
		}
		if err := sameKind(*doc, id, key); err != nil {
			return err
		}
		if f.epoch {
			doc.Epoch++
		}
		doc.Keys = slices.DeleteFunc(doc.Keys, func(k verify.TrustKey) bool { return idOf(k) == id })
		if err := addKey(doc, name, key); err != nil {
			return err
		}
		eachRole(doc, func(a *verify.Authority) {
			a.Keys, a.AlsoKeys = takeOut(a.Keys, id, key.ID, a.Threshold), takeOut(a.AlsoKeys, id, key.ID, a.Threshold)
		})
		return nil
	})
}

// sameKind wants a key of a second algorithm to be followed by another of it.
func sameKind(doc verify.TrustDocument, id string, next verify.Key) error {
	for _, k := range doc.Keys {
		if old, err := verify.ParseKey(k.Key); err == nil && old.ID == id && (old.Algorithm == verify.MLDSA65) != (next.Algorithm == verify.MLDSA65) {
			return fault.New(fault.Usage, "make one with plimsoll key new --algorithm "+string(old.Algorithm), "the key of %s is of %s, and the one in its place of %s", k.Name, old.Algorithm, next.Algorithm)
		}
	}
	return nil
}

func newKeyCompromise(app *App) *cobra.Command {
	var f changeFlags
	var since, dir, fresh string
	cmd := &cobra.Command{
		Use:   "compromise KEY",
		Short: "Say that a key of the organisation may be somebody else's",
		Long: `Say that a key of the organisation may be somebody else's. It is marked, so that
no signature of it counts any more, a new key epoch begins, so that no permit
sealed before counts any more, and the bundles that bear its signature are listed:
look at each, and seal anew what is yours.

KEY is its name or the first digits of its id. With --new another key takes its
place at once. As every change of a trust file, it is a draft that enough people
sign: those who have the other keys.`,
		Example: `  plimsoll key compromise ada --trust trust.json --since 2026-11-20 --new ada-2=ed25519:…`,
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return app.compromise(args[0], since, fresh, dir, f)
		},
	}
	f.add(cmd)
	cmd.Flags().StringVar(&since, "since", "", "the day from which on it may have been somebody else's, YYYY-MM-DD (default: today)")
	cmd.Flags().StringVar(&fresh, "new", "", "NAME=KEY to put in its place")
	cmd.Flags().StringVarP(&dir, "dir", "C", ".", "the repository whose releases are looked through")
	return cmd
}

func (app *App) compromise(which, since, fresh, dir string, f changeFlags) error {
	at := app.Clock().UTC().Truncate(time.Second)
	if since != "" {
		day, err := time.Parse(time.DateOnly, since)
		if err != nil || day.After(at) {
			return fault.New(fault.Usage, "give a day that has begun, as YYYY-MM-DD", "--since %q", since)
		}
		at = day
	}
	trust, err := app.trust(f.trust)
	if err != nil {
		return err
	}
	id, name, err := findKey(trust.Document(), which)
	if err != nil {
		return err
	}
	err = app.change(f, func(doc *verify.TrustDocument) error { return markCompromised(doc, id, at, fresh) })
	if err != nil {
		return err
	}
	return app.sayAffected(trust, id, name, dir)
}

func markCompromised(doc *verify.TrustDocument, id string, at time.Time, fresh string) error {
	doc.Epoch++
	for i := range doc.Keys {
		if idOf(doc.Keys[i]) == id {
			doc.Keys[i].Compromised = &at
		}
	}
	var next string
	if fresh != "" {
		name, key, err := keyLine(fresh)
		if err != nil {
			return fault.Wrap(fault.Usage, err, "give NAME=KEY", "reading the new key")
		}
		if err := sameKind(*doc, id, key); err != nil {
			return err
		}
		if err := addKey(doc, name, key); err != nil {
			return err
		}
		next = key.ID
	}
	eachRole(doc, func(a *verify.Authority) {
		a.Keys, a.AlsoKeys = takeOut(a.Keys, id, next, a.Threshold), takeOut(a.AlsoKeys, id, next, a.Threshold)
	})
	return nil
}

// takeOut puts next in a key's place, or leaves the key out where enough remain.
// One that cannot be left out stays, marked: the draft is refused for it.
func takeOut(keys []string, id, next string, threshold int) []string {
	i := slices.Index(keys, id)
	switch {
	case i < 0:
	case next != "":
		keys[i] = next
	case len(keys) > threshold:
		keys = slices.Delete(keys, i, i+1)
	}
	return keys
}

// sayAffected lists the bundles that bear a key's signature.
func (app *App) sayAffected(trust *verify.Trust, id, name, dir string) error {
	index, faults := permits.Load([]string{filepath.Join(dir, record.Dir)}, trust, verify.Policy{Now: app.Clock, AllowEmergency: true})
	for _, k := range index.All() {
		data, err := readNamed(k.Source, verify.MaxBundle)
		if err != nil {
			return err
		}
		if b, _, err := verify.InspectBundle(data, trust, verify.Policy{Now: app.Clock, AllowEmergency: true}); err == nil && slices.Contains(b.Signers(), id) {
			app.printLines([]string{fmt.Sprintf("bears the signature of %s: %s %s (%s)", name, k.Permit.Product, k.Permit.Version, k.Source)})
		}
	}
	for _, err := range faults {
		fmt.Fprintln(app.Stderr, "note: not looked into: "+err.Error())
	}
	app.printLines([]string{"what was sealed before the new epoch must be sealed anew; look through the log for releases that are not yours: plimsoll log monitor"})
	return nil
}

// findKey finds a key by its name or the first digits of its id.
func findKey(doc verify.TrustDocument, which string) (id, name string, err error) {
	var found []verify.TrustKey
	for _, k := range doc.Keys {
		if k.Name == which || len(which) >= 8 && strings.HasPrefix(idOf(k), which) {
			found = append(found, k)
		}
	}
	if len(found) != 1 {
		return "", "", fault.New(fault.NotFound, "`plimsoll trust show` lists them", "%d keys are called %q", len(found), which)
	}
	return idOf(found[0]), found[0].Name, nil
}

func idOf(k verify.TrustKey) string {
	key, err := verify.ParseKey(k.Key)
	if err != nil {
		return "" // a trust file that was read holds none
	}
	return key.ID
}

func eachRole(doc *verify.TrustDocument, do func(*verify.Authority)) {
	groups := []map[verify.Role]verify.Authority{doc.Roles}
	for _, roles := range doc.Products {
		groups = append(groups, roles)
	}
	for _, roles := range groups {
		for role, a := range roles {
			do(&a)
			roles[role] = a
		}
	}
}
