package review

import (
	"sort"
	"strings"
)

// Bounds of a statement: what is longer is looked at in parts.
const (
	longestStatement = 14   // lines
	widestStatement  = 4000 // bytes of its text
)

// statement is one or more lines that say one thing.
type statement struct {
	s           *source
	first, last int // lines
	from, to    int32
}

// statements splits a side into statements.
func (s *source) statements() []statement {
	var out []statement
	depth := 0
	for line := 1; line <= len(s.lines); line++ {
		tokens := s.of(line)
		if len(tokens) == 0 {
			continue
		}
		n := len(out) - 1
		if n >= 0 && !s.family.flat && line-out[n].first < longestStatement && s.continues(out[n], tokens, depth) {
			out[n].last, out[n].to = line, s.from[line]
		} else {
			out, depth = append(out, statement{s, line, line, s.from[line-1], s.from[line]}), 0
		}
		depth = deepen(depth, tokens)
	}
	return out
}

func deepen(depth int, tokens []token) int {
	for _, t := range tokens {
		if t.kind != symbol {
			continue
		}
		switch t.text {
		case "(", "[":
			depth++
		case ")", "]":
			depth = max(0, depth-1)
		case "{":
			depth = 0 // a block begins: what is in it speaks for itself
		}
	}
	if last := tokens[len(tokens)-1]; last.kind == symbol && last.text == "[" {
		return 0 // a list, an entry a line
	}
	return depth
}

// continues says whether a line goes on with the statement before it.
func (s *source) continues(before statement, tokens []token, depth int) bool {
	last, first := s.tokens[before.to-1], tokens[0]
	if last.kind == symbol && (last.text == "{" || last.text == "}" || last.text == ";" || last.text == "[") {
		return false
	}
	if depth > 0 || first.kind == symbol && (first.text == "." || first.text == "&" || first.text == "|" || first.text == "?" || first.text == "+") {
		return true
	}
	if first.kind == text && last.kind == text { // a string over several lines
		return true
	}
	return last.kind == symbol && (last.text == "=" || last.text == "\\" || last.text == "+" || last.text == "&" || last.text == "|")
}

// write is the statement as patterns see it: one space where there was any, all
// strings in double quotes; and where each token begins.
func (st statement) write(whole bool) (string, []int) {
	var b strings.Builder
	starts := make([]int, 0, st.to-st.from)
	for i, t := range st.s.tokens[st.from:st.to] {
		if b.Len() > widestStatement {
			starts = append(starts, b.Len())
			continue
		}
		if i > 0 && (t.space || t.first) {
			b.WriteByte(' ')
		}
		starts = append(starts, b.Len())
		switch {
		case t.kind != text:
			b.WriteString(t.text)
		case whole:
			b.WriteString(`"` + t.text + `"`)
		default:
			b.WriteString(`""`)
		}
	}
	return b.String(), starts
}

// anyChanged says whether the statement has a token that the other side lacks.
func (st statement) anyChanged() bool {
	for _, t := range st.s.tokens[st.from:st.to] {
		if t.changed || t.seam {
			return true
		}
	}
	return false
}

// changedIn says whether anything between two offsets of the text changed, and
// in which line first.
func (st statement) changedIn(starts []int, from, to int) (line int, ok bool) {
	i := max(0, sort.SearchInts(starts, from+1)-1)
	for ; i < len(starts) && starts[i] < to; i++ {
		if t := st.s.tokens[int(st.from)+i]; t.changed || t.seam {
			return int(t.line), true
		}
	}
	return 0, false
}

// lineText is one line as patterns see it.
func (s *source) lineText(line int) string {
	if len(s.of(line)) == 0 {
		return ""
	}
	out, _ := statement{s, line, line, s.from[line-1], s.from[line]}.write(true)
	return out
}

// indent is how far a line is set in; a tab counts as eight.
func (s *source) indent(line int) int {
	n := 0
	for _, c := range s.lines[line-1] {
		switch c {
		case ' ':
			n++
		case '\t':
			n += 8
		default:
			return n
		}
	}
	return n
}

// Bounds of looking for what a line stands in.
const (
	mostEnclosing = 12
	farthestUp    = 600 // lines
)

// enclosing lists the lines that a line stands in, the nearest first, told by
// how far they are set in; decorators and annotations above them count, too.
func (s *source) enclosing(line int) []int {
	var out []int
	depth := s.depthOf(line)
	for n := line - 1; n >= 1 && n > line-farthestUp && depth > 0 && len(out) < mostEnclosing; n-- {
		if len(s.of(n)) == 0 || closesOnly(s.of(n)) {
			continue
		}
		if d := s.depthOf(n); d < depth {
			depth = d
			out = append(out, n)
			for up := n - 1; up >= 1 && up > n-6 && s.decorates(up); up-- {
				out = append(out, up)
			}
		}
	}
	return out
}

// depthOf is the indentation; an entry of a list stands in what names the list,
// even where it is not set in further.
func (s *source) depthOf(line int) int {
	n := 2 * s.indent(line)
	if t := s.of(line); s.family == dataLike && len(t) > 0 && t[0].text == "-" {
		n++
	}
	return n
}

func closesOnly(tokens []token) bool {
	for _, t := range tokens {
		if t.kind != symbol || !strings.Contains(")]};,", t.text) {
			return false
		}
	}
	return true
}

func (s *source) decorates(line int) bool {
	t := s.of(line)
	return len(t) > 1 && t[0].kind == symbol && (t[0].text == "@" || t[0].text == "[" || t[0].text == "#" && t[1].text == "[")
}
