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
	"github.com/plimsoll-dev/plimsoll/internal/finding/identity"
	"github.com/plimsoll-dev/plimsoll/internal/sarif"
)

// Found is a finding on its way in.
type Found struct {
	event.Finding
	Identity []string // what makes it the same finding in another run
	Twin     string   // tells it from others with the same identity
	// Place is the result that it came from; nil for one without a place in the tree.
	Place *sarif.Result
	code  identity.Code // what stands at the place, where that could be read
}

// Same says that a tool has said the same thing of the same place twice.
func Same(a, b *Found) bool {
	return a.Rule == b.Rule && a.Path == b.Path && a.Line == b.Line && a.Column == b.Column &&
		a.Message == b.Message && slices.Equal(a.Identity, b.Identity) && a.State == b.State
}

// Fingerprint names findings by what the tool itself goes by, or by the code that
// they are about, or else by their identity, so that the name survives a move.
// Of those that share it the first has it alone; a decision on one must not hide
// the others. The findings come in the order of paths and lines.
func Fingerprint(all []*Found) {
	groups := map[string][]*Found{}
	var about []*Found
	var codes []identity.Code
	for _, f := range all {
		if f.code.Text != "" && len(f.Identity) > 0 && f.Identity[0] != "tool" {
			f.code.Family = f.Rule
			about, codes = append(about, f), append(codes, f.code)
			continue
		}
		key := finding.Fingerprint(f.Rule, f.Identity...)
		groups[key] = append(groups[key], f)
	}
	for i, print := range identity.Prints(codes) {
		about[i].Fingerprint = print
	}
	for key, group := range groups {
		order := map[string]int{}
		for n, f := range group {
			if f.Fingerprint = key; n > 0 {
				order[f.Twin]++
				f.Fingerprint = finding.Fingerprint(f.Rule, append(slices.Clone(f.Identity), f.Twin, strconv.Itoa(order[f.Twin]))...)
			}
		}
	}
}
