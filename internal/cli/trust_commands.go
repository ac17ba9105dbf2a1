package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/trustfile"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/verify"
)

func newTrust(app *App) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "trust",
		Short: "The organisation's trust file: who may speak for it",
		Long: `The organisation's trust file: who may speak for it, and how many of them it takes.
plimsoll key ceremony drafts the first version; plimsoll key rotate --trust and
plimsoll key compromise draft the next. Enough people sign a draft, each on their
own machine, and it is finished. See plimsoll docs keys.`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(newTrustShow(app), newTrustChange(app), newTrustDiff(app), newTrustSign(app), newTrustFinish(app))
	return cmd
}

func newTrustShow(app *App) *cobra.Command {
	return &cobra.Command{Use: "show [FILE]", Short: "Verify a trust file and show who may do what", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			trust, err := app.trust(firstOf(append(args, "")...))
			if err != nil {
				return err
			}
			app.showTrust(trust.Document())
			if err := trust.CheckTime(app.Clock()); err != nil {
				return refusal(err)
			}
			return nil
		}}
}

func (app *App) showTrust(doc verify.TrustDocument) {
	lines := []string{fmt.Sprintf("%s  version %d, %s to %s, key epoch %d", clean.Line(doc.Organisation), doc.Version, doc.Issued.Format(time.DateOnly), doc.Expires.Format(time.DateOnly), doc.Epoch)}
	lines = append(lines, roleLines("", doc.Roles)...)
	for _, product := range slices.Sorted(maps.Keys(doc.Products)) {
		lines = append(lines, roleLines(" of "+product, doc.Products[product])...)
	}
	for _, k := range doc.Keys {
		state := clean.Line(cmp.Or(strings.Join(rolesOf(doc, idOf(k)), ", "), "no role"))
		if k.Compromised != nil {
			state = "COMPROMISED since " + k.Compromised.Format(time.DateOnly)
		}
		lines = append(lines, fmt.Sprintf("  %s  %s  %s", fingerprint(idOf(k)), clean.Line(k.Name), state))
	}
	if doc.Log != nil {
		lines = append(lines, fmt.Sprintf("  log %s, required: %v, witnesses: %d of %d", clean.Line(doc.Log.Key), doc.Log.Required, doc.Log.Quorum, len(doc.Log.Witnesses)))
	}
	app.printLines(lines)
}

func roleLines(of string, roles map[verify.Role]verify.Authority) (lines []string) {
	for _, role := range []verify.Role{verify.RoleRoot, verify.RoleRelease, verify.RoleRevoke} {
		if a, ok := roles[role]; ok {
			lines = append(lines, clean.Line(fmt.Sprintf("  %-8s %d of %d%s", string(role)+of, a.Threshold, len(a.Keys), also(a))))
		}
	}
	return lines
}

func also(a verify.Authority) string {
	if a.Also == "" {
		return ""
	}
	return fmt.Sprintf(", and as many of %d %s keys", len(a.AlsoKeys), a.Also)
}

func newTrustSign(app *App) *cobra.Command {
	var keys []string
	var trust string
	var yes bool
	cmd := &cobra.Command{Use: "sign DRAFT", Short: "Sign a draft of a trust file, once you have read it", Args: cobra.ExactArgs(1),
		Example: "  plimsoll trust sign trust-draft.json --key ada.key",
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.trustSign(cmd.Context(), args[0], trust, keys, yes)
		}}
	cmd.Flags().StringArrayVar(&keys, "key", nil, "the key to sign with")
	cmd.Flags().StringVar(&trust, "trust", "", "the trust file that it is to follow, to say what changes and what is still wanting")
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return cmd
}

func (app *App) trustSign(ctx context.Context, path, trustPath string, keys []string, yes bool) error {
	if len(keys) == 0 {
		return fault.New(fault.Usage, "give --key FILE", "there is no key to sign with")
	}
	draft, err := readDraft(path)
	if err != nil {
		return err
	}
	var current *verify.Trust
	if trustPath != "" {
		if current, err = app.trust(trustPath); err != nil {
			return err
		}
	}
	app.showTrust(draft.Document)
	if current != nil {
		app.sayTrustChanges(current.Document(), draft.Document)
	}
	if err := app.confirm("sign it", yes); err != nil {
		return err
	}
	for _, uri := range keys {
		s, err := app.openKey(ctx, uri)
		if err != nil {
			return err
		}
		err = errors.Join(draft.Sign(ctx, s), s.Close())
		if err != nil {
			return fault.Wrap(fault.Usage, err, "let somebody else sign it", "signing %s with %s", path, uri)
		}
	}
	data, err := draft.Bytes()
	if err != nil {
		return err
	}
	if err := durable.WriteFile(path, data, 0o644); err != nil {
		return err
	}
	return app.sayMissing(draft, path, trustPath, current)
}

func readDraft(path string) (*trustfile.Draft, error) {
	data, err := readNamed(path, verify.MaxEnvelope)
	if err != nil {
		return nil, err
	}
	return trustfile.Read(data)
}

func newTrustFinish(app *App) *cobra.Command {
	var trust string
	cmd := &cobra.Command{Use: "finish DRAFT --trust FILE", Short: "Make a draft the newest version of the trust file", Args: cobra.ExactArgs(1),
		Example: "  plimsoll trust finish trust-draft.json --trust trust.json",
		RunE:    func(_ *cobra.Command, args []string) error { return app.trustFinish(args[0], trust) }}
	cmd.Flags().StringVar(&trust, "trust", "", "the trust file; it is made where there is none")
	return cmd
}

func (app *App) trustFinish(path, trust string) error {
	if trust == "" {
		return fault.New(fault.Usage, "give --trust FILE", "there is no trust file to write")
	}
	draft, err := readDraft(path)
	if err != nil {
		return err
	}
	var current []byte
	if _, err := os.Lstat(trust); !errors.Is(err, fs.ErrNotExist) {
		if current, err = readNamed(trust, verify.MaxBundle); err != nil {
			return err
		}
	}
	file, err := draft.Finish(current, envelope.Algorithms())
	if err != nil {
		return refusal(err)
	}
	if err := durable.WriteFile(trust, file, 0o644); err != nil {
		return err
	}
	app.printLines([]string{fmt.Sprintf("%s is at version %d: hand it out, as you did before", trust, draft.Document.Version)})
	return nil
}
