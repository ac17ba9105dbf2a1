package report

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// rank sorts findings by their worth, by how much they matter where a stream
// gives them none, and by place where that is equal.
func rank(findings []*event.Finding) {
	weights := make(map[*event.Finding]int, len(findings))
	for _, f := range findings {
		weights[f] = weight(f)
	}
	slices.SortStableFunc(findings, func(a, b *event.Finding) int {
		return cmp.Or(
			cmp.Compare(b.Worth, a.Worth),
			cmp.Compare(weights[b], weights[a]),
			cmp.Compare(b.Severity.Rank(), a.Severity.Rank()),
			cmp.Compare(a.Path, b.Path),
			cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Fingerprint, b.Fingerprint),
		)
	})
}

// weight is severity times confidence. Each severity weighs twice the next, and
// so does each confidence; a place that does not ship takes two steps off.
func weight(f *event.Finding) int {
	w := (4 << (f.Severity.Rank() + 1)) << (f.Confidence.Rank() + 1)
	if aside(f.Path) {
		w /= 4
	}
	return w
}

// asking are the open findings that ask for attention, and waiting the rest. A
// stream of an earlier version gives findings no worth; then they are the few
// that matter most.
func asking(open []*event.Finding) (shown, waiting []*event.Finding) {
	routed := slices.ContainsFunc(open, func(f *event.Finding) bool { return f.Worth > 0 })
	leads, _ := alike(open)
	few := most(leads, mostFindings)
	for _, f := range open {
		if routed && f.Queue == "" || !routed && slices.Contains(few, f) {
			shown = append(shown, f)
		} else {
			waiting = append(waiting, f)
		}
	}
	return shown, waiting
}

// waitingFor counts what findings wait for, the commonest first. The kind of a
// reason is what stands before its colon.
func waitingFor(waiting []*event.Finding) string {
	counts := map[string]int{}
	for _, f := range waiting {
		kind, _, _ := strings.Cut(cmp.Or(f.Queue, "budget"), ":")
		counts[kind]++
	}
	kinds := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for i, kind := range kinds {
		kinds[i] = fmt.Sprintf("%s %s", clean.Line(kind), thousands(int64(counts[kind])))
	}
	return some(kinds, 4, "reason")
}

// wait says how many findings wait, and how to see them.
func wait(n int) string {
	if n == 1 {
		return "1 finding waits"
	}
	return thousands(int64(n)) + " findings wait"
}

// most are the n findings to show first, still by rank: no rule takes more than
// two places while others wait, so that one noisy rule does not hide the rest.
func most(findings []*event.Finding, n int) []*event.Finding {
	if len(findings) <= n {
		return findings
	}
	taken := map[*event.Finding]bool{}
	byRule := map[string]int{}
	for _, limit := range []int{2, n} {
		for _, f := range findings {
			if len(taken) < n && !taken[f] && byRule[f.Rule] < limit {
				taken[f] = true
				byRule[f.Rule]++
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(findings), func(f *event.Finding) bool { return !taken[f] })
}

var asideFolders = []string{
	"test", "tests", "__tests__", "testing", "testdata", "spec", "specs", "e2e", "cypress",
	"fixture", "fixtures", "__fixtures__", "mock", "mocks", "__mocks__", "example", "examples", "sample", "samples",
	"doc", "docs", "vendor", "node_modules", "third_party",
}

var asideNames = regexp.MustCompile(`(?i)(^test_|^conftest\.|[._-](test|tests|spec|mock)\.[^.]+$|Test\.(java|kt|cs|php)$|Tests?\.(cs|swift)$)`)

// aside reports that what stands at the path is a test, an example, a document
// or somebody else's code, and so most likely does not ship as it is.
func aside(p string) bool {
	dir, name := path.Split(p)
	if asideNames.MatchString(name) {
		return true
	}
	for part := range strings.SplitSeq(strings.ToLower(dir), "/") {
		if slices.Contains(asideFolders, part) {
			return true
		}
	}
	return false
}
