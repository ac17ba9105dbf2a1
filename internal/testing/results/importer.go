package results

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding/imported"
	"github.com/plimsoll-dev/plimsoll/internal/testing/mapping"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// importer gathers what all files say, since they speak of one another: a VEX
// statement decides findings that came in another file.
type importer struct {
	pass       *check.Pass
	rules      map[string]knowledge.Rule
	tree       *imported.Tree
	found      []found
	statements []statement
	shown      map[mapping.Name]*outcome // what every test has come to
	written    []sourceTest              // tests in the sources that carry requirements
}

// found is a finding on its way in, with what else is known of it.
type found struct {
	imported.Found
	// vulnerabilities are the names of what it is an instance of, components and
	// product the identifiers of what has it.
	vulnerabilities, components, product []string
	stated                               time.Time // when a person's word in it was given
}

func newImporter(p *check.Pass, rules []knowledge.Rule) *importer {
	im := &importer{pass: p, rules: map[string]knowledge.Rule{}, shown: map[mapping.Name]*outcome{}, tree: imported.NewTree(p.Files(workTree))}
	for _, r := range rules {
		im.rules[r.ID] = r
	}
	return im
}

// own makes a finding under one of the check's own rules.
func (im *importer) own(rule, tool, path string, line int, format string, args ...any) found {
	r := im.rules[rule]
	return found{Found: imported.Found{Finding: event.Finding{
		Rule: rule, Severity: event.Severity(r.Severity), Confidence: event.Confidence(r.Confidence), Tool: tool,
		Path: path, Line: line, Message: docfile.OneLine(fmt.Sprintf(format, args...), 600), State: event.Open,
	}}}
}

func (im *importer) add(f found) { im.found = append(im.found, f) }

// finish applies the statements, gives every finding its fingerprint and
// reports it.
func (im *importer) finish(ctx context.Context) error {
	im.applyStatements()
	moved, err := imported.Quote(ctx, im.tree, im.founds(), func(path string) ([]byte, error) {
		return im.pass.Read(ctx, workTree, path, imported.MaxSource)
	})
	if err != nil {
		return err
	}
	if moved > 0 {
		im.note("", "results-moved", "run the tools again", "%d results point to lines that have changed since the tool ran", moved)
	}
	slices.SortStableFunc(im.found, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	im.found = slices.CompactFunc(im.found, func(a, b found) bool { return imported.Same(&a.Found, &b.Found) })
	imported.Fingerprint(im.founds())
	for i := range im.found {
		im.pass.Report(im.found[i].Finding)
	}
	return nil
}

// founds are pointers to what im.found holds.
func (im *importer) founds() []*imported.Found {
	all := make([]*imported.Found, len(im.found))
	for i := range im.found {
		all[i] = &im.found[i].Found
	}
	return all
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
