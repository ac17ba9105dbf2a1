package results

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/sarif"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// importer gathers what all files say, since they speak of one another: a VEX
// statement decides findings that came in another file.
type importer struct {
	pass       *check.Pass
	rules      map[string]knowledge.Rule
	tree       *tree
	found      []found
	statements []statement
	shown      map[mapping.Name]*outcome // what every test has come to
	written    []sourceTest              // tests in the sources that carry requirements
}

// found is a finding on its way in, with what else is known of it.
type found struct {
	event.Finding
	identity []string // what makes it the same finding in another run
	twin     string   // tells it from others with the same identity
	place    *sarif.Result
	// vulnerabilities are the names of what it is an instance of, components and
	// product the identifiers of what has it.
	vulnerabilities, components, product []string
	stated                               time.Time // when a person's word in it was given
}

func newImporter(p *check.Pass, rules []knowledge.Rule) *importer {
	im := &importer{pass: p, rules: map[string]knowledge.Rule{}, shown: map[mapping.Name]*outcome{}, tree: newTree(p.Files(workTree))}
	for _, r := range rules {
		im.rules[r.ID] = r
	}
	return im
}

// own makes a finding under one of the check's own rules.
func (im *importer) own(rule, tool, path string, line int, format string, args ...any) found {
	r := im.rules[rule]
	return found{Finding: event.Finding{
		Rule: rule, Severity: event.Severity(r.Severity), Confidence: event.Confidence(r.Confidence), Tool: tool,
		Path: path, Line: line, Message: docfile.OneLine(fmt.Sprintf(format, args...), 600), State: event.Open,
	}}
}

func (im *importer) add(f found) { im.found = append(im.found, f) }

// finish applies the statements, gives every finding its fingerprint and
// reports it.
func (im *importer) finish(ctx context.Context) error {
	im.applyStatements()
	if err := im.quoteSources(ctx); err != nil {
		return err
	}
	slices.SortStableFunc(im.found, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	im.found = slices.CompactFunc(im.found, sameResult)
	im.fingerprint()
	for i := range im.found {
		im.pass.Report(im.found[i].Finding)
	}
	return nil
}

// sameResult says that a tool has said the same thing of the same place twice.
func sameResult(a, b found) bool {
	return a.Rule == b.Rule && a.Path == b.Path && a.Line == b.Line && a.Column == b.Column &&
		a.Message == b.Message && slices.Equal(a.identity, b.identity) && a.State == b.State
}

// fingerprint names findings by their identity alone where that is enough, so
// that the name survives a move. Findings that share it are told apart by where
// they stand, and by their order there: a decision on one must not hide the
// other.
func (im *importer) fingerprint() {
	groups := map[string][]int{}
	for i, f := range im.found {
		key := finding.Fingerprint(f.Rule, f.identity...)
		groups[key] = append(groups[key], i)
	}
	for key, group := range groups {
		if len(group) == 1 {
			im.found[group[0]].Fingerprint = key
			continue
		}
		order := map[string]int{}
		for _, i := range group { // in the order of paths and lines
			f := &im.found[i]
			order[f.twin]++
			f.Fingerprint = finding.Fingerprint(f.Rule, append(slices.Clone(f.identity), f.twin, strconv.Itoa(order[f.twin]))...)
		}
	}
}

// fresh is how long results count as today's.
const fresh = 30 * 24 * time.Hour

// age tells of results that are old, and makes the check's word end when they
// get old. A time in the future is nobody's time.
func (im *importer) age(path, what string, at time.Time) {
	now := im.pass.Now()
	const skew = 24 * time.Hour
	switch {
	case at.IsZero():
	case at.After(now.Add(skew)):
		im.pass.Problem(event.Problem{Code: "results-from-future", Path: path, Incomplete: true, Hint: "set the clock of the machine that makes them",
			Message: fmt.Sprintf("results of %s are from %s, which is in the future", what, at.Format(time.DateOnly))})
	case now.Sub(at) > fresh:
		im.pass.FreshUntil(at.Add(fresh))
		im.pass.Problem(event.Problem{Code: "results-old", Path: path, Hint: "run the tool again",
			Message: fmt.Sprintf("results of %s are %d days old", what, int(now.Sub(at).Hours()/24))})
	default:
		im.pass.FreshUntil(at.Add(fresh))
	}
}

// note tells the user of a matter that makes nothing incomplete.
func (im *importer) note(path, code, hint, format string, args ...any) {
	im.pass.Problem(event.Problem{Code: code, Path: path, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

// lack tells of something that could not be examined.
func (im *importer) lack(path, hint, format string, args ...any) {
	im.pass.Problem(event.Problem{Code: string(fault.Incomplete), Path: path, Hint: hint, Incomplete: true,
		Message: fmt.Sprintf(format, args...)})
}
