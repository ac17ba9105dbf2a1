package unwrap

import (
	"bytes"
	"strings"
)

// maxEscaped is how far a text with escapes in it reaches to either side of the
// first of them.
const maxEscaped = 4 << 10

// Escaped calls fn with each stretch that begins in text[from:to] and holds two
// or more printable characters written as %41, as \u0041 or as \x41.
func (w *Walk) Escaped(text []byte, from, to int, fn func(Run)) {
	w.stretches(text, from, to, percent, fn)
	w.stretches(text, from, to, unicodeEscape, fn)
	w.stretches(text, from, to, byteEscape, fn)
}

// escape is one way to write a character by its number.
type escape struct {
	name   string
	lead   string // what each begins with
	digits int    // hex digits behind it
	ends   string // bytes that such a text cannot hold
}

var (
	percent       = escape{"percent-encoding", "%", 2, " \t\r\n\"'`<>\\^{}|"}
	unicodeEscape = escape{"escapes", `\u00`, 2, "\"'`\r\n"}
	byteEscape    = escape{"escapes", `\x`, 2, "\"'`\r\n"}
)

func (w *Walk) stretches(text []byte, from, to int, e escape, fn func(Run)) {
	lead, last := []byte(e.lead), 0
	for i := from; i < to; {
		n := bytes.Index(text[i:to], lead)
		if n < 0 {
			return
		}
		at := i + n
		if digits := at + len(lead); digits >= len(text) || classes[text[digits]]&hexDigit == 0 {
			i = at + 1
			continue
		}
		if _, ok := e.at(text, at); !ok {
			i = at + 1
			continue
		}
		start, end := e.around(text, max(at-maxEscaped, last), at, min(at+maxEscaped, len(text)))
		if e.count(text[start:end]) >= 2 && w.decode(end-start) {
			w.Decoded++
			fn(Run{start, end, e.name, e.decode(text[start:end]), None})
		}
		i = max(end, at+1)
		last = i
	}
}

// at is the printable character that is written at.
func (e escape) at(text []byte, at int) (byte, bool) {
	end := at + len(e.lead) + e.digits
	if end > len(text) || string(text[at:at+len(e.lead)]) != e.lead {
		return 0, false
	}
	high, low := digit(text[end-2]), digit(text[end-1])
	c := byte(high<<4 | low)
	return c, high >= 0 && low >= 0 && (c >= ' ' && c < 0x7f || c == '\n')
}

func digit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	}
	return -1
}

// around is the stretch around at, within low and high.
func (e escape) around(text []byte, low, at, high int) (start, end int) {
	start, end = at, at
	for start > low && strings.IndexByte(e.ends, text[start-1]) < 0 {
		start--
	}
	for end < high && strings.IndexByte(e.ends, text[end]) < 0 {
		end++
	}
	return start, end
}

func (e escape) count(text []byte) int {
	count := 0
	for i := 0; i < len(text); i++ {
		if _, ok := e.at(text, i); ok {
			count++
			i += len(e.lead) + e.digits - 1
		}
	}
	return count
}

func (e escape) decode(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		if c, ok := e.at(text, i); ok {
			out = append(out, c)
			i += len(e.lead) + e.digits
			continue
		}
		out = append(out, text[i])
		i++
	}
	return out
}
