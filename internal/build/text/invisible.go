package text

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Runs that no writing system needs. Longest is what the known ways to hide a
// payload exceed by far: every hidden byte is a character or more.
const (
	selectorRun = 3
	hiddenRun   = 8
)

// run is a row of invisible characters.
type run struct {
	start, end    int
	count         int
	before, after rune // its neighbours; 0 at the ends of the text
	first         rune
	selectors     int
	tags          int
	fillers       int
}

// invisible finds characters that are not shown and that no script or emoji
// needs where they stand.
func invisible(data []byte, sp span) []Hit {
	var hits []Hit
	for at := sp.start; at < sp.end && len(hits) <= MaxHits; {
		n := NonASCII(data[at:sp.end])
		if n < 0 {
			break
		}
		at += n
		r, size := utf8.DecodeRune(data[at:sp.end])
		if !isInvisible(r) {
			at += size
			continue
		}
		row := rowAt(data, at, sp.end)
		if grade, why := row.judge(sp.context); why != "" {
			hits = append(hits, Hit{Kind: Invisible, Grade: grade, Offset: row.start, Length: row.end - row.start,
				Key: Name(row.first), What: why})
		}
		at = row.end
	}
	return hits
}

func rowAt(data []byte, at, end int) run {
	row := run{start: at}
	row.before, _ = utf8.DecodeLastRune(data[:at])
	row.first, _ = utf8.DecodeRune(data[at:])
	for at < end {
		r, size := utf8.DecodeRune(data[at:end])
		if !isInvisible(r) {
			break
		}
		row.count++
		switch {
		case isSelector(r):
			row.selectors++
		case isTag(r):
			row.tags++
		case isFiller(r):
			row.fillers++
		}
		at += size
	}
	row.end = at
	row.after, _ = utf8.DecodeRune(data[at:])
	return row
}

// judge returns what is wrong with a run in its context, "" for nothing.
func (r run) judge(c context) (Grade, string) {
	switch {
	case r.tags > 0 && r.before != 0x1F3F4: // tags spell out a flag after the black flag
		return Deceptive, fmt.Sprintf("%d tag characters, which spell a text that nobody sees", r.tags)
	case r.selectors >= selectorRun:
		return Deceptive, fmt.Sprintf("%d variation selectors in a row, enough to hide data in", r.selectors)
	case r.tags > 0:
		return Odd, ""
	case r.count >= hiddenRun && r.fillers < r.count:
		return Suspicious, fmt.Sprintf("%d invisible characters in a row, beginning with %s", r.count, Name(r.first))
	case c != code || r.usual():
		return Odd, ""
	case r.fillers > 0:
		return Deceptive, Name(r.first) + " in code: an invisible letter, which a name may consist of"
	}
	return Suspicious, Name(r.first) + " in code, where nobody sees it"
}

// usual takes what stands in code for an ordinary reason: a byte order mark at
// the begin of a line, left by joining files; a joiner, mark or selector beside
// the letters and emoji that it is for; a character in a table of characters.
func (r run) usual() bool {
	switch {
	case r.first == 0xFEFF && (r.start == 0 || r.before == '\n'):
		return true
	case r.fillers > 0:
		return r.before >= 0x1100 && r.before <= 0xD7FF || isQuoted(r.before, r.after)
	case joins(r.before) || r.first != 0x200D && joins(r.after):
		return true
	case isSelector(r.first) && (r.before >= '0' && r.before <= '9' || r.before == '#' || r.before == '*'):
		return true // keycaps: 1️⃣
	}
	return isQuoted(r.before, r.after)
}

func isQuoted(before, after rune) bool {
	return before == '-' || after == '-' || isMark(before) && isMark(after)
}

func isMark(r rune) bool {
	return r > 0 && r < utf8.RuneSelf && (isDelimiter(byte(r)) || r == '>' || r == '<')
}

func isDelimiter(c byte) bool { return bytes.IndexByte([]byte("\"'`[]/|\\"), c) >= 0 }
