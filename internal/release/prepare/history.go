package prepare

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/release/releases"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// mostCommits bounds the commits whose authors are looked for.
const mostCommits = 200_000

// history finds the release before, who wrote what is new since, and what
// earlier emergencies promised.
func (w *work) history(ctx context.Context) error {
	if err := w.before(ctx, w.commit()); err != nil {
		return err
	}
	var err error
	w.authors, err = wrote(ctx, w.Product, w.base, w.commit())
	return err
}

// before finds the release before the one of a commit.
func (w *work) before(ctx context.Context, commit string) error {
	all, err := releases.All(w.Repo.Root())
	if err != nil {
		return err
	}
	for _, r := range all {
		if r.Version == w.Version {
			w.draft.released, w.draft.pending = r.Permit != nil, r.Pending
		}
		w.owed(r)
	}
	if last := w.last(all); last != nil {
		w.previous, w.base = last.Version, last.Permit.Commit
	} else if w.previous, w.base, err = w.tagBefore(ctx, commit); err != nil {
		return err
	}
	return nil
}

// last is the release of the line that was sealed last. What it says decides
// whose work is new, so a bundle that somebody has only written would hide its
// author: where there is a trust file, one that cannot be verified does not count.
// Whether it still stands is of no matter.
func (w *work) last(all []releases.Release) *releases.Release {
	for {
		last := releases.Last(all, w.Release.Line)
		if last == nil || w.Trust == nil {
			return last
		}
		err := w.genuine(*last)
		if err == nil {
			return last
		}
		w.draft.Notes = append(w.draft.Notes, fmt.Sprintf("the release %s does not count as the one before: %v", last.Version, err))
		all = slices.DeleteFunc(slices.Clone(all), func(r releases.Release) bool { return r.Version == last.Version })
	}
}

func (w *work) genuine(r releases.Release) error {
	name := record.Dir + "/" + r.Version + "/" + r.Version + verify.Extension
	data, err := w.Repo.ReadInside(name, verify.MaxBundle)
	if err != nil {
		return unreadable(name, err)
	}
	b, err := releases.SealedBy(w.Trust, data)
	if err != nil {
		return err
	}
	if p := b.Permit(); b.Digest() != r.Digest || p.Product != w.Name || p.Version != r.Version {
		return fmt.Errorf("its bundle is that of %s %s", p.Product, p.Version)
	}
	return nil
}

// wrote lists the addresses of those who wrote what a commit has and the release
// before has not: authors, and whom a commit thanks as co-authors. Whoever uses
// an address that product.yaml does not list and the name of an owner is that
// owner as well.
func wrote(ctx context.Context, p Product, base, head string) ([]string, error) {
	if head == "" {
		return nil, nil
	}
	if p.Repo.Shallow() {
		return nil, fault.New(fault.Missing, "fetch the whole history: `git fetch --unshallow`", "finding who wrote what is new: the history is cut off")
	}
	if id, err := p.Repo.CommitOf(ctx, base); base != "" && (err != nil || id != base) {
		return nil, fault.New(fault.Missing, "have whoever has it push it, with a tag that keeps it: `git push origin "+base+":refs/tags/NAME`. Squashing the branch of a release leaves it behind",
			"finding who wrote what is new: the commit %.12s of the release before is not in this copy of the repository", base)
	}
	commits, err := p.Repo.CommitsBetween(ctx, base, head, mostCommits)
	if err != nil {
		return nil, fault.Wrap(fault.Missing, err, "fetch the whole history: `git fetch --unshallow`", "finding who wrote what is new")
	}
	if len(commits) >= mostCommits {
		return nil, fault.New(fault.TooCostly, "tag the release before, so that fewer are new", "%d commits or more are new since the release before: not everybody who wrote them would be seen", mostCommits)
	}
	return addresses(p.Product, commits), nil
}

