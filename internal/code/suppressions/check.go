// Package suppressions finds the comments in code that silence findings, and
// says which of them are not understood. What they silence is decided once all
// findings are known; here every file is looked at once and remembered.
package suppressions

import (
	"context"
	"io"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding/suppress"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// ID is the check's id.
const ID = "code.suppressions"

const workTree = "work tree"

// New is the check code.suppressions.
func New() *check.Check {
	return &check.Check{
		ID:    ID,
		Title: "comments that silence findings",
		Why: "A comment that silences a finding is a decision that nobody sees in the list of decisions. One that is not understood is worse: " +
			"whoever wrote it believes that the finding is dealt with.",
		Inputs: []check.Input{check.Files(workTree, nil)},
		Run:    run,
	}
}

// Keys of the counts in the memo's items.
const (
	countFiles    = "files"
	countComments = "comments "
)

func run(ctx context.Context, p *check.Pass) error {
	counts, err := p.EachFile(ctx, workTree, examine)
	if err != nil {
		return err
	}
	p.Observe(event.Observation{What: "files searched for comments that silence findings", Count: counts[countFiles]})
	var paths []string
	for key := range counts {
		if path, ok := strings.CutPrefix(key, countComments); ok {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	for _, path := range paths {
		p.Observe(event.Observation{What: "comments that silence findings", Path: path, Count: counts[countComments+path]})
	}
	return nil
}

// examine is a check.FileFunc.
func examine(_ context.Context, f repo.File, r io.Reader, item *check.Item) error {
	item.Count(countFiles, 1)
	told := map[int]bool{} // lines: windows overlap
	return repo.Windows(r, f.Size, func(w repo.Window) error {
		comments, faults := suppress.Find(f.Path, w.Data, w.Line)
		for _, c := range comments {
			if !told[c.Line] {
				told[c.Line] = true
				item.Count(countComments+f.Path, 1)
			}
		}
		for _, e := range faults {
			if !told[e.Place.Line] {
				told[e.Place.Line] = true
				item.Problems = append(item.Problems, event.Problem{Code: string(e.Code), Message: e.Message, Hint: e.Hint, Incomplete: true,
					Path: f.Path, Line: e.Place.Line, Column: e.Place.Column, Source: e.Place.Source})
			}
		}
		return nil
	})
}
