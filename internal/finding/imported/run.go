package imported

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/sarif"
)

// Prefix is what the rules of findings from SARIF begin with.
const Prefix = "sarif."

// Anchor lays the paths of the run's results on the tree, in place. It returns
// how many results point out of it.
func (t *Tree) Anchor(run *sarif.Run) int {
	var absolute []string
	for i := range run.Results {
		if name := run.Results[i].Absolute; name != "" {
			absolute = append(absolute, name)
		}
	}
	root, outside := t.Root(absolute), run.Outside
	for i := range run.Results {
		res := &run.Results[i]
		below, ok := strings.CutPrefix(res.Absolute, root)
		switch {
		case res.Path != "":
			res.Path = t.Relative(res.Path)
		case res.Absolute == "":
		case ok && root != "":
			res.Path = below
		default:
			outside++
		}
	}
	return outside
}

// FromResult is a result of a run as a finding. name is where the results were
// read, which is the place of those that have none in the tree.
func FromResult(name string, run *sarif.Run, res *sarif.Result) Found {
	f := Found{Finding: event.Finding{
		Rule: RuleID(run.Tool, res.Rule), Severity: res.Severity, Confidence: res.Confidence, Tool: run.Tool,
		Path: res.Path, Line: res.Line, Message: res.Message, Fix: res.Fix, State: event.Open, CWE: res.CWE,
	}, Place: res, Twin: res.Path}
	if res.Path == "" {
		f.Path, f.Line, f.Place = name, 0, nil // what is left is where it was read
		if res.Absolute != "" {
			f.Message += " (at " + path.Base(res.Absolute) + ", outside of the product)"
		}
	}
	switch {
	case res.Stable != "":
		f.Identity = []string{"tool", res.Stable}
	case strings.TrimSpace(res.Snippet) != "":
		f.Identity = []string{"text", res.Snippet}
	default:
		f.Identity = []string{"path", res.Path, res.Message}
	}
	switch {
	case res.Fixed:
		f.State = event.Fixed
	case res.Suppressed:
		f.State = event.Decided
		f.Decision = &event.Decision{Verdict: finding.Accepted, By: run.Tool,
			Because: cmp.Or(res.Justification, fmt.Sprintf("suppressed where %s ran, without a reason", run.Tool))}
	}
	return f
}

// notInSlug is what a tool's name in a rule id does not have.
var notInSlug = regexp.MustCompile(`[^a-z0-9._]+`)

// RuleID is the id under which findings of another tool's rule are reported.
func RuleID(tool, rule string) string {
	slug := strings.Trim(notInSlug.ReplaceAllString(strings.ToLower(tool), "-"), "-.")
	return Prefix + cmp.Or(slug, "unnamed") + "/" + rule
}
