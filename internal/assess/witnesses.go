package assess

import (
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding/witness"
)

// witnesses finds what several tools have found, and lets a decision on one of
// their findings hold for all. The gate still sees every tool's own: a
// requirement may rest on that very tool.
func (a *assessment) witnesses() []witness.Cluster {
	var all []*event.Finding
	for i := range a.words {
		cwe := map[string][]int{}
		for _, r := range a.words[i].Check.Rules {
			cwe[r.ID] = r.CWE
		}
		for j := range a.words[i].Evidence.Findings {
			f := &a.words[i].Evidence.Findings[j]
			if f.CWE == nil {
				f.CWE = cwe[f.Rule]
			}
			all = append(all, f)
		}
	}
	clusters := witness.Clusters(all)
	for _, c := range clusters {
		c.Share()
	}
	return clusters
}

// merge makes one finding of each cluster, after the gate has judged: people are
// told once.
func (a *assessment) merge(clusters []witness.Cluster) {
	gone := map[*event.Finding]bool{}
	for _, c := range clusters {
		if slices.ContainsFunc(c, func(f *event.Finding) bool { return f.State != c[0].State }) {
			continue // one of them is settled, and the other is not
		}
		c.Merge()
		for _, f := range c[1:] {
			gone[f] = true
			a.verdict.Findings[f.State]--
		}
	}
	for i := range a.words {
		var kept []event.Finding
		for j := range a.words[i].Evidence.Findings {
			if f := &a.words[i].Evidence.Findings[j]; !gone[f] {
				kept = append(kept, *f)
			}
		}
		a.words[i].Evidence.Findings = kept
	}
}
