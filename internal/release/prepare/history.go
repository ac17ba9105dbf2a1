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
	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/releases"
)

// mostCommits bounds the commits whose authors are looked for.
const mostCommits = 200_000

// history finds the release before, who wrote what is new since, and what
// earlier emergencies promised.
func (w *work) history(ctx context.Context) error {
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
	base := ""
	if last := releases.Last(all, w.Release.Line); last != nil {
		w.previous, base = last.Version, last.Permit.Commit
	} else if w.previous, base, err = w.tagBefore(ctx); err != nil {
		return err
	}
	commits, err := w.Repo.CommitsBetween(ctx, base, w.Repo.Head(), mostCommits)
	if err != nil && w.Repo.Head() != "" {
		return fault.Wrap(fault.Missing, err, "fetch the whole history: `git fetch --unshallow`", "finding who wrote what is new since %s", w.previous)
	}
	for _, c := range commits {
		w.authors = append(w.authors, strings.ToLower(c.Email))
	}
	slices.Sort(w.authors)
	w.authors = slices.Compact(w.authors)
	return nil
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
// whose releases were not sealed here. A tag of this very commit is this
// release's own.
func (w *work) tagBefore(ctx context.Context) (version, commit string, err error) {
	refs, err := w.Repo.Refs(ctx)
	if err != nil {
		return "", "", fmt.Errorf("looking for the release before: %w", err)
	}
	for _, r := range refs {
		name, isTag := strings.CutPrefix(r.Name, "refs/tags/")
		v := strings.TrimPrefix(path.Base(name), "v")
		at := r.OID
		if r.Peeled != "" {
			at = r.Peeled
		}
		if !isTag || !semver.IsValid("v"+v) || at == w.Repo.Head() || v == strings.TrimPrefix(w.Version, "v") {
			continue
		}
		if version == "" || releases.Compare(v, version) > 0 {
			version, commit = v, at
		}
	}
	return version, commit, nil
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
