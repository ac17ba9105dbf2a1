package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// mostCommits bounds the commits of one change whose authors are read.
const mostCommits = 500

// Range is what is compared with what.
type Range struct {
	Base string // commit; "" for the empty tree
	Head string // commit; what the work tree stands on where Work is set
	Work bool   // the work tree with what is not committed
	Name string // for people: "main..HEAD"
}

// Change is a change as it stands in the repository.
type Change struct {
	Range
	Files   []File
	Commits []repo.CommitInfo // of the range, newest first
	// Incomplete says why not all of it could be read, "" where it was.
	Incomplete string
}

// RangeOf is the change that a user means: since a revision, or since the branch
// left the main one; on the main branch, what is not committed, or else the last
// commit.
func RangeOf(ctx context.Context, r *repo.Repo, since, to string) (Range, error) {
	out := Range{Head: r.Head(), Work: to == "" && r.Root() != ""}
	if r.Head() == "" {
		return out, fault.New(fault.Nothing, "commit something first", "the repository has no commit")
	}
	if to != "" {
		head, err := r.CommitOf(ctx, to)
		if err != nil {
			return out, err
		}
		out.Head = head
	}
	if out.Work {
		dirty, err := r.Dirty(ctx)
		if err != nil {
			return out, err
		}
		out.Work = dirty
	}
	if since != "" {
		base, err := r.CommitOf(ctx, since)
		if err != nil {
			return out, err
		}
		if base, err = r.MergeBase(ctx, base, out.Head); err != nil {
			return out, err
		}
		return out.from(base, since, to), nil
	}
	return out.guess(ctx, r, to)
}

func (g Range) from(base, since, to string) Range {
	g.Base = base
	switch {
	case to != "":
		g.Name = since + ".." + to
	case g.Work:
		g.Name = since + ".. with what is not committed"
	default:
		g.Name = since + "..HEAD"
	}
	return g
}

func (g Range) guess(ctx context.Context, r *repo.Repo, to string) (Range, error) {
	if branch := r.MainBranch(ctx); branch != "" {
		if base, err := r.MergeBase(ctx, branch, g.Head); err == nil && base != "" && base != g.Head {
			short := strings.TrimPrefix(strings.TrimPrefix(branch, "refs/heads/"), "refs/remotes/")
			return g.from(base, short, to), nil
		}
	}
	if g.Work {
		return g.from(g.Head, "HEAD", to), nil
	}
	commits, err := r.CommitsBetween(ctx, "", g.Head, 1)
	if err != nil || len(commits) == 0 {
		return g, err
	}
	g.Name = "the last commit"
	if len(commits[0].Parents) > 0 {
		g.Base = commits[0].Parents[0]
	}
	return g, nil
}

// Load reads the files of a change.
func Load(ctx context.Context, r *repo.Repo, g Range) (*Change, error) {
	out := &Change{Range: g}
	list, err := r.Changes(ctx, g.Base, g.Head)
	if err == nil && g.Work {
		list, err = withWork(ctx, r, g, list)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Incomplete, err, repo.FetchHint, "reading the change")
	}
	if len(list) > mostFiles {
		out.Incomplete = fmt.Sprintf("the change touches %d files; %d of them were read", len(list), mostFiles)
		list = list[:mostFiles]
	}
	if err := out.read(ctx, r, list); err != nil {
		return nil, err
	}
	if g.Base != g.Head {
		out.Commits, err = r.CommitsBetween(ctx, g.Base, g.Head, mostCommits)
	}
	return out, err
}

// withWork lists what differs between the base and the work tree: what was
// committed since, but for the files that were changed again.
func withWork(ctx context.Context, r *repo.Repo, g Range, committed []repo.TreeChange) ([]repo.TreeChange, error) {
	work, err := r.WorkChanges(ctx, g.Head)
	if err != nil {
		return nil, err
	}
	again := map[string]repo.TreeChange{}
	for _, w := range work {
		again[w.Path] = w
	}
	var out []repo.TreeChange
	for _, c := range committed {
		if w, ok := again[c.Path]; ok {
			delete(again, c.Path)
			c.NewOID, c.Work, c.Executable = w.NewOID, w.Work, c.Executable || w.Executable
			if c.Gone() && c.OldOID == "" {
				continue // came and went
			}
		}
		out = append(out, c)
	}
	for _, w := range work {
		if _, left := again[w.Path]; left {
			out = append(out, w)
		}
	}
	return out, nil
}

// read fetches the contents of both sides, as far as the bounds go.
func (c *Change) read(ctx context.Context, r *repo.Repo, list []repo.TreeChange) error {
	wanted := map[string][]byte{}
	var oids []string
	for _, f := range list {
		for _, oid := range []string{f.OldOID, f.NewOID} {
			if _, seen := wanted[oid]; oid != "" && !seen && !f.Special {
				wanted[oid] = nil
				oids = append(oids, oid)
			}
		}
	}
	total := 0
	err := r.Blobs(ctx, oids, largestFile, func(oid string, data []byte, _ int64) error {
		if total += len(data); total > mostBytes {
			c.Incomplete = fmt.Sprintf("the change holds more than %d MB; the rest was not read", mostBytes>>20)
			return nil
		}
		wanted[oid] = data
		return nil
	})
	if err != nil {
		return fault.Wrap(fault.Incomplete, err, repo.FetchHint, "reading the files of the change")
	}
	for _, f := range list {
		file := File{Path: f.Path, OldPath: f.OldPath, Gone: f.Gone(), Executable: f.Executable, Old: wanted[f.OldOID], New: wanted[f.NewOID]}
		file.Unread = f.OldOID != "" && file.Old == nil || f.NewOID != "" && file.New == nil
		if f.Work {
			file.New, err = r.ReadInside(f.Path, largestFile)
			if err != nil {
				file.New, file.Unread = nil, !errors.Is(err, context.Canceled)
			}
		}
		if f.Special {
			file.Old, file.New, file.Unread = nil, nil, false
		}
		c.Files = append(c.Files, file)
	}
	slices.SortFunc(c.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return nil
}

// Authors lists who wrote the change, as the commits name them: "Name <address>".
// What isn't committed is the user's own.
func (c *Change) Authors(user string) []string {
	var out []string
	add := func(s string) {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, k := range c.Commits {
		if len(k.Parents) < 2 {
			add(k.Author + " <" + k.Email + ">")
			for _, other := range k.CoAuthors {
				add(other)
			}
		}
	}
	if c.Work {
		add(user)
	}
	return out
}
