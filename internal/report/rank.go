package report

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// rank sorts findings by how much they matter, and by place where that is equal.
func rank(findings []*event.Finding) {
	weights := make(map[*event.Finding]int, len(findings))
	for _, f := range findings {
		weights[f] = weight(f)
	}
	slices.SortStableFunc(findings, func(a, b *event.Finding) int {
		return cmp.Or(
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
