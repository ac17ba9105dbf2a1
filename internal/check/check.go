// Package check is the contract between what examines a product and what runs it.
//
// A check is a function of declared inputs, and evidence is the memo of one
// call. The runner computes the digests of what a check declares; where there
// is evidence for those digests already, the check is not called again. A check
// can reach nothing that it did not declare: its Pass refuses the rest.
package check

import (
	"context"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Check is one automatic verification.
type Check struct {
	ID    string // "wing.what"
	Title string
	Why   string // one paragraph for `plimsoll explain`
	// Rules are those that the check can report under; a finding under another
	// rule is a programming error.
	Rules []knowledge.Rule
	// Inputs are everything that the result depends on, besides the tool itself
	// and the rules.
	Inputs []Input
	// Ask is the command that calls the check, for one that is called only where
	// somebody asks for it; empty for all others. In between its word stands.
	Ask string
	// Idle says why there is nothing for the check to do in this product; empty
	// where there is. An idle check is called only where somebody names it.
	Idle string
	// Run examines. An error means that the check could not do its work; what
	// it could not examine of a part is told to the pass instead.
	Run func(context.Context, *Pass) error
}

// Input is one thing that a check reads.
type Input struct {
	Name string // "work tree", "history", a path; unique in a check
	kind inputKind
	// match selects files for a files or paths input; nil takes all.
	match func(path string) bool
	// value is the digest of a value input.
	value func(context.Context, *Subject) (string, error)
}

type inputKind uint8

const (
	filesInput inputKind = iota
	pathsInput
	historyInput
	factsInput
	valueInput
)

// Files declares that the check reads the files whose path match takes; a nil
// match takes every file.
func Files(name string, match func(path string) bool) Input {
	return Input{Name: name, kind: filesInput, match: match}
}

// Paths declares that the check reads which paths there are and what kind of
// thing each holds, but no content.
func Paths(name string, match func(path string) bool) Input {
	return Input{Name: name, kind: pathsInput, match: match}
}

// History declares that the check reads commits, tags and blobs reachable from
// any ref.
func History() Input { return Input{Name: "history", kind: historyInput} }

// Facts declares that the check reads the product's facts.
func Facts() Input { return Input{Name: "facts", kind: factsInput} }

// Value declares that the check reads something else, whose digest fn gives as
// "sha256:<hex>". The check reads it through its Subject.
func Value(name string, digest func(context.Context, *Subject) (string, error)) Input {
	return Input{Name: name, kind: valueInput, value: digest}
}

// Subject is what a run examines.
type Subject struct {
	Repo     *repo.Repo
	Snapshot repo.Snapshot
	Facts    []event.Fact
	AsOf     time.Time // the date that the run is for
	StateDir string    // where a check may keep state between runs; "" for nowhere
	Thorough bool      // a check that takes short cuts compares them with the long way
}

// ReadsHistory says whether the check declares the history.
func (c *Check) ReadsHistory() bool {
	return slices.ContainsFunc(c.Inputs, func(in Input) bool { return in.kind == historyInput })
}
