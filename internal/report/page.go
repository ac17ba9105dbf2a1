package report

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// page is text being laid out for a terminal.
type page struct {
	strings.Builder
	style
	glyphs
	opt   Options
	width int
	more  map[*event.Finding]int // how many more there are like it
}

func newPage(opt Options) *page {
	s := style{on: opt.Color, links: opt.Hyperlinks}
	return &page{style: s, glyphs: s.glyphs(), opt: opt, width: opt.Width}
}

// line writes one line of cleaned parts. It is the one place where lines begin,
// and so where commands to a CI runner end.
func (p *page) line(parts ...string) {
	p.WriteString(clean.Start(strings.Join(parts, "")))
	p.WriteByte('\n')
}

// gap writes an empty line, but not as the first one, and not a second.
func (p *page) gap() {
	if p.Len() > 0 && !strings.HasSuffix(p.String(), "\n\n") {
		p.WriteByte('\n')
	}
}

// title writes the heading of a section.
func (p *page) title(text string) {
	p.gap()
	p.line(p.paint(bold, text))
}

// block writes text, cleaned and wrapped, after a prefix; the lines after the
// first are indented to where the text began. At most lines are written, the
// last of them cut; 0 means no limit. Code paints the text.
func (p *page) block(prefix, text, code string, lines int) {
	indent := clean.Width(prefix)
	for i, l := range p.wrap(text, p.width-indent, lines) {
		if i > 0 {
			prefix = strings.Repeat(" ", indent)
		}
		p.line(prefix, p.paint(code, l))
	}
}

// wrap cleans text and breaks it at blanks into lines of at most width columns.
func (p *page) wrap(text string, width, lines int) []string {
	var out []string
	rest := strings.TrimSpace(clean.Line(text))
	for rest != "" {
		if lines > 0 && len(out) == lines-1 {
			rest = clean.Truncate(rest, width, p.ellipsis)
		}
		line := firstLine(rest, width)
		rest = strings.TrimLeft(rest[len(line):], " ")
		out = append(out, strings.TrimRight(line, " "))
	}
	return out
}

// firstLine is the longest beginning of s that fits width and ends at a blank,
// or the longest that fits where a word is longer than a line.
func firstLine(s string, width int) string {
	if len(s) <= width || clean.Width(s) <= width {
		return s
	}
	fits := clean.Truncate(s, width, "")
	if i := strings.LastIndexByte(fits, ' '); i > 0 && s[len(fits)] != ' ' {
		return fits[:i]
	}
	if fits == "" { // narrower than the first rune
		return s
	}
	return fits
}

// count is n with a noun: "1 finding", "2,000 findings".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(int64(n)) + " " + noun + "s"
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// some joins at most n of the items and says how many are left.
func some(items []string, n int, noun string) string {
	if len(items) <= n {
		return strings.Join(items, ", ")
	}
	left := len(items) - n
	if noun != "" {
		noun = " " + noun
		if left != 1 {
			noun += "s"
		}
	}
	return fmt.Sprintf("%s and %d more%s", strings.Join(items[:n], ", "), left, noun)
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// short is the beginning of a commit's or a finding's id, as people write it.
func short(id string, n int) string {
	id = clean.Line(id)
	return id[:min(n, len(id))]
}

// level is the word that a severity is announced with, and its colour.
func level(s event.Severity) (word, color string) {
	switch s {
	case event.Critical, event.High:
		return "error", red
	case event.Info:
		return "note", blue
	}
	return "warning", yellow
}
