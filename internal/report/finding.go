package report

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// finding writes one finding: what, where, the source with carets, what to do.
func (p *page) finding(f *event.Finding) {
	word, color := level(f.Severity)
	if f.State != event.Open && f.State != "" {
		word, color = string(f.State), dim
	}
	doc, _ := p.opt.Explain(f.Rule)
	p.head(word, color, f.Rule, doc.URI, f.Message)
	gutter := len(strconv.Itoa(max(f.Line, 10)))
	p.place(f.Path, f.Line, f.Column, f.Commit, gutter)
	source, column, end := excerpt(f)
	p.source(source, f.Line, column, end, gutter, color)
	if f.Decision != nil {
		p.remark(gutter, "decided", decision(f.Decision))
	}
	if f.Earlier != nil {
		p.remark(gutter, "decided before", decision(f.Earlier)+"; "+f.Earlier.Ended)
	}
	if f.Queue != "" {
		p.remark(gutter, "waits", clean.Line(f.Queue))
	}
	if fix := firstOf(f.Fix, doc.Fix); fix != "" && f.State != event.Decided {
		p.remark(gutter, "fix", fix)
	}
	if f.Places > 1 || len(f.Also) > 0 {
		p.remark(gutter, "also", also(f))
	}
	if n := p.more[f]; n > 0 {
		p.remark(gutter, "group", moreLikeIt(n))
	}
	p.remark(gutter, "id", p.identity(f))
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// head writes "word[code]: message", the message going on under it where it is long. The code leads to its
// page where the terminal can.
func (p *page) head(word, color, code, uri, message string) {
	code = clean.Truncate(clean.Line(code), p.width/2, p.ellipsis)
	plain := clean.Width(word) + clean.Width(code) + 4
	start := p.paint(color, word) + p.paint(color, "[") + p.link(uri, p.paint(color, code)) + p.paint(color, "]") + ": "
	message = strings.TrimSpace(clean.Line(message))
	if room := p.width - plain; room >= p.width/4 || clean.Width(message) <= room {
		first := firstLine(message, max(1, room))
		start += p.paint(bold, strings.TrimRight(first, " "))
		message = message[len(first):]
	}
	p.line(strings.TrimRight(start, " "))
	p.block("    ", message, bold, 4)
}

// place writes the arrow and where the finding is, in a form that editors open.
func (p *page) place(path string, line, column int, commit string, gutter int) {
	var at string
	if path != "" {
		at = clean.Line(path)
		if line > 0 {
			at += ":" + strconv.Itoa(line)
			if column > 0 {
				at += ":" + strconv.Itoa(column)
			}
		}
	}
	switch {
	case commit != "" && at != "":
		at += " in commit " + short(commit, 12)
	case commit != "":
		at = "commit " + short(commit, 12)
	}
	if at != "" {
		p.line(strings.Repeat(" ", gutter), p.paint(blue, "-->"), " ", clean.Truncate(at, 1024, p.ellipsis))
	}
}

// source writes the line and the carets under the place.
func (p *page) source(source string, line, column, end, gutter int, color string) {
	if source == "" || line == 0 {
		return
	}
	bar := p.paint(blue, p.edge)
	blank := strings.Repeat(" ", gutter)
	text, carets := snippet(source, column, end, p.width-gutter-3, p.ellipsis)
	p.line(blank, " ", bar)
	p.line(p.paint(blue, fmt.Sprintf("%*d", gutter, line)), " ", bar, " ", text)
	if carets != "" {
		p.line(blank, " ", bar, " ", spaced(p.style, color, carets))
	}
}

// spaced paints what follows the leading blanks.
func spaced(s style, color, text string) string {
	body := strings.TrimLeft(text, " ")
	return text[:len(text)-len(body)] + s.paint(color, body)
}

// remark writes "= label: text", wrapped.
func (p *page) remark(gutter int, label, text string) {
	p.block(strings.Repeat(" ", gutter)+" = "+label+": ", text, "", 4)
}

// also names other places of the same finding.
func also(f *event.Finding) string {
	others := max(f.Places-1, len(f.Also))
	names := make([]string, 0, 3)
	for _, place := range f.Also[:min(3, len(f.Also))] {
		names = append(names, placeName(place))
	}
	text := fmt.Sprintf("at %s: %s", count(others, "other place"), strings.Join(names, ", "))
	if len(names) == 0 {
		return strings.TrimSuffix(text, ": ")
	}
	if others > len(names) {
		text += ", " + "and more"
	}
	return text
}

func placeName(p event.Place) string {
	name := p.Path
	if p.Line > 0 {
		name += ":" + strconv.Itoa(p.Line)
	}
	if p.Commit != "" {
		name = strings.TrimSpace(name + " in " + short(p.Commit, 12))
	}
	return name
}

// identity is what to call the finding, and what to bear in mind when reading it.
func (p *page) identity(f *event.Finding) string {
	n := 12
	if p.opt.Verbose {
		n = len(f.Fingerprint)
	}
	notes := []string{string(f.Severity)}
	if f.Confidence != "" && f.Confidence != event.Sure {
		notes = append(notes, string(f.Confidence)+" confidence")
	}
	if aside(f.Path) {
		notes = append(notes, "not in what ships")
	}
	if f.Tool != "" {
		notes = append(notes, "found by "+f.Tool)
	}
	for _, w := range f.Witnesses {
		notes = append(notes, "also found by "+cmp.Or(w.Tool, "Plimsoll")+" ("+w.Rule+")")
	}
	if f.Group != "" && p.opt.Show != "" {
		notes = append(notes, "group "+short(f.Group, 8))
	}
	if f.Change == event.Introduced || f.Change == event.Moved {
		notes = append(notes, string(f.Change)+" by this change")
	}
	return fmt.Sprintf("%s (%s)", short(f.Fingerprint, n), strings.Join(notes, ", "))
}

// decision is what somebody said, in a sentence.
func decision(d *event.Decision) string {
	text := strings.ReplaceAll(d.Verdict, "-", " ")
	if d.By != "" {
		text += " by " + d.By
	}
	if d.Until != "" {
		text += " until " + d.Until
	}
	if d.Because != "" {
		text += ", because: " + d.Because
	}
	return text
}
