package repo

import (
	"context"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// At is the repository as it was at a revision: its head is that commit, its
// files are the commit's, and its history is what that commit reaches. It returns
// a *fault.Error with code Usage where there is no such commit here.
func (r *Repo) At(ctx context.Context, revision string) (*Repo, error) {
	commit, err := r.CommitOf(ctx, revision)
	if err != nil {
		return nil, err
	}
	at := &Repo{gitDir: r.gitDir, head: commit, tips: []string{commit}, idSize: r.idSize}
	at.remember(ctx)
	at.store = r.store
	return at, nil
}

// CommitOf resolves a revision, as git writes them, to the name of a commit.
func (r *Repo) CommitOf(ctx context.Context, revision string) (string, error) {
	none := fault.New(fault.Usage, "name a commit, a branch or a tag; fetch it first where this copy lacks it (a shallow clone does)",
		"there is no commit %q in this copy of the repository", revision)
	if revision == "" || strings.HasPrefix(revision, "-") || strings.ContainsAny(revision, "\n\r\x00") {
		return "", none
	}
	out, err := r.run(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", revision+"^{commit}")
	if err != nil {
		return "", none
	}
	return strings.TrimSpace(string(out)), nil
}

// MergeBase is the last commit that two revisions have in common, "" where they
// have none.
func (r *Repo) MergeBase(ctx context.Context, a, b string) (string, error) {
	for _, revision := range []string{a, b} {
		if _, err := r.CommitOf(ctx, revision); err != nil {
			return "", err
		}
	}
	out, err := r.run(ctx, "merge-base", "--end-of-options", a, b)
	if err != nil {
		return "", nil
	}
	return strings.TrimSpace(string(out)), nil
}

// walking is a git command over the history from r's tips on.
func (r *Repo) walking(verb string, args ...string) []string {
	return append(append([]string{verb}, args...), r.tips...)
}

// whole says whether r is all that any ref reaches.
func (r *Repo) whole() bool { return len(r.tips) == 1 && r.tips[0] == "--all" }
