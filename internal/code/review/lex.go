package review

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind of a token.
type kind uint8

const (
	word   kind = iota // a name, a keyword or a number
	text               // what a string holds
	symbol             // anything else, a character at a time
)

// token is a piece of code. Comments and white space are none.
type token struct {
	text    string
	kind    kind
	space   bool // white space stands before it
	first   bool // of its line
	changed bool // the other side has not got it
	seam    bool // beside it, on its line, the other side has something more
	line    int32
}

// idle tells the tokens that come and go with layout: they count as no change.
func (t token) idle() bool { return t.kind == symbol && (t.text == "," || t.text == ";") }

// source is one side of a file.
type source struct {
	path   string
	family *family
	lines  []string // as they stand
	tokens []token
	from   []int32 // by line from 0: its first token; one more at the end
}

// lexer walks through a text.
type lexer struct {
	f     *family
	s     string
	i     int
	line  int32
	space bool
	fresh bool // nothing but space since the line began
	out   []token
	// open are what never closes from here on, so that it is not looked for again.
	open map[string]bool
}

// lex splits a text. Whatever it holds, every byte is passed once or, at the
// opening of a comment or string that never closes, a line's worth more often.
func lex(name, content string) *source {
	content = strings.ReplaceAll(content, "\r\n", "\n")
	f := familyOf(name)
	l := &lexer{f: f, s: content, line: 1, fresh: true, open: map[string]bool{}, out: make([]token, 0, len(content)/5)}
	for l.i < len(l.s) {
		l.step()
	}
	src := &source{path: name, family: f, lines: strings.Split(content, "\n"), tokens: l.out}
	if f.docstring {
		src.dropDocstrings()
	}
	src.index()
	return src
}

// index notes where each line's tokens begin.
func (s *source) index() {
	s.from = make([]int32, len(s.lines)+1)
	at := 0
	for n := range s.from {
		for at < len(s.tokens) && int(s.tokens[at].line) <= n {
			at++
		}
		s.from[n] = int32(at)
	}
	// from[n] now counts the tokens of lines 1..n, which is where line n+1 begins.
}

// of is the tokens of a line, counted from 1.
func (s *source) of(line int) []token {
	if line < 1 || line >= len(s.from) {
		return nil
	}
	return s.tokens[s.from[line-1]:s.from[line]]
}

func (l *lexer) step() {
	c := l.s[l.i]
	switch {
	case c == '\n':
		l.i++
		l.line++
		l.space, l.fresh = true, true
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		l.i++
		l.space = true
	case l.comment() || l.long() || l.short() || l.pattern():
	case wordByte(c) || c >= utf8.RuneSelf:
		l.word()
	default:
		l.emit(symbol, l.s[l.i:l.i+1])
		l.i++
	}
}

func (l *lexer) emit(k kind, s string) {
	l.out = append(l.out, token{text: s, kind: k, space: l.space, first: l.fresh, line: l.line})
	l.space, l.fresh = false, false
}

// comment passes over a comment that begins here.
func (l *lexer) comment() bool {
	rest := l.s[l.i:]
	for _, open := range l.f.line {
		// Outside of C's kin, # opens a comment at the start of a word alone: ${#x}, url#fragment.
		if !strings.HasPrefix(rest, open) || open[0] == '#' && l.i > 0 && !l.space && !l.fresh && l.f != pythonLike && l.f != rubyLike {
			continue
		}
		if l.f == rubyLike && !l.space && !l.fresh && strings.HasPrefix(rest, "#{") {
			continue
		}
		end := strings.IndexByte(rest, '\n')
		if end < 0 {
			end = len(rest)
		}
		l.i += end
		l.space = true
		return true
	}
	for _, b := range l.f.block {
		if !strings.HasPrefix(rest, b[0]) || b[0][0] == '=' && !l.fresh || l.open[b[0]] {
			continue
		}
		end := strings.Index(rest[len(b[0]):], b[1])
		if end < 0 {
			if l.f == markupLike || l.f == sqlLike {
				l.open[b[0]] = true
				return false
			}
			end = len(rest) - len(b[0]) - len(b[1])
		}
		l.pass(len(b[0]) + max(end, 0) + len(b[1]))
		l.space = true
		return true
	}
	return false
}

