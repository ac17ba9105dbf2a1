package secretscan

import (
	"bytes"
	"fmt"
	"regexp"
	"regexp/syntax"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// rule is one kind of credential made ready to look for. Expressions are
// compiled when first needed: most texts need none of them.
type rule struct {
	*knowledge.Secret
	compile func() *expressions
	test    func([]byte) bool // nil where the kind has no checksum
	user    *userRule         // nil for our own
}

// expressions are the compiled parts of a rule.
type expressions struct {
	pattern *regexp.Regexp
	name    *regexp.Regexp
	group   int       // of the secret
	least   int       // the fewest bytes that a match can have
	reach   int       // the most bytes that a match can have, or reachBytes
	holds   [256]bool // the bytes that a match can have
}

func (r *rule) init(s *knowledge.Secret) error {
	r.Secret = s
	if s.Checksum != "" {
		test, known := checksums[s.Checksum]
		if !known {
			return fmt.Errorf("checksum %q is unknown", s.Checksum)
		}
		r.test = test
	}
	r.compile = sync.OnceValue(func() *expressions { return newExpressions(s) })
	return nil
}

// newExpressions compiles what a test has compiled before; see knowledge.ReadSecrets.
func newExpressions(s *knowledge.Secret) *expressions {
	source := s.Pattern
	switch s.Form {
	case knowledge.TokenForm:
		source = `\A(?:` + source + `)`
	case knowledge.ValueForm, knowledge.URLForm:
		source = `\A(?:` + source + `)\z`
	}
	x := &expressions{pattern: regexp.MustCompile(source)}
	x.group = max(x.pattern.SubexpIndex("secret"), 0)
	if s.Name != "" {
		x.name = regexp.MustCompile(`\A(?i:` + s.Name + `)\z`)
	}
	if tree, err := syntax.Parse(s.Pattern, syntax.Perl); err == nil {
		x.least, x.reach = minWidth(tree), width(tree)
		addBytes(tree, &x.holds)
	}
	return x
}

// width is the most bytes that a match of tree can have, at most reachBytes.
func width(tree *syntax.Regexp) int {
	sum := 0
	switch tree.Op {
	case syntax.OpLiteral:
		for _, c := range tree.Rune {
			sum += utf8.RuneLen(c)
		}
	case syntax.OpCharClass:
		sum = 1
		if n := len(tree.Rune); n > 0 && tree.Rune[n-1] > utf8.RuneSelf {
			sum = utf8.UTFMax
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		sum = utf8.UTFMax
	case syntax.OpStar, syntax.OpPlus:
		sum = reachBytes
	case syntax.OpRepeat:
		sum = reachBytes
		if tree.Max >= 0 {
			sum = tree.Max * width(tree.Sub[0])
		}
	case syntax.OpAlternate:
		for _, sub := range tree.Sub {
			sum = max(sum, width(sub))
		}
	case syntax.OpConcat, syntax.OpCapture, syntax.OpQuest:
		for _, sub := range tree.Sub {
			sum += width(sub)
		}
	}
	return min(sum, reachBytes)
}

// minWidth is the fewest bytes that a match of tree can have.
func minWidth(tree *syntax.Regexp) int {
	sum := 0
	switch tree.Op {
	case syntax.OpLiteral:
		return len(tree.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpPlus:
		return minWidth(tree.Sub[0])
	case syntax.OpRepeat:
		return tree.Min * minWidth(tree.Sub[0])
	case syntax.OpAlternate:
		sum = reachBytes
		for _, sub := range tree.Sub {
			sum = min(sum, minWidth(sub))
		}
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range tree.Sub {
			sum += minWidth(sub)
		}
	}
	return sum
}

// addBytes adds the bytes that a match of tree can have to set.
func addBytes(tree *syntax.Regexp, set *[256]bool) {
	switch tree.Op {
	case syntax.OpLiteral:
		for _, c := range tree.Rune {
			addRange(set, c, c)
			if tree.Flags&syntax.FoldCase != 0 {
				addRange(set, unicode.ToLower(c), unicode.ToLower(c))
				addRange(set, unicode.ToUpper(c), unicode.ToUpper(c))
			}
		}
	case syntax.OpCharClass:
		for i := 0; i+1 < len(tree.Rune); i += 2 {
			addRange(set, tree.Rune[i], tree.Rune[i+1])
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		addRange(set, 0, unicode.MaxRune)
	}
	for _, sub := range tree.Sub {
		addBytes(sub, set)
	}
}

// addRange adds the bytes of the characters low to high; those beyond ASCII all
// have the same bytes.
func addRange(set *[256]bool, low, high rune) {
	for c := low; c <= min(high, unicode.MaxASCII); c++ {
		set[c] = true
	}
	if high > unicode.MaxASCII {
		for c := utf8.RuneSelf; c < len(set); c++ {
			set[c] = true
		}
	}
}

// expression tries the pattern of a rule around the literal at.
func (t *scan) expression(r *rule, index int32, at, length int) {
	x := r.compile()
	if r.Form == knowledge.TokenForm && !beginsAlone(t.text, at) {
		return
	}
	if t.scratch.spent[index] > t.budget {
		t.scratch.skips++
		return
	}
	from, to := t.stretch(r, x, at, length)
	t.scratch.spent[index] += to - from
	if r.Form == knowledge.TokenForm {
		if loc := x.pattern.FindSubmatchIndex(t.text[from:to]); loc != nil {
			t.found(r, x, loc, from, at)
		}
		return
	}
	for from < to {
		loc := x.pattern.FindSubmatchIndex(t.text[from:to])
		if loc == nil {
			return
		}
		holds := from+loc[0] <= at && at+length <= from+loc[1]
		if holds || r.Form == knowledge.NearForm {
			t.found(r, x, loc, from, at)
		}
		from += max(loc[1], 1)
	}
}

// stretch is the part of the text in which a match of r may lie, given the
// literal at: from the literal on, its line, or the lines around it.
func (t *scan) stretch(r *rule, x *expressions, at, length int) (from, to int) {
	switch r.Form {
	case knowledge.TokenForm:
		end := min(at+x.reach, len(t.text))
		for to = at; to < end && x.holds[t.text[to]]; to++ {
		}
		return at, to
	case knowledge.NearForm:
		return t.lines(at, length, nearLines)
	}
	return t.lines(at, length, 0)
}

// nearLines is how many lines above and below a literal still are its neighbourhood.
const nearLines = 3

// lines is the line of the literal at and n more on both sides, no more than
// contextBytes either way.
func (t *scan) lines(at, length, n int) (from, to int) {
	low := max(at-contextBytes, 0)
	from = at
	for range n + 1 {
		from = low + bytes.LastIndexByte(t.text[low:from], '\n')
		if from < low {
			break
		}
	}
	from++
	if from <= low {
		from = low
	}
	high := min(at+length+contextBytes, len(t.text))
	to = at + length
	for range n + 1 {
		next := bytes.IndexByte(t.text[to:high], '\n')
		if next < 0 {
			return from, high
		}
		to += next + 1
	}
	return from, to
}

// cut is the length of b up to the first of the bytes in stops.
func cut(b []byte, stops string) int {
	if i := bytes.IndexAny(b, stops); i >= 0 {
		return i
	}
	return len(b)
}

// found reports what the pattern matched at loc within the text from from on.
func (t *scan) found(r *rule, x *expressions, loc []int, from, anchor int) {
	m := Match{Start: from + loc[0], End: from + loc[1], Anchor: anchor}
	m.SecretStart, m.SecretEnd = from+loc[2*x.group], from+loc[2*x.group+1]
	if loc[2*x.group] >= 0 && standsAlone(t.text, m.Start, m.End) && (r.test != nil || !inData(t.text, m.Start)) {
		t.report(r, m)
	}
}

// standsAlone says whether what lies in text[start:end] begins and ends where a
// word does: a token amid a longer run of letters is part of something else.
func standsAlone(text []byte, start, end int) bool {
	return beginsAlone(text, start) && (end >= len(text) || !isWord(text[end-1]) || !isWord(text[end]))
}

// dataRun is how many bytes of base64 in a row before a token make it a part of
// them. Paths and addresses, in which tokens stand too, have other bytes sooner.
const dataRun = 80

// inData says whether start lies in base64 data, of an image for instance: any
// few letters stand somewhere in it.
func inData(text []byte, start int) bool {
	if start < dataRun || text[start-1] != '/' && text[start-1] != '+' {
		return false
	}
	for _, c := range text[start-dataRun : start] {
		if !isWord(c) && c != '/' && c != '+' || c == '_' {
			return false
		}
	}
	return true
}

func beginsAlone(text []byte, start int) bool {
	if text[start] == ';' && entityEnds(text, start) {
		return false
	}
	return start == 0 || !isWord(text[start]) || !isWord(text[start-1]) || escapeEnds(text, start)
}

// entityEnds says whether the semicolon at is that of &amp;, which in a page
// stands for the sign between two parameters.
func entityEnds(text []byte, at int) bool {
	return at >= len("&amp") && equalFold(text[at-len("&amp"):at], "&amp")
}

// escapeEnds says whether an escape such as \n or %3D ends before at.
func escapeEnds(text []byte, at int) bool {
	if at >= 2 && text[at-2] == '\\' {
		return bytes.IndexByte([]byte("nrtbfv"), text[at-1]) >= 0
	}
	return at >= 3 && text[at-3] == '%' && isHex(text[at-2]) && isHex(text[at-1])
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
