// Package checklist says which preconditions a release meets, and why.
//
// A precondition is an expression over what is known of the release. It fails
// closed: a name that does not exist, an id that nobody has, a value that is not
// known and an expression that costs too much are all reasons not to release,
// and each says what decided it and what would be the cheapest way out.
package checklist

import (
	"maps"
	"slices"
	"time"
)

// Facts are what expressions go by.
type Facts struct {
	Gate        string
	RunComplete bool
	TreeClean   bool

	Statuses map[string]string // of the requirements, by id
	Counts   map[string]int    // of statuses: pass, exempt, stale, unknown, fail, not_applicable

	// Open are the open findings by rule, Severities those by severity. Rules are
	// all rules that there are, with findings or not.
	Open       map[string]int
	Severities map[string]int
	Decided    int
	Rules      []string

	// Made is when the evidence of each check was made. Checks are all checks.
	Made   map[string]time.Time
	Checks []string
	Now    time.Time

	TestsPassed, TestsFailed int

	Authors, Owners []string
	PreparedBy      string

	Version, Previous, Line, Commit          string
	InChangelog, Later, Released, Emergency  bool
	Deliverables                             int
	Missing, Foreign, WithoutSBOM, FollowUps []string
}

// value is a name of the vocabulary with its type and value.
type value struct {
	name string
	kind kind
	v    any
}

type kind int

const (
	text kind = iota
	number
	truth
	list
	table
)

// severities and statuses are those that expressions can count.
func severities() []string { return []string{"critical", "high", "medium", "low", "info"} }
func statuses() []string {
	return []string{"pass", "exempt", "stale", "unknown", "fail", "not_applicable"}
}

// values lists the whole vocabulary. Its names never depend on the facts: an
// expression that can be read can be read for every release.
func (f Facts) values() []value {
	all := []value{
		{"gate", text, f.Gate}, {"run.complete", truth, f.RunComplete}, {"tree.clean", truth, f.TreeClean},
		{"statuses", table, orEmpty(f.Statuses)},
		{"findings.decided", number, f.Decided},
		{"tests.passed", number, f.TestsPassed}, {"tests.failed", number, f.TestsFailed},
		{"people.authors", list, known(f.Authors)}, {"people.owners", list, known(f.Owners)}, {"people.prepared_by", text, f.PreparedBy},
		{"release.version", text, f.Version}, {"release.previous", text, f.Previous}, {"release.line", text, f.Line}, {"release.commit", text, f.Commit},
		{"release.in_changelog", truth, f.InChangelog}, {"release.later", truth, f.Later}, {"release.released", truth, f.Released},
		{"release.emergency", truth, f.Emergency}, {"release.deliverables", number, f.Deliverables},
		{"release.missing", list, known(f.Missing)}, {"release.foreign", list, known(f.Foreign)},
		{"release.without_sbom", list, known(f.WithoutSBOM)}, {"release.follow_ups", list, known(f.FollowUps)},
	}
	open := 0
	for _, s := range severities() {
		all = append(all, value{"findings." + s, number, f.Severities[s]})
		open += f.Severities[s]
	}
	all = append(all, value{"findings.open", number, open})
	for _, s := range statuses() {
		all = append(all, value{"counts." + s, number, f.Counts[s]})
	}
	return all
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func known(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

// ids are what the functions take.
func (f Facts) ids(function string) []string {
	switch function {
	case "status":
		return slices.Sorted(maps.Keys(f.Statuses))
	case "finding":
		return f.Rules
	}
	return f.Checks
}
