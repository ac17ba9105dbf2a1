// Package assess is one assessment from facts to verdict: it loads what stands
// in the repository, calls the checks, applies the decisions and asks the gate.
// The command line and the server both come through here, so that they can
// never disagree.
package assess

import (
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/code/verifylive"
	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Options say what to assess and how.
type Options struct {
	Dir string
	// AsOf is the date that the verdict is for; zero for now.
	AsOf time.Time
	// Only are the checks to call; empty for all. Of the others, evidence that
	// still stands counts.
	Only []string
	// NoMemo calls every check on every file again.
	NoMemo bool
	// Thorough wants every short cut of a check compared with the long way. It
	// makes sense together with NoMemo alone.
	Thorough bool
	// NoCalls calls no check at all: the verdict rests on the evidence there is.
	NoCalls bool
	// RunScanners allows the scanners that product.yaml names, for this run.
	RunScanners bool
	// Level, where not 0, takes the place of the level in product.yaml.
	Level int
	// Since is a revision to compare with; the gate then goes by what the change
	// did since. Strict makes it go by all that is there all the same.
	Since  string
	Strict bool
	// SeedDefects plants defects besides, and looks which of them are found.
	SeedDefects bool
	// Budget is how many findings are shown first; 0 for what product.yaml says.
	Budget int
	// StateDir and KeysDir take the place of the usual folders where not empty.
	StateDir, KeysDir string

	// AskIssuer, where not nil, is asked whether each credential still works
	// whose rule it takes: the user wants to know.
	AskIssuer *verifylive.Verifier

	Getenv func(string) string
	Clock  func() time.Time
	// Handler receives the events, in order.
	Handler event.Handler
}

func (o Options) withDefaults() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.AsOf.IsZero() {
		o.AsOf = o.Clock()
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	return o
}
