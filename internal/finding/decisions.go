package finding

import (
	"cmp"
	_ "embed"
	"slices"
	"strings"
	"time"
)

// DecisionsPath is where decisions stand in a repository.
const DecisionsPath = ".plimsoll/decisions.yaml"

// DecisionsSchema is the JSON Schema of decisions.yaml.
//
//go:embed decisions.schema.json
var DecisionsSchema []byte

// The verdicts of a decision.
const (
	FalsePositive = "false-positive" // it is not wrong
	Accepted      = "accepted"       // it is wrong, and stays until a date
	Fix           = "fix"            // it will be fixed
)

// How far a decision reaches. All but the first are wide: they cover findings
// that nobody has seen yet.
const (
	ScopePlace    = "place"    // this finding, wherever it moves
	ScopeFunction = "function" // the rule's family in one function of one file
	ScopePattern  = "pattern"  // the rule's family in a class of files, or in paths
	ScopeGroup    = "group"    // the findings with the same cause
)

// MaxWideDays is how long a wide decision may stand.
const MaxWideDays = 180

// Decision is what somebody said of one finding, or of findings like it. Dates
// are YYYY-MM-DD, both ends included.
type Decision struct {
	// Fingerprint is the finding that was in view when it was taken.
	Fingerprint string `yaml:"fingerprint"`
	Rule        string `yaml:"rule"`
	// Family, Revision and Code say which version of the rule and of the code it
	// is about; where one moves it is asked for again. Empty in old entries.
	Family   string `yaml:"family"`
	Revision int    `yaml:"revision"`
	Code     string `yaml:"code"`
	Place    string `yaml:"place"` // for people
	Scope    string `yaml:"scope"` // empty for ScopePlace

	Path     string   `yaml:"path"`     // ScopeFunction: the file
	Function string   `yaml:"function"` // ScopeFunction: its name
	Class    string   `yaml:"class"`    // ScopePattern
	Paths    []string `yaml:"paths"`    // ScopePattern: globs
	Group    string   `yaml:"group"`    // ScopeGroup
	UpTo     string   `yaml:"up-to"`    // wide: the worst severity that it covers
	// Covered are the first 8 digits of what a wide decision covered when it was
	// taken: everything else is new since.
	Covered string `yaml:"covered"`

	Verdict string `yaml:"verdict"`
	Because string `yaml:"because"`
	By      string `yaml:"by"`
	Owner   string `yaml:"owner"` // who answers for it; By where empty
	On      string `yaml:"on"`
	Until   string `yaml:"until"`
	// Batch is shared by decisions that were taken together.
	Batch string `yaml:"batch"`

	before  map[string]bool // Covered, once asked for
	line    int
	endless bool // the file gives no end; Until is then a year after On
}

// Decisions are all decisions of a repository, sorted by fingerprint.
type Decisions []Decision

// Wide says whether it reaches further than one finding.
func (d *Decision) Wide() bool { return d.Scope != "" && d.Scope != ScopePlace }

// AnswersFor is who answers for the decision.
func (d *Decision) AnswersFor() string { return cmp.Or(d.Owner, d.By) }

// Line is where the decision stands in the file it was read from, 0 for none.
func (d *Decision) Line() int { return d.line }

// Endless says that the file names no day on which the decision ends.
func (d *Decision) Endless() bool { return d.endless }

// Vote tells decisions apart by the act in which they were taken: fifty findings
// that one person waved through with one reason are one opinion and not fifty.
func (d *Decision) Vote() string {
	if d.Batch != "" {
		return d.Batch
	}
	return strings.Join([]string{d.By, d.On, d.Verdict, d.Because}, "\x00")
}

// key is what two entries must not share.
func (d *Decision) key() string {
	if !d.Wide() {
		return d.Fingerprint
	}
	return strings.Join([]string{d.Fingerprint, d.Scope, d.Path, d.Function, d.Class, strings.Join(d.Paths, "\x00"), d.Group}, "\x00")
}

// stands reports whether the decision is in force on a day, both ends included.
func (d *Decision) stands(asOf time.Time) bool {
	day := asOf.UTC().Format(time.DateOnly)
	return d.On <= day && (d.Until == "" || day <= d.Until)
}

// DefaultDays is how long a decision stands unless somebody says otherwise.
func DefaultDays(verdict, scope string) int {
	days := map[string]int{FalsePositive: 365, Accepted: 90, Fix: 30}[verdict]
	if scope != "" && scope != ScopePlace {
		days = min(days, MaxWideDays)
	}
	return days
}

// With returns ds with more added, or put in the places of earlier decisions on
// the same.
func (ds Decisions) With(more ...Decision) Decisions {
	replaced := make(map[string]bool, len(more))
	var all Decisions
	for i := len(more) - 1; i >= 0; i-- { // the last word on the same counts
		if key := more[i].key(); !replaced[key] {
			replaced[key] = true
			all = append(all, more[i])
		}
	}
	for _, d := range ds {
		if !replaced[d.key()] {
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b Decision) int { return cmp.Compare(a.key(), b.key()) })
	return all
}

// Without returns ds without the decisions given.
func (ds Decisions) Without(gone ...Decision) Decisions {
	drop := make(map[string]bool, len(gone))
	for i := range gone {
		drop[gone[i].key()] = true
	}
	var all Decisions
	for _, d := range ds {
		if !drop[d.key()] {
			all = append(all, d)
		}
	}
	return all
}

// On lists the decisions on a finding, or taken with it in view.
func (ds Decisions) On(prefix string) Decisions {
	var all Decisions
	for _, d := range ds {
		if strings.HasPrefix(d.Fingerprint, prefix) {
			all = append(all, d)
		}
	}
	return all
}

// Only are the decisions that other does not have, or has otherwise.
func (ds Decisions) Only(other Decisions) Decisions {
	known := make(map[string]bool, len(other))
	for i := range other {
		known[string(other[i:i+1].Encode())] = true
	}
	var all Decisions
	for i := range ds {
		if !known[string(ds[i:i+1].Encode())] {
			all = append(all, ds[i])
		}
	}
	return all
}
