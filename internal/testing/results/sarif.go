package results

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/sarif"
)

// maxInventory bounds the rule ids that an observation lists.
const maxInventory = 2000

// sarif imports a log. What was read of a broken file is reported, but says
// nothing of what was looked at: the rest may hold more.
func (im *importer) sarif(name string, log *sarif.Log, whole bool) {
	if len(log.Oddities) > 0 {
		im.note(name, "results-odd", "report it to the maker of the tool", "%s; the rest was read (%d such places)",
			docfile.OneLine(log.Oddities[0], 200), len(log.Oddities))
	}
	for i := range log.Runs {
		if whole {
			im.observeRun(&log.Runs[i])
		}
		im.sarifRun(name, &log.Runs[i])
	}
}

func (im *importer) sarifRun(name string, run *sarif.Run) {
	im.age(name, run.Tool, run.Ended)
	for _, why := range run.Faults {
		im.lack(name, "run "+run.Tool+" again", "%s says that its run was incomplete: %s", run.Tool, why)
	}
	if len(run.Faults) > 0 {
		f := im.own(ToolIncomplete, run.Tool, name, 0, "%s says that its run was incomplete: %s", toolVersion(run), run.Faults[0])
		f.identity, f.twin = []string{run.Tool}, name
		im.add(f)
	}
	outside := im.anchor(run)
	for i := range run.Results {
		im.add(im.sarifResult(name, run, &run.Results[i]))
	}
	if outside > 0 {
		im.note(name, "results-outside", "run the tool in the root of the repository",
			"%d results of %s are about places outside of the product's files; they are shown at the result file", outside, run.Tool)
	}
}

func toolVersion(run *sarif.Run) string { return strings.TrimSpace(run.Tool + " " + run.Version) }

// observeRun says what the run looked for. Without a list of rules the files
// that it lists count, then the rules that results name; a run that shows none
// of these counts for nothing.
func (im *importer) observeRun(run *sarif.Run) {
	rules := run.Rules
	what, count := "rules in results of ", len(rules)
	if len(rules) == 0 {
		for i := range run.Results {
			rules = append(rules, run.Results[i].Rule)
		}
		slices.Sort(rules)
		rules = slices.Compact(rules)
		count = len(rules)
		if run.Artifacts > 0 {
			what, count = "files in results of ", run.Artifacts
		}
	}
	ids := make([]string, 0, min(len(rules), maxInventory))
	for _, rule := range rules[:min(len(rules), maxInventory)] {
		ids = append(ids, RuleID(run.Tool, rule))
	}
	im.pass.Observe(event.Observation{What: what + toolVersion(run), Tool: run.Tool, Count: int64(count), Rules: ids})
}

// anchor lays the paths of the results on the tree. It returns how many results
// point out of it.
func (im *importer) anchor(run *sarif.Run) int {
	var absolute []string
	for i := range run.Results {
		if name := run.Results[i].Absolute; name != "" {
			absolute = append(absolute, name)
		}
	}
	root, outside := im.tree.root(absolute), run.Outside
	for i := range run.Results {
		res := &run.Results[i]
		below, ok := strings.CutPrefix(res.Absolute, root)
		switch {
		case res.Path != "":
			res.Path = im.tree.relative(res.Path)
		case res.Absolute == "":
		case ok && root != "":
			res.Path = below
		default:
			outside++
		}
	}
	return outside
}

func (im *importer) sarifResult(name string, run *sarif.Run, res *sarif.Result) found {
	f := found{Finding: event.Finding{
		Rule: RuleID(run.Tool, res.Rule), Severity: res.Severity, Confidence: res.Confidence, Tool: run.Tool,
		Path: res.Path, Line: res.Line, Message: res.Message, Fix: res.Fix, State: event.Open,
	}, place: res, twin: res.Path, vulnerabilities: vulnerabilities(res.Rule)}
	if res.Path == "" {
		f.Path, f.Line, f.place = name, 0, nil // what is left is where it was read
		if res.Absolute != "" {
			f.Message += " (at " + path.Base(res.Absolute) + ", outside of the product)"
		}
	}
	switch {
	case res.Stable != "":
		f.identity = []string{"tool", res.Stable}
	case strings.TrimSpace(res.Snippet) != "":
		f.identity = []string{"text", res.Snippet}
	default:
		f.identity = []string{"path", res.Path, res.Message}
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

// vulnerability is an id in one of the public lists, which scanners put into
// their rule ids: "CVE-2021-44228-log4j-core".
var vulnerability = regexp.MustCompile(`(?i)\b(CVE-\d{4}-\d{4,}|GHSA(-[23456789cfghjmpqrvwx]{4}){3}|[A-Z]{2,10}-\d{4}-\d+)\b`)

func vulnerabilities(rule string) []string { return vulnerability.FindAllString(rule, 4) }
