package assess

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// whatMoved names the inputs that differ between two calls of a check, and from
// which commit to which the repository went meanwhile.
func whatMoved(then evidence.Record, now evidence.Call, here evidence.Repository) string {
	var moved []string
	was := then.InputMap()
	for _, in := range now.Inputs {
		if was[in.Name] != in.Digest {
			moved = append(moved, in.Name)
		}
	}
	if then.Rules != now.Rules {
		moved = append(moved, "rules")
	}
	if then.Tool != now.Tool {
		moved = append(moved, "Plimsoll itself")
	}
	if len(moved) == 0 {
		moved = []string{"an input"}
	}
	text := strings.Join(moved, " and ") + " changed since " + then.Check + " ran"
	if from := then.Repository.Commit; from != "" && here.Commit != "" && from != here.Commit {
		text += fmt.Sprintf(" (HEAD moved from %s to %s)", shortCommit(from), shortCommit(here.Commit))
	}
	return text
}

func shortCommit(commit string) string { return commit[:min(12, len(commit))] }

// movedBasis says which file that a person went by is another one now, and who
// changed it; "" where none is. What speaks against a word is held to the same:
// if it moved, somebody should look again.
func (a *assessment) movedBasis(ctx context.Context, word evidence.Attestation) string {
	for _, b := range slices.Concat(word.Basis, word.CounterBasis) {
		if b.Digest == "" || b.Outside {
			continue
		}
		f, there := a.file(b.Name)
		if there && f.Digest == b.Digest {
			continue
		}
		verb := "was changed"
		if !there {
			verb = "was removed"
		}
		return fmt.Sprintf("%s %s %s", b.Name, verb, a.changedBy(ctx, word.Repository.Commit, b.Name))
	}
	return ""
}

// changedBy names the commit that changed a file since another, as far as this
// copy of the history knows.
func (a *assessment) changedBy(ctx context.Context, since, path string) string {
	c, ok, err := a.repo.LastChange(ctx, since, path)
	switch {
	case err != nil:
		return "since it was given"
	case !ok:
		return "since it was given, and that is not committed"
	}
	return fmt.Sprintf("by commit %s (%s, %s)", shortCommit(c.Commit), c.Author, c.At.Format(time.DateOnly))
}

// file finds a file under examination by its path.
func (a *assessment) file(path string) (repo.File, bool) {
	files := a.snapshot.Files()
	i, ok := slices.BinarySearchFunc(files, path, func(f repo.File, path string) int { return strings.Compare(f.Path, path) })
	if !ok {
		return repo.File{}, false
	}
	return files[i], true
}
