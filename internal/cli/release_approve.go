package cli

import (
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/deliverable"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry"
	"github.com/plimsoll-dev/plimsoll/internal/release/releases"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/verify"
)

type approveFlags struct {
	dir, by, says, role string
	yes                 bool
}

func newReleaseApprove(app *App) *cobra.Command {
	var f approveFlags
	cmd := &cobra.Command{
		Use:   "approve VERSION",
		Short: "Approve a prepared release, signed with your key",
		Long: `Approve a prepared release, signed with this machine's key (plimsoll key). The
word is about the exact digests and the verdict in prepared.json: where one of
them changes, it counts no more. product.yaml must list the key under your name;
whoever wrote part of the release may not approve it, and nobody counts twice.

Who must approve, who wrote it, and which preconditions there are is worked out
here again, from product.yaml and git. The verdict and what is said of each
precondition are the word of whoever prepared it: plimsoll release recheck finds
them out anew.`,
		Example: `  plimsoll release approve 1.2.3 --says "tried the upgrade on staging"
  plimsoll release approve 1.2.3 --role security --yes`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.releaseApprove(cmd.Context(), args[0], f)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.dir, "dir", "C", ".", "the repository")
	flags.StringVar(&f.by, "by", "", "who approves (default: the owner whose key this machine has)")
	flags.StringVar(&f.says, "says", "", "what you have looked at")
	flags.StringVar(&f.role, "role", "", "as what you approve, where you have several roles")
	flags.BoolVar(&f.yes, "yes", false, "sign without being asked")
	return cmd
}

func (app *App) releaseApprove(ctx context.Context, version string, f approveFlags) error {
	desk, err := app.desk(ctx, f.dir)
	if err != nil {
		return err
	}
	r, err := releases.Open(desk.Repo().Root(), version)
	if err != nil {
		return err
	}
	key, err := app.keys().Private()
	if err != nil {
		return err
	}
	who, err := app.approver(desk, r, f.by, key)
	if err != nil {
		return err
	}
	trust, err := app.trustIfAny(f.dir)
	if err != nil {
		return err
	}
	if err := again(ctx, desk, trust, r.Prepared); err != nil {
		return err
	}
	if err := app.asPrepared(ctx, desk.Repo().Root(), r.Prepared); err != nil {
		return err
	}
	role, err := roleFor(who, r.Prepared.Needs, f.role)
	if err != nil {
		return err
	}
	given, err := approval.Open(r.Prepared, r.Raw, r.Approvals, desk.Product().Owners)
	if err != nil {
		return err
	}
	app.showRelease(r, given, nil)
	app.printLines([]string{clean.Line(fmt.Sprintf("the verdict and the outcomes are the word of %s; `plimsoll release recheck %s` finds them out here", r.Prepared.PreparedBy, version))})
	if err := app.confirm(fmt.Sprintf("approve this as %s?", who.Name), f.yes); err != nil {
		return err
	}
	line, err := approval.Sign(r.Prepared, r.Raw, approval.Word{By: who.Name, Role: role, Says: f.says, Recorded: app.Clock()}, key)
	if err != nil {
		return err
	}
	digest, err := payloadDigest(line)
	if err != nil {
		return err
	}
	if _, err := app.writeWord(desk, record.Dir+"/"+version+"/"+record.ApprovalsDir, who.Name, digest, append(line, '\n')); err != nil {
		return err
	}
	return app.sayLacking(r, append(r.Approvals, line), desk.Product().Owners)
}

// asPrepared holds what is handed over, where it lies here, against what was
// prepared. Whoever approves may be on another machine than the one that built it.
func (app *App) asPrepared(ctx context.Context, root string, p record.Prepared) error {
	tree, err := os.OpenRoot(root)
	if err != nil {
		return fmt.Errorf("opening the repository: %w", err)
	}
	defer tree.Close()
	for _, d := range p.Deliverables {
		if d.Kind == verify.KindImage && registry.Is(d.Name) {
			app.printLines([]string{clean.Line("note: no registry is asked for " + d.Name + ", so you approve its digest alone; `plimsoll release recheck` asks")})
			continue
		}
		if _, err := tree.Lstat(d.Name); errors.Is(err, fs.ErrNotExist) {
			app.printLines([]string{clean.Line("note: " + d.Name + " is not here, so you approve its digest alone")})
			continue
		}
		if err := (deliverable.Taker{Root: root}).Again(ctx, d); err != nil {
			return err
		}
	}
	return nil
}

func payloadDigest(line []byte) (string, error) {
	var e verify.Envelope
	err := json.Unmarshal(line, &e)
	return verify.Digest(e.Payload), err
}

// approver is the person whose key this machine has, if they may approve.
func (app *App) approver(desk *assess.Desk, r releases.Release, by string, key ed25519.PrivateKey) (product.Person, error) {
	public := key.Public().(ed25519.PublicKey)
	who, listed := desk.Signer(public)
	if !listed {
		return who, fault.New(fault.Untrusted, "have it listed under your name: keys: ["+evidence.KeyLine(public)+"]", "%s lists the key of this machine under no owner", product.Path)
	}
	if by != "" {
		if named, ok := desk.Product().Person(by); !ok || !named.Same(who) {
			return who, fault.New(fault.Usage, "approve as yourself, with your own key (PLIMSOLL_KEYS)", "this machine's key is that of %s, not of %s", who.Name, by)
		}
	}
	if r.Permit != nil {
		return who, fault.New(fault.Usage, "nothing is left to do", "%s is sealed already", r.Version)
	}
	team := &product.Product{Owners: desk.Product().Owners}
	if err := approval.MayApprove(r.Prepared, who, team); err != nil {
		return who, fault.Wrap(fault.Untrusted, err, "have another owner approve it", "approving %s", r.Version)
	}
	return who, nil
}

// roleFor is the role in which somebody approves: the one they name, else one
// that is asked for, else any that they have.
func roleFor(who product.Person, needs []record.Need, named string) (string, error) {
	if named != "" {
		if slices.Contains(who.Roles, named) {
			return named, nil
		}
		return "", fault.New(fault.Usage, "use one of: "+strings.Join(who.Roles, ", "), "%s has no role %q", who.Name, named)
	}
	for _, n := range needs {
		for _, role := range who.Roles {
			if slices.Contains(n.Roles, role) {
				return role, nil
			}
		}
	}
	if len(who.Roles) > 0 {
		return who.Roles[0], nil
	}
	return "", nil
}

// sayLacking says what is left to do.
func (app *App) sayLacking(r releases.Release, approvals [][]byte, owners []product.Owner) error {
	given, err := approval.Open(r.Prepared, r.Raw, approvals, owners)
	if err != nil {
		return err
	}
	if filled, all := approval.Count(r.Prepared.Needs, given); filled < all {
		app.printLines([]string{fmt.Sprintf("%d of %d approvals are there (%s)", filled, all, wanted(r.Prepared.Needs, ""))})
		return nil
	}
	app.printLines([]string{"all approvals are there; commit them, and `plimsoll release seal " + r.Version + " --key …`"})
	return nil
}
