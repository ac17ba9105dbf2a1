package prepare

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/checklist"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Again holds a prepared release against the policy and the history as they are
// here, before somebody approves or signs it. prepared.json lies in the
// repository, where whoever can push can edit it: who must approve, who wrote
// it, and which preconditions there are is never taken from it alone. A policy
// that changed since is a reason to prepare it again.
func Again(ctx context.Context, p Product, r record.Prepared) error {
	w := &work{Product: p, Request: Request{Version: r.Version, Now: r.PreparedAt, Commit: r.Commit, Emergency: asked(r.Emergency)}, draft: &Draft{}}
	for _, step := range []func() error{
		func() error { return w.samePolicy(ctx, r) },
		func() error { return w.samePreconditions(r) },
		func() error { return w.sameHistory(ctx, r) },
	} {
		if err := step(); err != nil {
			if _, explained := errors.AsType[*fault.Error](err); explained {
				return err
			}
			return fault.Wrap(fault.Untrusted, err, "prepare it again: `plimsoll release prepare "+r.Version+"`", "holding prepared.json of %s against %s and the history", r.Version, product.Path)
		}
	}
	return nil
}

func asked(e *verify.Emergency) *Emergency {
	if e == nil {
		return nil
	}
	return &Emergency{Because: e.Because, Until: e.Until, FollowUp: e.FollowUp, By: e.By}
}

func (w *work) samePolicy(ctx context.Context, r record.Prepared) error {
	if err := w.emergency(ctx); err != nil {
		return fault.Wrap(fault.Untrusted, err, "prepare it again: `plimsoll release prepare "+r.Version+"`", "holding the emergency in prepared.json of %s against the policy", r.Version)
	}
	stands, err := time.ParseDuration(r.ValidFor)
	apart := r.PreparedAt.Sub(r.Verdict.AsOf)
	switch {
	case apart < -time.Minute || apart > 24*time.Hour:
		return fmt.Errorf("it was prepared on %s, and its verdict is of %s", r.PreparedAt.Format(time.RFC3339), r.Verdict.AsOf.Format(time.RFC3339))
	case !slices.Equal(r.Roots, w.Roots):
		return fmt.Errorf("it was prepared in another repository: its first commits are %.12s, and here %.12s", r.Roots, w.Roots)
	case r.Product != w.Name || r.Line != w.Release.Line:
		return fmt.Errorf("it is of %q (line %q), and the product here is %q (line %q)", r.Product, r.Line, w.Name, w.Release.Line)
	case !slices.EqualFunc(r.Needs, w.needs, sameNeed):
		return fmt.Errorf("it asks for other approvals than the policy")
	case err != nil || stands > w.validFor || stands <= 0:
		return fmt.Errorf("it would stand for %s, and the policy gives %s", r.ValidFor, w.validFor)
	case !reflect.DeepEqual(r.Emergency, w.asked):
		return fmt.Errorf("its emergency is not written as preparing writes one")
	}
	return nil
}

func sameNeed(a, b record.Need) bool { return a.Count == b.Count && slices.Equal(a.Roles, b.Roles) }

// samePreconditions wants every precondition of the policy, and each of them met
// or waived as an emergency may.
func (w *work) samePreconditions(r record.Prepared) error {
	items, err := checklist.Items(w.Product.Product)
	if err != nil {
		return err
	}
	if len(items) != len(r.Preconditions) {
		return fmt.Errorf("it has %d preconditions, and the policy has %d", len(r.Preconditions), len(items))
	}
	for i, item := range items {
		got := r.Preconditions[i]
		switch {
		case got.ID != item.ID:
			return fmt.Errorf("its precondition %d is %s, and that of the policy %s", i+1, got.ID, item.ID)
		case got.Met && got.Waived == "":
		case !got.Met && got.Waived == "emergency" && w.asked != nil && item.Emergency:
		default:
			return fmt.Errorf("its precondition %s is neither met nor waived by an emergency that may waive it", got.ID)
		}
	}
	return nil
}

// sameHistory wants everybody to be named who wrote what is released: what lies
// between the release before and the commit, and what was there when
// prepared.json was recorded, since nobody can tell from a file of which of the
// two trees it was built.
func (w *work) sameHistory(ctx context.Context, r record.Prepared) error {
	if err := w.before(ctx, r.Commit); err != nil {
		return err
	}
	if r.Previous != w.previous {
		return fmt.Errorf("the release before is %q there, and %q here%s", r.Previous, w.previous, because(w.draft.Notes))
	}
	if err := w.samePlace(); err != nil {
		return err
	}
	if id, err := w.Repo.CommitOf(ctx, r.Commit); err != nil || id != r.Commit {
		return fault.New(fault.Missing, "fetch it, or prepare it again", "the commit %.12s of the release %s is not here", r.Commit, r.Version)
	}
	authors, err := w.wroteUntil(ctx, r)
	if err != nil {
		return err
	}
	for _, a := range authors {
		if !slices.Contains(r.Authors, a) {
			return fmt.Errorf("%s wrote part of it, and is not among its authors", a)
		}
	}
	return nil
}

// samePlace judges again what the releases before it say: whether it is new, later
// than they are, and owes nothing. An emergency waives none of these.
func (w *work) samePlace() error {
	all, err := checklist.Evaluate(w.Product.Product, w.placed(w.Facts))
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.Builtin() && !o.Met && slices.Contains([]string{"version-later", "version-new", "follow-ups"}, o.ID) {
			return fmt.Errorf("its precondition %s is not met: %s", o.ID, o.Because)
		}
	}
	return nil
}

func because(notes []string) string {
	if len(notes) == 0 {
		return ""
	}
	return " (" + strings.Join(notes, "; ") + ")"
}

func (w *work) wroteUntil(ctx context.Context, r record.Prepared) ([]string, error) {
	authors, err := wrote(ctx, w.Product, w.base, r.Commit)
	if err != nil {
		return nil, err
	}
	recorded := w.Repo.Head()
	if c, ok, err := w.Repo.LastChange(ctx, "", recordOf(r.Version)); err != nil {
		return nil, err
	} else if ok {
		recorded = c.Commit
	}
	later, err := w.Repo.CommitsOutside(ctx, r.Commit, recorded, strings.SplitN(record.Dir, "/", 2)[0], mostCommits)
	if err != nil {
		return nil, err
	}
	if len(later) >= mostCommits {
		return nil, fmt.Errorf("%d commits or more lie between its commit and the one that recorded it", mostCommits)
	}
	return append(authors, addresses(w.Product.Product, later)...), nil
}

func recordOf(version string) string { return record.Dir + "/" + version + "/" + record.PreparedFile }
