package secretscan

import (
	"cmp"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// maxAlso is how many other places a finding names.
const maxAlso = 5

// gathering puts together what was seen of each secret, so that one secret is
// one finding however often it stands somewhere.
type gathering struct {
	scanner *scanner
	secrets map[string]*seen // by fingerprint
}

// seen is where one secret was seen.
type seen struct{ tree, history []placeOf }

// placeOf is a sighting at a place, judged.
type placeOf struct {
	sighting
	path, commit string
	confidence   event.Confidence
}

func newGathering(s *scanner) *gathering { return &gathering{s, map[string]*seen{}} }

// inTree takes a sighting in the work tree.
func (g *gathering) inTree(path string, s sighting) {
	if confidence, ok := g.scanner.judge(within(path, s), s); ok {
		at := g.of(s.Fingerprint)
		at.tree = append(at.tree, placeOf{s, path, "", confidence})
	}
}

// inHistory takes a sighting in a blob that a commit brought in under path.
func (g *gathering) inHistory(path, commit string, s sighting) {
	if confidence, ok := g.scanner.judge(within(path, s), s); ok {
		at := g.of(s.Fingerprint)
		at.history = append(at.history, placeOf{s, path, commit, confidence})
	}
}

func (g *gathering) of(fingerprint string) *seen {
	at := g.secrets[fingerprint]
	if at == nil {
		at = &seen{}
		g.secrets[fingerprint] = at
	}
	return at
}

// report makes one finding of each secret.
func (g *gathering) report(p *check.Pass) {
	var findings []event.Finding
	for _, at := range g.secrets {
		findings = append(findings, g.finding(at))
	}
	slices.SortFunc(findings, func(a, b event.Finding) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), a.Line-b.Line, a.Column-b.Column, cmp.Compare(a.Fingerprint, b.Fingerprint))
	})
	for _, f := range findings {
		p.Report(f)
	}
}

// finding shows a secret at the place where it matters most: in the work tree
// before the history, in production before tests.
func (g *gathering) finding(at *seen) event.Finding {
	slices.SortFunc(at.tree, byWeight)
	slices.SortFunc(at.history, byWeight)
	places := append(slices.Clone(at.tree), elsewhere(at)...)
	first := places[0]
	rule := g.scanner.rules[first.Rule]
	f := event.Finding{
		Rule: rule.ID, Severity: event.Severity(rule.Severity), Confidence: first.confidence, Fingerprint: first.Fingerprint,
		Path: first.path, Line: first.Line, Column: first.Column, EndColumn: first.EndColumn, Commit: first.commit, Source: first.Source, SourceColumn: first.SourceColumn,
		Message: rule.Title + " (" + first.Masked + ")", Places: len(places),
	}
	f.Message += whereInside(first)
	if first.Inside != "" { // lines and columns are those of the entry
		f.Line, f.Column, f.EndColumn, f.Source, f.SourceColumn = 0, 0, 0, "", 0
	}
	f.Message += whereSaid(first)
	if first.commit != "" && first.Said == "" {
		f.Message += ", in history only: removing it from the tree didn't revoke it"
	}
	for _, other := range places[1:min(len(places), 1+maxAlso)] {
		f.Also = append(f.Also, event.Place{Path: other.path, Line: other.outerLine(), Commit: other.commit})
	}
	return f
}

// elsewhere lists the places in history under paths that the work tree doesn't
// show it at, each path once: versions of one file are one place. What has no
// path, as messages have none, is a place of its own.
func elsewhere(at *seen) []placeOf {
	shown := map[string]bool{}
	for _, p := range at.tree {
		shown[p.path] = true
	}
	var places []placeOf
	for _, p := range at.history {
		if p.path == "" || !shown[p.path] {
			shown[p.path] = true
			places = append(places, p)
		}
	}
	return places
}

func byWeight(a, b placeOf) int {
	return cmp.Or(b.confidence.Rank()-a.confidence.Rank(), cmp.Compare(a.path, b.path), cmp.Compare(a.commit, b.commit), a.Line-b.Line, a.Column-b.Column, cmp.Compare(a.Rule, b.Rule))
}
