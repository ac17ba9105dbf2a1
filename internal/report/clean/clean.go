// Package clean makes text from a repository fit to be shown.
//
// File names, source lines, commit messages and authors are written by
// strangers. Printed as they are, they could repaint a terminal, retitle its
// window, reorder a line so that it reads otherwise than it runs, or give
// commands to a CI runner that reads its own log. Nothing is dropped: what must
// not be printed is shown as its code point, ‹U+202E›, so that the reader sees
// that it is there.
package clean

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// maxMarks is how many combining marks may follow one another; more would paint
// over the lines above and below.
const maxMarks = 4

// Cell is one unit of a shown line: a rune, or what stands for one.
type Cell struct {
	Text   string
	Width  int // in columns of a terminal: 0, 1, 2, or more for a code point spelled out
	Offset int // of the first byte in the text that it stands for
}

// Line makes s one line of printable text: tabs and line ends become spaces,
// everything else that is not printable its code point, and commands to a CI
// runner lose their effect anywhere but at the start, for which see Start.
func Line(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, c := range Cells(s, 1) {
		b.WriteString(c.Text)
	}
	return b.String()
}

// plain reports that s is printable ASCII without the beginnings of a command,
// as nearly everything is.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' || s[i] == '#' {
			return false
		}
	}
	return true
}

// Cells splits s into what is shown for each of its runes. Tab stops are tab
// columns apart.
func Cells(s string, tab int) []Cell {
	cells := make([]Cell, 0, len(s))
	column, marks := 0, 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if marks = marks + 1; !unicode.Is(unicode.M, r) {
			marks = 0
		}
		c := Cell{Offset: i}
		c.Text, c.Width = show(s[i:], r, size, marks)
		if r == '\t' {
			c.Width = max(1, tab-column%max(1, tab))
			c.Text = strings.Repeat(" ", c.Width)
		}
		cells = append(cells, c)
		column += c.Width
		i += size
	}
	return cells
}

// show is what stands for the rune r, the first of s, and its width.
func show(s string, r rune, size, marks int) (string, int) {
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf("‹0x%02X›", s[0]), 6
	case r == '\n' || r == '\r':
		return " ", 1
	case hidden(r) || marks > maxMarks:
		text := fmt.Sprintf("‹U+%04X›", r)
		return text, len(text) - 4 // ‹ and › are three bytes and one column each
	case r == '#' && endsCommandPrefix(s):
		return "# ", 2
	}
	return s[:size], runeWidth(r)
}

// hidden reports that r shows nothing of its own: controls of every kind,
// formatting (all bidirectional controls among it), line separators, and
// letters that look like nothing.
func hidden(r rune) bool {
	switch {
	case r == '\t':
		return false
	case !unicode.IsGraphic(r): // Cc, Cf, Co, Cs, Cn, Zl, Zp
		return true
	case r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0, r == 0x034F, r == 0x2800:
		return true // fillers and joiners
	case r >= 0x180B && r <= 0x180F, r >= 0xFE00 && r <= 0xFE0D, r >= 0xE0100 && r <= 0xE01EF:
		return true // variation selectors that carry data rather than choose an emoji
	}
	return false
}

// endsCommandPrefix reports that s stands at the second # of a logging command
// of Azure Pipelines, TeamCity or the older GitHub runner: "##vso[",
// "##teamcity[", "##[". They count anywhere in a line. It is asked of each #,
// so that the first of a pair says no and the last before the word says yes.
func endsCommandPrefix(s string) bool {
	for i := 1; i < len(s) && i < 24; i++ {
		switch c := s[i] | 0x20; {
		case s[i] == '[':
			return true
		case c < 'a' || c > 'z':
			return false
		}
	}
	return false
}

// Start makes line, which Line has cleaned, safe at the start of a line of a
// log: GitHub's runner takes "::name::" for a command there, after any blanks.
func Start(line string) string {
	text := strings.TrimLeftFunc(line, unicode.IsSpace)
	if !strings.HasPrefix(text, "::") {
		return line
	}
	return line[:len(line)-len(text)] + ": :" + text[2:]
}

// Width is how many columns s, which Line has cleaned, takes on a terminal.
func Width(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// Truncate cuts s, which Line has cleaned, to at most columns, the last of them
// the ellipsis where anything was cut.
func Truncate(s string, columns int, ellipsis string) string {
	if len(s) <= columns || Width(s) <= columns {
		return s
	}
	room := columns - Width(ellipsis)
	for i, r := range s {
		if room -= runeWidth(r); room < 0 {
			return s[:i] + ellipsis
		}
	}
	return s
}
