package text

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// bidi finds changes of direction that reach beyond the comment or the string
// in which they begin: the reader then sees code and text in each other's
// place. Direction ends with the line, so each line counts for itself.
func bidi(data []byte, spans []span, i int) []Hit {
	sp := spans[i]
	var hits []Hit
	for at := sp.start; at < sp.end && len(hits) <= MaxHits; {
		end := sp.end
		if n := bytes.IndexByte(data[at:sp.end], '\n'); n >= 0 {
			end = at + n
		}
		if h, found := bidiLine(data, sp, at, end); found {
			hits = append(hits, h)
		}
		at = end + 1
	}
	return hits
}

// bidiLine judges the part of a span that stands on one line.
func bidiLine(data []byte, sp span, start, end int) (Hit, bool) {
	var open []int // offsets of what has not been closed
	override := -1
	for at := start; at < end; {
		r, size := utf8.DecodeRune(data[at:end])
		if isBidi(r) {
			if sp.context == code {
				return bidiHit(data, at, Deceptive, "in the middle of code"), true
			}
			open = step(data, open, at, r)
			if r == 0x202D || r == 0x202E {
				override = at
			}
		}
		at += size
	}
	switch {
	case len(open) > 0 && isTable(data[start:end]):
		return bidiHit(data, open[0], Odd, "from a table of characters on; an escape would not"), true
	case len(open) > 0 && (start == sp.start || end == sp.end):
		return bidiHit(data, open[0], Deceptive, "and is not closed in the same "+sp.context.String()), true
	case len(open) > 0 && holdsComment(data[start:end]):
		// Another language inside a string, SQL for instance, is code too.
		return bidiHit(data, open[0], Suspicious, "and is not closed on its line, which has a comment in it"), true
	case len(open) > 0:
		// The line holds nothing but this text: it moves no code.
		return bidiHit(data, open[0], Odd, "and is not closed on its line"), true
	case override >= 0:
		return bidiHit(data, override, Odd, "in a "+sp.context.String()+", which is shown backwards"), true
	}
	return Hit{}, false
}

// step keeps the stack of open embeddings and isolates. Closing an isolate
// closes the embeddings inside it, not the other way round (Annex 9, X6a, X7).
func step(data []byte, open []int, at int, r rune) []int {
	opener := func(i int) rune { r, _ := utf8.DecodeRune(data[open[i]:]); return r }
	switch r {
	case 0x202C:
		if n := len(open); n > 0 && opener(n-1) < 0x2066 {
			return open[:n-1]
		}
	case 0x2069:
		for i := len(open) - 1; i >= 0; i-- {
			if opener(i) >= 0x2066 {
				return open[:i]
			}
		}
	default:
		return append(open, at)
	}
	return open
}

func bidiHit(data []byte, at int, g Grade, where string) Hit {
	r, size := utf8.DecodeRune(data[at:])
	return Hit{Kind: Bidi, Grade: g, Offset: at, Length: size, Key: Name(r),
		What: Name(r) + " changes the direction of the text " + where}
}

// isTable recognises a string that lists characters and says nothing, as
// regular expressions do.
func isTable(b []byte) bool {
	for len(b) > 0 {
		r, size := utf8.DecodeRune(b)
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return false
		}
		b = b[size:]
	}
	return true
}

func holdsComment(b []byte) bool {
	for _, mark := range []string{"/*", "*/", "//", "--", "<!--"} {
		if bytes.Contains(b, []byte(mark)) {
			return true
		}
	}
	return false
}
