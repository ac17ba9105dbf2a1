// Package text finds characters in source code that make people read something
// else than what the machine runs: "Trojan Source" (CVE-2021-42574 and
// CVE-2021-42694) and its relatives.
//
// The same characters are everyday tools in Arabic, Hebrew, Persian, Hindi or
// emoji, so what counts is where they stand. Source is cut coarsely into code,
// comments and strings, and only what no writer of a human language needs there
// is reported.
package text

import (
	"bytes"
	"encoding/binary"
	"sort"
	"unicode/utf8"
)

// Kind of deception.
type Kind string

const (
	Bidi      Kind = "bidi"      // text that is shown in another order than it runs
	Invisible Kind = "invisible" // characters that are not shown at all
	Mixed     Kind = "mixed"     // a name that looks like another
)

// Grade says how far from innocent a hit is.
type Grade int

const (
	Odd        Grade = iota // untidy; hardly an attack
	Suspicious              // no ordinary reason is known
	Deceptive               // does what the known attacks do
)

// Hit is one deceptive place.
type Hit struct {
	Kind   Kind
	Grade  Grade
	Offset int // in the data, bytes
	Length int // bytes
	Line   int // from 1, in the data
	Column int // from 1, in bytes
	// What says what stands there, for people.
	What string
	// Key is what stands there without its place: the code points, or the name.
	Key string
}

// MaxHits bounds what is told of one file; a file with more is told by its first.
const MaxHits = 200

// NonASCII is the index of the first byte of 0x80 or above, -1 where there is
// none. It reads 32 bytes a step, since nearly every source file ends here.
func NonASCII(b []byte) int {
	const high = 0x8080808080808080
	i := 0
	for ; i+32 <= len(b); i += 32 {
		w := binary.LittleEndian.Uint64(b[i:]) | binary.LittleEndian.Uint64(b[i+8:]) |
			binary.LittleEndian.Uint64(b[i+16:]) | binary.LittleEndian.Uint64(b[i+24:])
		if w&high != 0 {
			break
		}
	}
	for ; i < len(b); i++ {
		if b[i] >= utf8.RuneSelf {
			return i
		}
	}
	return -1
}

// Scan finds the deceptive places of a source file, by offset. A text that is
// not UTF-8, or holds a NUL, has none: what cannot be told for a character
// cannot be told for a trick.
func Scan(s *Syntax, data []byte) []Hit {
	first := NonASCII(data)
	if first < 0 || !telling(data[first:]) || bytes.IndexByte(data, 0) >= 0 {
		return nil
	}
	spans := s.cut(data)
	var hits []Hit
	for i, sp := range spans {
		if len(hits) > MaxHits {
			break
		}
		if NonASCII(data[sp.start:sp.end]) < 0 {
			continue
		}
		hits = append(hits, bidi(data, spans, i)...)
		hits = append(hits, invisible(data, sp)...)
	}
	hits = append(hits, mixed(data, spans)...)
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].Offset < hits[j].Offset })
	if len(hits) > MaxHits {
		hits = hits[:MaxHits]
	}
	place(hits, data)
	return hits
}

// telling says whether any character is one that this package ever reports, and
// whether the text is UTF-8 at all.
func telling(b []byte) bool {
	found := false
	for len(b) > 0 {
		if b[0] < utf8.RuneSelf {
			n := NonASCII(b)
			if n < 0 {
				return found
			}
			b = b[n:]
		}
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError && size == 1 && len(b) >= utf8.UTFMax { // not a window's cut end
			return false
		}
		found = found || isBidi(r) || isInvisible(r) || isConfusable(r)
		b = b[size:]
	}
	return found
}

// place fills in lines and columns; hits are sorted.
func place(hits []Hit, data []byte) {
	line, start, at := 1, 0, 0
	for i := range hits {
		for at < hits[i].Offset {
			n := bytes.IndexByte(data[at:hits[i].Offset], '\n')
			if n < 0 {
				break
			}
			at += n + 1
			line, start = line+1, at
		}
		hits[i].Line, hits[i].Column = line, hits[i].Offset-start+1
	}
}
