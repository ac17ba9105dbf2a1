// Package witness finds out which findings of several tools are about one thing,
// so that people read it once and know that two have seen it.
package witness

import (
	"cmp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Cluster is one thing that several tools have found: the finding that speaks
// for it first.
type Cluster []*event.Finding

// Clusters returns the groups of two and more findings by different tools that
// name the same weakness at the same place. Findings of one tool stay apart: it
// knows why it told them twice. The order of the findings does not matter.
func Clusters(findings []*event.Finding) []Cluster {
	byPlace := map[place][]*event.Finding{}
	for _, f := range findings {
		if f.Path != "" && f.Line > 0 && f.State != event.Fixed && len(weaknesses(f)) > 0 {
			at := place{f.Path, f.Commit, f.Line}
			byPlace[at] = append(byPlace[at], f)
		}
	}
	var clusters []Cluster
	for _, here := range byPlace {
		if len(here) > 1 {
			clusters = append(clusters, split(here)...)
		}
	}
	clusters = elsewhere(clusters, byPlace)
	slices.SortFunc(clusters, func(a, b Cluster) int { return byWeight(a[0], b[0]) })
	return clusters
}

// elsewhere lets findings of others join the one of ours that stands at their
// place as well: we tell one credential once, and others at each place.
func elsewhere(clusters []Cluster, byPlace map[place][]*event.Finding) []Cluster {
	in := map[*event.Finding]int{} // which cluster, from 1
	for i, c := range clusters {
		for _, f := range c {
			in[f] = i + 1
		}
	}
	var ours []*event.Finding
	for _, here := range byPlace {
		for _, f := range here {
			if f.Tool == "" && len(f.Also) > 0 {
				ours = append(ours, f)
			}
		}
	}
	slices.SortFunc(ours, byWeight)
	for _, f := range ours {
		for _, also := range f.Also {
			for _, other := range byPlace[place{also.Path, also.Commit, also.Line}] {
				if other.Tool == "" || in[other] > 0 || !sharesWeakness(f, other) {
					continue
				}
				if in[f] == 0 {
					clusters = append(clusters, Cluster{f})
					in[f] = len(clusters)
				}
				clusters[in[f]-1] = append(clusters[in[f]-1], other)
				in[other] = in[f]
			}
		}
	}
	return clusters
}

type place struct {
	path, commit string
	line         int
}

// split parts the findings of one line: each joins the first that it is about
// the same thing as.
func split(here []*event.Finding) []Cluster {
	slices.SortFunc(here, byWeight)
	var clusters []Cluster
	for _, f := range here {
		i := slices.IndexFunc(clusters, func(c Cluster) bool {
			return same(c[0], f) && !slices.ContainsFunc(c, func(other *event.Finding) bool { return other.Tool == f.Tool })
		})
		if i < 0 {
			clusters = append(clusters, Cluster{f})
		} else {
			clusters[i] = append(clusters[i], f)
		}
	}
	return slices.DeleteFunc(clusters, func(c Cluster) bool { return len(c) < 2 })
}

// byWeight puts the finding first that says most: Plimsoll's own, then the surer
// and the more severe one.
func byWeight(a, b *event.Finding) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), own(b)-own(a), b.Confidence.Rank()-a.Confidence.Rank(),
		b.Severity.Rank()-a.Severity.Rank(), cmp.Compare(a.Tool, b.Tool), cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Fingerprint, b.Fingerprint))
}

func own(f *event.Finding) int {
	if f.Tool == "" {
		return 1
	}
	return 0
}

// same says whether two findings of one line name one weakness. Where both say
// which columns they mean, these must touch: a line may hold two faults.
func same(a, b *event.Finding) bool {
	if a.EndColumn > 0 && b.EndColumn > 0 && (a.EndColumn <= b.Column || b.EndColumn <= a.Column) {
		return false
	}
	return sharesWeakness(a, b)
}

func sharesWeakness(a, b *event.Finding) bool {
	theirs := weaknesses(b)
	return slices.ContainsFunc(weaknesses(a), func(w int) bool { return slices.Contains(theirs, w) })
}

// weaknesses are the CWE ids that a finding is about, each by the one that stands
// for its kind; none where nobody says.
func weaknesses(f *event.Finding) []int {
	var ids []int
	for _, id := range f.CWE {
		if general, ok := kind[id]; ok {
			id = general
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 && looksForSecrets(f.Tool) {
		ids = []int{hardCoded}
	}
	return ids
}

const hardCoded = 798

// kind maps weaknesses that tools call by one name or another to the one that
// stands for all: the parent in CWE's tree, or the more usual of two.
var kind = map[int]int{
	259: hardCoded, 321: hardCoded, 540: hardCoded, 547: hardCoded, 522: hardCoded, // hard-coded credentials
	80: 79, 83: 79, 87: 79, // cross-site scripting
	564: 89, 943: 89, // SQL
	77: 78, 88: 78, // commands
	23: 22, 36: 22, 73: 22, // paths
	328: 327, 326: 327, // weak cryptography
	331: 330, 338: 330, // random numbers
	297: 295, 299: 295, // certificates
	95: 94, 96: 94, // code injection
	776: 611, 827: 611, // XML entities
}

// looksForSecrets knows scanners whose rules name no weakness, since all are about one.
func looksForSecrets(tool string) bool {
	return slices.Contains([]string{"gitleaks", "betterleaks", "trufflehog", "detect-secrets", "titus", "kingfisher", "noseyparker"}, strings.ToLower(tool))
}

// Merge makes one finding of a cluster: its first, with the others as witnesses.
// It is as severe as the worst of them, and surer than any alone.
func (c Cluster) Merge() {
	first := c[0]
	for _, other := range c[1:] {
		first.Witnesses = append(first.Witnesses, event.Witness{Tool: other.Tool, Rule: other.Rule, Fingerprint: other.Fingerprint, Message: other.Message})
		if other.Severity.Rank() > first.Severity.Rank() {
			first.Severity = other.Severity
		}
		if other.Confidence.Rank() > first.Confidence.Rank() {
			first.Confidence = other.Confidence
		}
		if first.CWE == nil {
			first.CWE = other.CWE
		}
	}
	switch first.Confidence {
	case event.Possible:
		first.Confidence = event.Likely
	case event.Likely:
		first.Confidence = event.Sure
	}
}

// Share lets what a person decided on one of the findings hold for all: it was
// the same thing that they looked at. What a tool suppressed itself is no
// person's word on what another tool says.
func (c Cluster) Share() {
	i := slices.IndexFunc(c, func(f *event.Finding) bool { return f.Decision != nil && f.Decision.By != f.Tool })
	if i < 0 {
		return
	}
	for _, f := range c {
		if f.Decision == nil {
			decision := *c[i].Decision
			f.Decision, f.State = &decision, c[i].State
		}
	}
}