func addresses(p *product.Product, commits []repo.CommitInfo) []string {
	var out []string
	for _, c := range commits {
		out = append(out, person(p, c.Author, c.Email)...)
		for _, line := range c.CoAuthors {
			name, rest, _ := strings.Cut(line, "<")
			address, _, _ := strings.Cut(rest, ">")
			out = append(out, person(p, strings.TrimSpace(name), address)...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// person is the address of a commit and that of the owner whose name it bears.
func person(p *product.Product, name, address string) (out []string) {
	if address = strings.ToLower(strings.TrimSpace(address)); address != "" {
		out = append(out, address)
	}
	if who, ok := p.Person(name); ok && name != "" {
		for _, o := range p.Owners {
			if other, ok := p.Person(o.Email); ok && other.Same(who) && o.Email != "" {
				out = append(out, strings.ToLower(o.Email))
			}
		}
	}
	return out
}

// owed notes what an emergency release promised and nobody has said is done.
func (w *work) owed(r releases.Release) {
	e := r.Prepared.Emergency
	if e == nil || r.Permit == nil || r.Version == w.Version {
		return
	}
	if r.FollowUp != nil {
		_, err := approval.OpenFollowUp(r.Raw, r.FollowUp, w.Owners)
		if err == nil {
			return
		}
		w.draft.Notes = append(w.draft.Notes, fmt.Sprintf("the follow-up of %s does not count: %v", r.Version, err))
	}
	w.Facts.FollowUps = append(w.Facts.FollowUps, r.Version+": "+e.FollowUp)
}

// tagBefore is the latest version tag before this version, for repositories
// whose releases were not sealed here. One that holds the commit that is released
// is this release's own, or comes after it: nothing would be new since. A line of
// maintenance has versions of later lines beside it.
func (w *work) tagBefore(ctx context.Context, head string) (version, commit string, err error) {
	refs, err := w.Repo.Refs(ctx)
	if err != nil {
		return "", "", fmt.Errorf("looking for the release before: %w", err)
	}
	tags := w.versionTags(refs)
	for _, t := range tags {
		if w.Release.Line != "" && releases.Compare(t.version, w.Version) > 0 {
			continue
		}
		if head != "" {
			common, err := w.Repo.MergeBase(ctx, t.commit, head)
			if err != nil || common == head { // no commit, or one that holds this one
				continue
			}
		}
		return t.version, t.commit, nil
	}
	return "", "", nil
}

type versionTag struct{ version, commit string }

// versionTags are the tags of other versions than this, the latest first.
func (w *work) versionTags(refs []repo.Ref) []versionTag {
	var out []versionTag
	for _, r := range refs {
		name, isTag := strings.CutPrefix(r.Name, "refs/tags/")
		v := strings.TrimPrefix(path.Base(name), "v")
		at := r.OID
		if r.Peeled != "" {
			at = r.Peeled
		}
		if isTag && semver.IsValid("v"+v) && v != strings.TrimPrefix(w.Version, "v") {
			out = append(out, versionTag{v, at})
		}
	}
	slices.SortStableFunc(out, func(a, b versionTag) int { return releases.Compare(b.version, a.version) })
	return out
}

// changelogs are where a changelog stands.
var changelogs = []string{"CHANGELOG.md", "CHANGELOG", "CHANGELOG.txt", "CHANGELOG.rst", "CHANGES.md", "CHANGES", "CHANGES.rst", "HISTORY.md", "NEWS.md", "NEWS", "docs/CHANGELOG.md", "docs/changelog.md"}

// changelog looks for the version in the changelog.
func (w *work) changelog(context.Context) error {
	version := regexp.QuoteMeta(strings.TrimPrefix(w.Version, "v"))
	named := regexp.MustCompile(`(?m)(^|[^0-9A-Za-z.+-])v?` + version + `($|[^0-9A-Za-z.+-]|\.($|\s))`)
	for _, name := range changelogs {
		data, err := w.Repo.ReadInside(name, 8<<20)
		if err == nil && named.Match(data) {
			w.Facts.InChangelog = true
		}
	}
	return nil
}
