// Package sarif reads results in SARIF 2.1.0, from any tool.
//
// The format leaves much open: the level of a result may stand in the result,
// in its rule or nowhere; a path may hang on a chain of bases; a message may be
// the name of a text in another part of the file, before or after it. This
// package resolves all that, so that what remains is a list of results that
// say for themselves what is wrong and where. Results are decoded one at a
// time; what is not needed is not kept.
//
// Source: OASIS SARIF 2.1.0; sections are named where a rule of it is applied.
package sarif

import (
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Bounds of what is read from one file.
const (
	MaxResults   = 250_000 // results kept of a run
	maxArtifacts = 500_000 // artifact locations kept of a run, for locations that are only an index
	maxRules     = 50_000  // rules kept of a tool component
	maxRuns      = 1_000
	maxFaults    = 20 // of each kind that are told of a run
)

// Log is what one file holds.
type Log struct {
	Version string
	Runs    []Run
	// Oddities are places where the file departs from the standard and was read
	// all the same, at most a few.
	Oddities []string
}

// Run is one run of one tool.
type Run struct {
	Tool    string // its name as it calls itself
	Version string
	// Rules are the ids of all rules that the tool says it has, sorted.
	Rules []string
	// Artifacts counts the files that the run says it looked at, findings or not.
	Artifacts int
	Results   []Result
	// Silent counts results that say that nothing is wrong (section 3.27.9:
	// pass, not applicable, informational, open, review).
	Silent int
	// Outside counts results whose place is not in the product's tree.
	Outside int
	// Faults say why the run was incomplete by its own word (section 3.20).
	Faults []string
	// Ended is when the run ended; zero where the file does not say.
	Ended time.Time
}

// Result is one thing that the tool says is wrong.
type Result struct {
	Rule       string // id; "unnamed" where there is none
	Severity   event.Severity
	Confidence event.Confidence
	Message    string // plain text, one line
	// Path is relative to the product's root and stays in it; "" where the result
	// has no such place. Absolute then holds the clean absolute path, if any.
	Path, Absolute string
	Line           int // from 1; 0 where unknown
	// Column and EndColumn count from 1 in Units; EndColumn is the first after.
	Column, EndColumn int
	Units             Units
	// Offset is the place in characters from the start of the file, from 0, for
	// results that have no line; -1 otherwise.
	Offset  int
	Snippet string // the text at the place, as the tool quotes it
	// Stable is the tool's own fingerprint; "" where it has none that can be used.
	Stable string
	// Suppressed says that somebody decided on it where the tool runs, and
	// Justification why.
	Suppressed    bool
	Justification string
	Fixed         bool   // section 3.27.24: absent from the run, present in the one before
	Fix           string // what to do, by the tool's word
	CWE           []int  // the weaknesses that its rule names, sorted
}

// Units are what columns count (section 3.14.27).
type Units uint8

const (
	UTF16 Units = iota // code units; also where the run does not say
	CodePoints
)
