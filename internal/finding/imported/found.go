// Package imported makes findings of what other tools have found.
//
// Two wings need it: one reads results that exist already, the other runs the
// tools itself. Both must name the same finding alike, or a decision on it would
// hold for one of them and not for the other.
package imported

import (
	"slices"
	"strconv"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/sarif"
)

// Found is a finding on its way in.
type Found struct {
	event.Finding
	Identity []string // what makes it the same finding in another run
	Twin     string   // tells it from others with the same identity
	// Place is the result that it came from; nil for one without a place in the tree.
	Place *sarif.Result
}

// Same says that a tool has said the same thing of the same place twice.
func Same(a, b *Found) bool {
	return a.Rule == b.Rule && a.Path == b.Path && a.Line == b.Line && a.Column == b.Column &&
		a.Message == b.Message && slices.Equal(a.Identity, b.Identity) && a.State == b.State
}

// Fingerprint names findings by their identity alone where that is enough, so
// that the name survives a move. Findings that share it are told apart by where
// they stand, and by their order there: a decision on one must not hide the
// other. The findings come in the order of paths and lines.
func Fingerprint(all []*Found) {
	groups := map[string][]int{}
	for i, f := range all {
		key := finding.Fingerprint(f.Rule, f.Identity...)
		groups[key] = append(groups[key], i)
	}
	for key, group := range groups {
		if len(group) == 1 {
			all[group[0]].Fingerprint = key
			continue
		}
		order := map[string]int{}
		for _, i := range group { // in the order of paths and lines
			f := all[i]
			order[f.Twin]++
			f.Fingerprint = finding.Fingerprint(f.Rule, append(slices.Clone(f.Identity), f.Twin, strconv.Itoa(order[f.Twin]))...)
		}
	}
}