// pass moves on by n bytes and counts the lines in them.
func (l *lexer) pass(n int) {
	end := min(l.i+n, len(l.s))
	lines := strings.Count(l.s[l.i:end], "\n")
	l.line += int32(lines)
	l.fresh = l.fresh || lines > 0
	l.i = end
}

// long reads a string that may go over several lines.
func (l *lexer) long() bool {
	rest := l.s[l.i:]
	for _, q := range l.f.multi {
		if l.open[q] || !strings.HasPrefix(rest, q) {
			continue
		}
		end := closing(rest[len(q):], q)
		if end < 0 {
			l.open[q] = true
			continue
		}
		body := rest[len(q) : len(q)+end]
		// Each line of it is a token of that line, so that a change in one is not a change in all.
		for i, part := range strings.Split(body, "\n") {
			if i > 0 {
				l.line++
				l.space, l.fresh = true, true
			}
			if part = strings.TrimSpace(part); part != "" || i == 0 {
				l.emit(text, part)
			}
		}
		l.i += 2*len(q) + end
		return true
	}
	return false
}

// closing finds the end of a string; a backslash takes what follows with it.
func closing(s, q string) int {
	for i := 0; i+len(q) <= len(s); i++ {
		if s[i] == '\\' && q != "`" {
			i++
			continue
		}
		if strings.HasPrefix(s[i:], q) {
			return i
		}
	}
	return -1
}

// short reads a string on one line. One that does not close is none.
func (l *lexer) short() bool {
	q := l.s[l.i]
	if strings.IndexByte(l.f.quotes, q) < 0 || l.f.prose && l.i > 0 && wordByte(l.s[l.i-1]) {
		return false
	}
	rest := l.s[l.i+1:]
	if l.f.lifetimes && q == '\'' && !(len(rest) > 1 && (rest[1] == '\'' || rest[0] == '\\')) {
		return false
	}
	for i := 0; i < len(rest) && rest[i] != '\n'; i++ {
		switch rest[i] {
		case '\\':
			i++
		case q:
			l.emit(text, rest[:i])
			l.i += i + 2
			return true
		}
	}
	return false
}

// pattern reads a regular expression between slashes.
func (l *lexer) pattern() bool {
	if !l.f.regex || l.s[l.i] != '/' || !l.maybePattern() {
		return false
	}
	class := false
	rest := l.s[l.i+1:]
	for i := 0; i < len(rest) && rest[i] != '\n'; i++ {
		switch c := rest[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			l.emit(symbol, "/")
			l.emit(text, rest[:i])
			l.i += i + 2
			return true
		}
	}
	return false
}

// maybePattern says whether a slash here can open a pattern: after a value it
// divides.
func (l *lexer) maybePattern() bool {
	if len(l.out) == 0 {
		return true
	}
	last := l.out[len(l.out)-1]
	switch last.kind {
	case word:
		return last.text == "return" || last.text == "typeof" || last.text == "case"
	case text:
		return false
	}
	return !strings.Contains(")]}<", last.text)
}

func (l *lexer) word() {
	start := l.i
	for l.i < len(l.s) {
		c := l.s[l.i]
		if c < utf8.RuneSelf {
			if !wordByte(c) {
				break
			}
			l.i++
			continue
		}
		r, size := utf8.DecodeRuneInString(l.s[l.i:])
		if unicode.IsSpace(r) && l.i > start {
			break
		}
		l.i += size
	}
	l.emit(word, l.s[start:l.i])
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// dropDocstrings takes out strings that are whole statements.
func (s *source) dropDocstrings() {
	kept := s.tokens[:0]
	for i := 0; i < len(s.tokens); i++ {
		t := s.tokens[i]
		if t.kind == text && t.first && opensStatement(kept) {
			end := i
			for end+1 < len(s.tokens) && s.tokens[end+1].kind == text && s.tokens[end+1].first {
				end++
			}
			if end+1 == len(s.tokens) || s.tokens[end+1].first {
				i = end
				continue
			}
		}
		kept = append(kept, t)
	}
	s.tokens = kept
}

// opensStatement says whether a statement begins after the tokens kept so far.
func opensStatement(kept []token) bool {
	return len(kept) == 0 || kept[len(kept)-1].text == ":" && kept[len(kept)-1].kind == symbol
}
