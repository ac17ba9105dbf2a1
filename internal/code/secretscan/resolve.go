package secretscan

import (
	"cmp"
	"slices"
)

// Resolve keeps one match for each place: of those whose secrets overlap, the
// one of the most specific kind. It works in place and returns the matches kept,
// in the order of the text.
func Resolve(matches []Match) []Match {
	slices.SortFunc(matches, func(a, b Match) int {
		return cmp.Or(b.weight()-a.weight(), (b.SecretEnd-b.SecretStart)-(a.SecretEnd-a.SecretStart), (b.End-b.Start)-(a.End-a.Start),
			a.SecretStart-b.SecretStart, cmp.Compare(a.Rule.ID, b.Rule.ID), a.Anchor-b.Anchor, a.Start-b.Start, cmp.Compare(a.Shape, b.Shape))
	})
	var starts []int // of the secrets kept, sorted, with the matches beside them
	var kept []Match
	for _, m := range matches {
		at, _ := slices.BinarySearch(starts, m.SecretStart)
		if at > 0 && kept[at-1].SecretEnd > m.SecretStart || at < len(kept) && kept[at].SecretStart < m.SecretEnd {
			continue
		}
		starts, kept = slices.Insert(starts, at, m.SecretStart), slices.Insert(kept, at, m)
	}
	return append(matches[:0], kept...)
}

// weight orders kinds from those known by a name alone to those of one issuer.
func (m Match) weight() int {
	switch {
	case m.Rule.Generic && m.Rule.Issuer == "":
		return 0
	case m.Rule.Generic || m.Rule.Issuer == "":
		return 1
	}
	return 2
}
