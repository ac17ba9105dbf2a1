package unwrap

import (
	"cmp"
	"slices"
	"sort"
)

func compareSpans(a, b Span) int {
	return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
}

func sortSpans(spans []Span) {
	if !slices.IsSortedFunc(spans, compareSpans) {
		slices.SortFunc(spans, compareSpans)
	}
}

// mergeSpans sorts spans and puts those together that touch.
func mergeSpans(spans []Span) []Span {
	sortSpans(spans)
	kept := spans[:0]
	for _, s := range spans {
		if n := len(kept); n > 0 && s.Start <= kept[n-1].End {
			kept[n-1].End = max(kept[n-1].End, s.End)
			continue
		}
		kept = append(kept, s)
	}
	return kept
}

// reaching is the part of spans, which are sorted and apart, that reaches into start and end.
func reaching(spans []Span, start, end int) []Span {
	first := sort.Search(len(spans), func(i int) bool { return spans[i].End >= start })
	last := first
	for last < len(spans) && spans[last].Start < end {
		last++
	}
	return spans[first:last]
}
