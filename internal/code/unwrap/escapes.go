package unwrap

import (
	"bytes"
)

// maxEscaped is how far a text with escapes in it reaches to either side of the
// first of them.
const maxEscaped = 4 << 10

// Escaped calls fn with each stretch that begins in one of places, which are all
// of a stretch of text, and holds two or more printable characters written as
// %41, as \u0041 or as \x41.
func (w *Walk) Escaped(text []byte, places []Span, fn func(Run)) {
	for _, e := range escapes {
		w.stretches(text, places, e, fn)
	}
}

// escape is one way to write a character by its number.
type escape struct {
	name   string
	lead   string // what each begins with
	digits int    // hex digits behind it
	ends   string // bytes that such a text cannot hold
}

var escapes = []escape{
	{"percent-encoding", "%", 2, " \t\r\n\"'`<>\\^{}|"},
	{"escapes", `\u00`, 2, "\"'`\r\n"},
	{"escapes", `\x`, 2, "\"'`\r\n"},
}

// The bytes of an escape.
const (
	shortestEscape = len("%41")
	longestEscape  = len(`\u0041`)
)

func (w *Walk) stretches(text []byte, places []Span, e escape, fn func(Run)) {
	last := 0 // where the stretch before ended
	for _, s := range places {
		for i := max(s.Start, last); i < s.End; {
			at := e.next(text, i, s.End)
			if at < 0 {
				break
			}
			if e.beginsData(text[at:min(at+dataSample, len(text))]) {
				i = e.end(text, at, min(at+maxEscaped, len(text)))
				last = i
				continue
			}
			start, end := e.around(text, max(at-maxEscaped, last), at, min(at+maxEscaped, len(text)))
			if n := e.count(text[start:end]); n >= 2 && !e.isData(text[start:end], n) && w.decode(end-start) {
				w.Decoded++
				fn(Run{start, end, e.name, e.decode(text[start:end]), None})
			}
			i = max(end, at+1)
			last = i
		}
	}
}

// next is the first escape that begins in text[from:to], less than 0 for none.
func (e escape) next(text []byte, from, to int) int {
	for ; from < to; from++ {
		n := bytes.IndexByte(text[from:to], e.lead[0])
		if n < 0 {
			return -1
		}
		from += n
		if _, ok := e.at(text, from); ok {
			return from
		}
	}
	return -1
}

// at is the printable character that is written at.
func (e escape) at(text []byte, at int) (byte, bool) {
	end := at + len(e.lead) + e.digits
	if end > len(text) || classes[text[end-1]]&hexDigit == 0 || string(text[at:at+len(e.lead)]) != e.lead {
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
	return low + bytes.LastIndexAny(text[low:at], e.ends) + 1, e.end(text, at, high)
}

// end is where the stretch that holds at ends, at most high.
func (e escape) end(text []byte, at, high int) int {
	if n := bytes.IndexAny(text[at:high], e.ends); n >= 0 {
		return at + n
	}
	return high
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

// dataSample is how many bytes show whether a stretch is data: thirty-two escapes.
const dataSample = 32 * len(`\x41`)

// beginsData says whether text is escapes without a gap, most of them of bytes
// that are no text: the beginning of what isData would say the same of.
func (e escape) beginsData(text []byte) bool {
	if e.lead != `\x` || len(text) < dataSample {
		return false
	}
	printable := 0
	for i := 0; i < dataSample; i += len(`\x41`) {
		if text[i] != '\\' || text[i+1] != 'x' {
			return false
		}
		if _, ok := e.at(text, i); ok {
			printable++
		}
	}
	return printable < 20
}

// isData says of a stretch with some printable characters among its escapes
// whether it is bytes that are no text, as generated source has of whole archives:
// more than half of the escapes are for none.
func (e escape) isData(text []byte, printable int) bool {
	return e.lead == `\x` && bytes.Count(text, []byte(e.lead)) > 2*printable
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
