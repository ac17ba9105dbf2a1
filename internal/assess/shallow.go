package assess

import (
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// foreign tells whether a word in this repository was given for another one. A
// shallow clone does not know its first commits and so cannot tell; it is told
// as incomplete anyway.
func (a *assessment) foreign(of evidence.Repository) bool {
	return !a.repo.Shallow() && !of.Same(a.identity)
}

// notCommitted tells whether a file counts here that no commit holds. Results
// that product.yaml names are made by the build, so they do not make the tree dirty.
func (a *assessment) notCommitted() bool {
	for _, f := range a.snapshot.Files() {
		if !f.Tracked && !a.product.NamesResult(f.Path) {
			return true
		}
	}
	return false
}

// submodules notes what is not examined here because it is another repository.
func submodules(files []repo.File) []event.Problem {
	var first string
	n := 0
	for _, f := range files {
		if f.Mode == repo.Submodule {
			if n++; n == 1 {
				first = f.Path
			}
		}
	}
	if n == 0 {
		return nil
	}
	return []event.Problem{{Code: "submodules", Path: first,
		Message: fmt.Sprintf("%s, which is not examined here", plural(n)),
		Hint:    "run `plimsoll check` in each of them"}}
}

func plural(n int) string {
	if n == 1 {
		return "a submodule holds code of another repository"
	}
	return fmt.Sprintf("%d submodules hold code of other repositories", n)
}

// cutOff is the problem of a history that is not all here.
func cutOff(r *repo.Repo) []event.Problem {
	if !r.Shallow() {
		return nil
	}
	return []event.Problem{{Code: string(fault.Missing), Incomplete: true,
		Message: "the history is cut off (a shallow clone): what came before was not examined",
		Hint:    "run `git fetch --unshallow`; in CI, let the checkout fetch everything (fetch-depth: 0)"}}
}
