package text

import (
	"bytes"
	"strings"
)

// context is what a part of a source file is to the machine.
type context uint8

const (
	code context = iota
	comment
	quoted
)

func (c context) String() string { return [...]string{"code", "comment", "string"}[c] }

// span is a part of a file in one context, its delimiters not included in
// comments and strings.
type span struct {
	context    context
	start, end int
}

// Bounds for what nobody has written by hand: parts of one window, and bytes of
// one regular expression.
const (
	mostSpans     = 500_000
	longestRegexp = 2000
)

// cut divides source into spans, in order. It is coarse: a language's rarer
// quotings are taken for code, and a string that may not go over the end of a
// line ends there whatever happens.
func (s *Syntax) cut(data []byte) []span {
	c := cutter{Syntax: s, data: data}
	for c.at < len(data) {
		if len(c.spans) > mostSpans {
			c.add(comment, c.at, len(data), len(data))
			break
		}
		switch {
		case c.lineComment(), c.blockComment(), c.text(), c.regexp():
		default:
			c.note(data[c.at])
			c.at++
		}
	}
	c.code(len(data))
	return c.spans
}

type cutter struct {
	*Syntax
	data  []byte
	at    int
	begin int // of the code that is not in a span yet
	last  byte
	spans []span
}

// note remembers the last thing that is no blank: a / after a value divides.
func (c *cutter) note(b byte) {
	if b != ' ' && b != '\t' && b != '\n' && b != '\r' {
		c.last = b
	}
}

// code closes the code span before a comment or string.
func (c *cutter) code(end int) {
	if end > c.begin {
		c.spans = append(c.spans, span{code, c.begin, end})
	}
}

// add closes the code before and adds data[start:end]; code goes on at next.
func (c *cutter) add(kind context, start, end, next int) {
	c.code(c.at)
	if end > start {
		c.spans = append(c.spans, span{kind, start, end})
	}
	c.at, c.begin = next, next
}

func (c *cutter) lineComment() bool {
	for _, mark := range c.lineComments {
		if !c.has(mark) || c.blockOpen != "" && strings.HasPrefix(c.blockOpen, mark) && c.has(c.blockOpen) {
			continue
		}
		if mark == "#" && c.at > 0 && bytes.IndexByte([]byte(" \t\n;)"), c.data[c.at-1]) < 0 {
			continue // ${#x}, a#b
		}
		end := c.lineEnd(c.at)
		c.add(comment, c.at+len(mark), end, end)
		return true
	}
	return false
}

func (c *cutter) blockComment() bool {
	if c.blockOpen == "" || !c.has(c.blockOpen) {
		return false
	}
	start := c.at + len(c.blockOpen)
	end, next := len(c.data), len(c.data)
	if n := bytes.Index(c.data[start:], []byte(c.blockClose)); n >= 0 {
		end, next = start+n, start+n+len(c.blockClose)
	}
	c.add(comment, start, end, next)
	return true
}

// text is a string literal.
func (c *cutter) text() bool {
	q := c.data[c.at]
	if q == '\'' && c.charQuote {
		return c.char()
	}
	if strings.IndexByte(c.quotes, q) < 0 {
		return false
	}
	if c.triple && (c.has(`"""`) || c.has("'''")) {
		c.until(string(c.data[c.at:c.at+3]), true)
		return true
	}
	c.until(string(q), strings.IndexByte(c.longQuotes, q) >= 0)
	return true
}

// until adds the string that the mark opens, up to the mark that closes it. A
// string that is not long ends with its line. Nothing here may look ahead
// further than the string goes: a line may be as long as the file.
func (c *cutter) until(mark string, long bool) {
	start := c.at + len(mark)
	c.last = '"'
	for i := start; i < len(c.data); i++ {
		switch b := c.data[i]; {
		case b == '\\' && mark != "`":
			i++
		case b == '\n' && !long:
			c.add(quoted, start, i, i)
			return
		case b == mark[0] && bytes.HasPrefix(c.data[i:], []byte(mark)):
			c.add(quoted, start, i, i+len(mark))
			return
		}
	}
	c.add(quoted, min(start, len(c.data)), len(c.data), len(c.data))
}

// char is a character literal, where ' means a lifetime or a prime besides.
func (c *cutter) char() bool {
	near := c.data[c.at+1 : min(len(c.data), c.at+13)]
	n := bytes.IndexByte(near, '\'')
	if n < 1 || bytes.IndexByte(near[:n], '\n') >= 0 || bytes.IndexByte(near[:n], ' ') > 0 {
		return false
	}
	c.add(quoted, c.at+1, c.at+1+n, c.at+2+n)
	return true
}

// regexp is a regular expression literal: a / where no division can stand.
func (c *cutter) regexp() bool {
	if !c.regexps || c.data[c.at] != '/' || c.last != 0 && bytes.IndexByte([]byte("(,=:[!&|?{};+~^%<"), c.last) < 0 {
		return false
	}
	class := false
	for i := c.at + 1; i < min(len(c.data), c.at+longestRegexp) && c.data[i] != '\n'; i++ {
		switch b := c.data[i]; {
		case b == '\\':
			i++
		case b == '[':
			class = true
		case b == ']':
			class = false
		case b == '/' && !class:
			c.last = '"'
			c.add(quoted, c.at+1, i, i+1)
			return true
		}
	}
	return false
}

func (c *cutter) has(mark string) bool { return bytes.HasPrefix(c.data[c.at:], []byte(mark)) }

func (c *cutter) lineEnd(at int) int {
	if n := bytes.IndexByte(c.data[at:], '\n'); n >= 0 {
		return at + n
	}
	return len(c.data)
}
