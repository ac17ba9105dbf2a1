package gate

import (
	"cmp"
	"slices"
)

// book is the input, in the order in which it is asked for.
type book struct {
	in           Input
	words        map[string]*tally
	attestations map[string][]Attestation
	exemptions   map[string][]Exemption
	tests        map[string][]TestWord
}

// open makes a book of the input, and does not write to it.
func open(in Input) *book {
	b := &book{in: in, words: map[string]*tally{}, attestations: map[string][]Attestation{}, exemptions: map[string][]Exemption{},
		tests: map[string][]TestWord{}}
	best := map[string]CheckWord{}
	for _, w := range in.Checks {
		if other, there := best[w.Check]; !there || freshFirst(w, other) < 0 {
			best[w.Check] = w
		}
	}
	for id, w := range best {
		b.words[id] = newTally(w, date(in.AsOf))
	}
	for _, a := range in.Attestations {
		b.attestations[a.Requirement] = append(b.attestations[a.Requirement], a)
	}
	for _, list := range b.attestations {
		slices.SortFunc(list, lastFirst)
	}
	for _, e := range in.Exemptions {
		b.exemptions[e.Requirement] = append(b.exemptions[e.Requirement], e)
	}
	for _, list := range b.exemptions {
		slices.SortFunc(list, latestFirst)
	}
	for _, w := range in.Tests {
		b.tests[w.Requirement] = append(b.tests[w.Requirement], w)
	}
	for _, list := range b.tests {
		slices.SortFunc(list, testsInOrder)
	}
	return b
}

// freshFirst prefers, of two words of the same check, the one that is current,
// and then the later one.
func freshFirst(a, b CheckWord) int {
	current := func(w CheckWord) int {
		if w.Current {
			return 0
		}
		return 1
	}
	return cmp.Or(cmp.Compare(current(a), current(b)), b.Made.Compare(a.Made), b.FreshUntil.Compare(a.FreshUntil), cmp.Compare(a.Digest, b.Digest))
}
