package report

import (
	"strings"
	"unicode/utf8"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

const (
	tabStop = 4
	// around is how many bytes of a line are looked at on either side of the
	// place: more than any terminal is wide, and little of a minified file.
	around = 2 << 10
)

// snippet is a source line and the carets under it, each fit for width columns.
// Column and end count bytes from 1, end being the first byte after the place;
// without a column there are no carets.
func snippet(source string, column, end, width int, ellipsis string) (line, carets string) {
	source, column, end, before, after := cut(source, column, end)
	cells := clean.Cells(source, tabStop)
	from, to := caretCells(cells, len(source), column, end)
	first, last := window(cells, from, to, width-2*clean.Width(ellipsis))
	var b, marks strings.Builder
	if before || first > 0 {
		b.WriteString(ellipsis)
		marks.WriteString(strings.Repeat(" ", clean.Width(ellipsis)))
	}
	for i := first; i < last; i++ {
		b.WriteString(cells[i].Text)
		mark := " "
		if i >= from && i < to {
			mark = "^"
		}
		marks.WriteString(strings.Repeat(mark, cells[i].Width))
	}
	if from == len(cells) && column > 0 { // the place is the line's end
		marks.WriteString("^")
	}
	if after || last < len(cells) {
		b.WriteString(ellipsis)
	}
	return strings.TrimRight(b.String(), " "), strings.TrimRight(marks.String(), " ")
}

// excerpt is a finding's source with its columns in it. A source that begins
// within its line is shown so.
func excerpt(f *event.Finding) (source string, column, end int) {
	if f.SourceColumn == 0 || f.Column == 0 {
		return f.Source, f.Column, f.EndColumn
	}
	const more = "…"
	shift := len(more) - (f.SourceColumn - 1)
	return more + f.Source, max(f.Column+shift, 1), max(f.EndColumn+shift, 1)
}

// cut keeps what is around the place of a very long line, at rune boundaries.
func cut(source string, column, end int) (kept string, col, endCol int, before, after bool) {
	at := min(max(column-1, 0), len(source))
	lo, hi := max(0, at-around), min(len(source), at+around)
	for lo > 0 && lo < len(source) && !utf8.RuneStart(source[lo]) && at-lo < around+utf8.UTFMax {
		lo--
	}
	for hi < len(source) && !utf8.RuneStart(source[hi]) && hi-at < around+utf8.UTFMax {
		hi++
	}
	if column > 0 {
		column = at + 1 - lo
		end -= lo
	}
	return source[lo:hi], column, end, lo > 0, hi < len(source)
}

// caretCells are the first cell over a caret and the one after the last, for a
// source of size bytes.
func caretCells(cells []clean.Cell, size, column, end int) (from, to int) {
	switch {
	case column < 1:
		return 0, 0
	case column > size:
		return len(cells), len(cells)
	}
	end = max(end, column+1)
	for i, c := range cells {
		if c.Offset <= column-1 {
			from = i
		}
		if c.Offset < end-1 {
			to = i + 1
		}
	}
	return from, max(to, from+1)
}

// window chooses the run of cells to show: all when they fit the width, else
// one that begins a little before the place.
func window(cells []clean.Cell, from, to, width int) (first, last int) {
	total := 0
	for _, c := range cells {
		total += c.Width
	}
	if total <= width {
		return 0, len(cells)
	}
	lead := max(width/4, width-span(cells[from:min(to, len(cells))])-width/4)
	lead = min(lead, width/2)
	for first = min(from, len(cells)); first > 0 && lead >= cells[first-1].Width; first-- {
		lead -= cells[first-1].Width
	}
	for last = first; last < len(cells) && width >= cells[last].Width; last++ {
		width -= cells[last].Width
	}
	for first > 0 && width >= cells[first-1].Width { // room left at the line's end
		first--
		width -= cells[first].Width
	}
	return first, last
}

func span(cells []clean.Cell) int {
	n := 0
	for _, c := range cells {
		n += c.Width
	}
	return n
}

// utf16Column is a byte column of source, from 1, in UTF-16 code units, from 1;
// 0 where the source does not reach that far.
func utf16Column(source string, column int) int {
	if column < 1 || column > len(source)+1 {
		return 0
	}
	units := 1
	for _, r := range source[:column-1] {
		units += max(1, utf16Len(r))
	}
	return units
}

func utf16Len(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// columnsOf are a finding's columns in UTF-16 code units, the end exclusive; 0
// where they are not known.
func columnsOf(f *event.Finding) (start, end int) {
	if f.Source == "" || f.Line == 0 || f.SourceColumn != 0 {
		return 0, 0
	}
	start = utf16Column(f.Source, f.Column)
	if start > 0 && f.EndColumn > f.Column {
		end = utf16Column(f.Source, f.EndColumn)
	}
	return start, end
}
