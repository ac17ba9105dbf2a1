package product

import (
	"fmt"
	"strings"
)

// diffContext is how many unchanged lines stand around a change.
const diffContext = 3

// mostCells bounds the table that lines are compared in; larger changes are
// shown as one.
const mostCells = 4_000_000

// edit is one line of a diff: ' ', '-' or '+' and the line.
type edit struct {
	op   byte
	line string
}

// Diff is the unified diff from old to new for the file at path, "" where they
// are the same. A nil or empty old is a new file.
func Diff(path string, old, new []byte) string {
	if string(old) == string(new) {
		return ""
	}
	edits := compare(splitLines(string(old)), splitLines(string(new)))
	from := "a/" + path
	if len(old) == 0 {
		from = "/dev/null"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "--- %s\n+++ b/%s\n", from, path)
	for i := 0; i < len(edits); {
		if edits[i].op == ' ' {
			i++
			continue
		}
		start, end := max(0, i-diffContext), hunkEnd(edits, i)
		writeHunk(&b, edits, start, end)
		i = end
	}
	return b.String()
}

// hunkEnd is the end of the hunk that the change at i begins: changes with few
// unchanged lines between them are shown together.
func hunkEnd(edits []edit, i int) int {
	last := i
	for j := i; j < len(edits) && j <= last+2*diffContext; j++ {
		if edits[j].op != ' ' {
			last = j
		}
	}
	return min(len(edits), last+1+diffContext)
}

func writeHunk(b *strings.Builder, edits []edit, start, end int) {
	oldLine, newLine := 1, 1
	for _, e := range edits[:start] {
		oldLine, newLine = advance(e, oldLine, newLine)
	}
	oldEnd, newEnd := oldLine, newLine
	for _, e := range edits[start:end] {
		oldEnd, newEnd = advance(e, oldEnd, newEnd)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@\n", span(oldLine, oldEnd), span(newLine, newEnd))
	for _, e := range edits[start:end] {
		b.WriteByte(e.op)
		b.WriteString(e.line)
		if !strings.HasSuffix(e.line, "\n") {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

func advance(e edit, oldLine, newLine int) (int, int) {
	if e.op != '+' {
		oldLine++
	}
	if e.op != '-' {
		newLine++
	}
	return oldLine, newLine
}

// span is a range of lines as unified diffs write it.
func span(from, end int) string {
	switch n := end - from; n {
	case 0:
		return fmt.Sprintf("%d,0", from-1)
	case 1:
		return fmt.Sprint(from)
	default:
		return fmt.Sprintf("%d,%d", from, n)
	}
}

// splitLines keeps the line ends.
func splitLines(s string) []string { return dropEmptyLast(strings.SplitAfter(s, "\n")) }

// compare finds the fewest lines to remove and add: the longest common
// subsequence of what is left between equal beginnings and endings.
func compare(a, b []string) []edit {
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	var out []edit
	for _, l := range a[:head] {
		out = append(out, edit{' ', l})
	}
	out = append(out, middle(a[head:len(a)-tail], b[head:len(b)-tail])...)
	for _, l := range a[len(a)-tail:] {
		out = append(out, edit{' ', l})
	}
	return out
}

func dropEmptyLast(l []string) []string {
	if n := len(l); n > 0 && l[n-1] == "" {
		return l[:n-1]
	}
	return l
}

func middle(a, b []string) []edit {
	var out []edit
	if len(a)*len(b) > mostCells {
		for _, l := range a {
			out = append(out, edit{'-', l})
		}
		for _, l := range b {
			out = append(out, edit{'+', l})
		}
		return out
	}
	common := make([][]int, len(a)+1)
	for i := range common {
		common[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			out = append(out, edit{' ', a[i]})
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && common[i+1][j] >= common[i][j+1]:
			out = append(out, edit{'-', a[i]})
			i++
		default:
			out = append(out, edit{'+', b[j]})
			j++
		}
	}
	return out
}
