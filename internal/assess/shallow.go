package assess

import (
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

// cutOff is the problem of a history that is not all here.
func cutOff(r *repo.Repo) []event.Problem {
	if !r.Shallow() {
		return nil
	}
	return []event.Problem{{Code: string(fault.Missing), Incomplete: true,
		Message: "the history is cut off (a shallow clone): what came before was not examined",
		Hint:    "run `git fetch --unshallow`; in CI, let the checkout fetch everything (fetch-depth: 0)"}}
}
