package screen

import (
	"fmt"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// viewFinding draws the finding under the cursor, scrolled.
func (m *Model) viewFinding(height int) []string {
	f := m.current()
	if f == nil {
		return nil
	}
	lines := m.detail(f)
	m.scroll = min(m.scroll, max(0, len(lines)-height))
	return lines[m.scroll:min(len(lines), m.scroll+height)]
}

func (m *Model) detail(f *event.Finding) []string {
	doc, _ := m.book.Explain(f.Rule)
	lines := m.wrapped(nil, severityCode(f.Severity), " ", f.Message)
	facts := fmt.Sprintf("%s, %s, confidence %s", f.Rule, f.Severity, f.Confidence)
	if f.Class != "" {
		facts += ", in " + f.Class + " code"
	}
	if f.Tool != "" {
		facts += ", found by " + f.Tool
	}
	for _, w := range f.Witnesses {
		facts += ", and by " + w.Tool + " " + w.Rule
	}
	lines = m.wrapped(lines, plain, "  rule    ", facts)
	place := placeOf(f)
	if seen := m.book.Look(f); seen.Scope != "" {
		place += " in " + seen.Scope
	}
	lines = m.wrapped(lines, cyan, "  place   ", place)
	lines = append(lines, m.viewSource(f)...)
	lines = append(lines, m.viewDecisions(f)...)
	for i, p := range f.Also {
		at := fmt.Sprintf("%s:%d", p.Path, p.Line)
		if p.Commit != "" {
			at += " in commit " + p.Commit[:min(12, len(p.Commit))]
		}
		label := "          "
		if i == 0 {
			label = "  also at "
		}
		lines = m.wrapped(lines, plain, label, at)
	}
	if more := f.Places - 1 - len(f.Also); more > 0 && len(f.Also) > 0 {
		lines = m.wrapped(lines, plain, "          ", fmt.Sprintf("and %d more places", more))
	}
	fix := f.Fix
	if fix == "" {
		fix = doc.Fix
	}
	lines = m.wrapped(lines, plain, "  why     ", doc.Why)
	lines = m.wrapped(lines, plain, "  fix     ", fix)
	if f.Queue != "" {
		lines = m.wrapped(lines, plain, "  queued  ", f.Queue)
	}
	lines = m.wrapped(lines, plain, "  since   ", m.book.History(f))
	return m.wrapped(lines, dim, "  id      ", f.Fingerprint)
}

// viewSource draws the lines around the finding with a caret under it.
func (m *Model) viewSource(f *event.Finding) []string {
	source := m.book.Source(f)
	if len(source) == 0 {
		return nil
	}
	lines := []string{""}
	for _, l := range source {
		code := dim
		if l.Number == f.Line {
			code = plain
		}
		gutter := fmt.Sprintf("%6d | ", l.Number)
		cells := clean.Cells(l.Text, 4)
		first := 0
		if l.To > l.From { // a long line begins a little before what is marked
			column := 0
			for i, c := range cells {
				if c.Offset >= l.From {
					break
				}
				if column += c.Width; column > m.width-len(gutter)-20 {
					first = i
				}
			}
		}
		var text strings.Builder
		var carets strings.Builder
		for _, c := range cells[first:] {
			text.WriteString(c.Text)
			under := " "
			if c.Offset >= l.From && c.Offset < l.To {
				under = "^"
			}
			carets.WriteString(strings.Repeat(under, c.Width))
		}
		lines = append(lines, m.row().add(dim, gutter).add(code, text.String()).b.String())
		if l.To > l.From {
			lines = append(lines, m.row().add(dim, "       | ").add(severityOr(f), strings.TrimRight(carets.String(), " ")).b.String())
		}
	}
	return append(lines, "")
}

func severityOr(f *event.Finding) string {
	if code := severityCode(f.Severity); code != plain {
		return code
	}
	return bold
}

// viewDecisions shows what was decided, and what does not count any more.
func (m *Model) viewDecisions(f *event.Finding) (lines []string) {
	if d := f.Decision; d != nil {
		lines = m.wrapped(lines, green, "  decided ", said(d))
	}
	if d := f.Earlier; d != nil {
		lines = m.wrapped(lines, yellow, "  before  ", said(d))
		lines = m.wrapped(lines, red, "          ", d.Ended+"; A says the same again")
	}
	return lines
}

// said is a decision in a sentence.
func said(d *event.Decision) string {
	text := words(d.Verdict) + " by " + d.By
	if d.On != "" {
		text += " on " + d.On
	}
	if d.Until != "" {
		text += " until " + d.Until
	}
	if d.Owner != "" {
		text += ", answered for by " + d.Owner
	}
	if d.Scope != "" {
		text += ", for the " + d.Scope
	}
	return text + ": " + d.Because
}

// viewForm draws the form over the finding that it is about.
func (m *Model) viewForm(height int) []string {
	f := m.form
	title := strings.ToUpper(words(f.verdict)[:1]) + words(f.verdict)[1:]
	lines := []string{m.row().add(bold, " "+title+": ").add(plain, f.title()).b.String(), ""}
	reach := "each of them"
	if len(f.findings) == 1 {
		reach = f.scopes[f.scope].Reach()
	}
	if len(f.scopes) > 1 {
		reach = fmt.Sprintf("< %s >  (%d of %d)", reach, f.scope+1, len(f.scopes))
	}
	label := func(field int, name string) string {
		if f.focus == field {
			return " > " + name
		}
		return "   " + name
	}
	code := plain
	if f.focus == fieldReach {
		code = reverse
	}
	lines = append(lines, m.viewEdit(label(fieldReason, "reason  "), &f.edits[fieldReason], f.focus == fieldReason),
		m.row().add(bold, label(fieldReach, "reach   ")).add(code, reach).b.String(),
		m.viewEdit(label(fieldUntil, "until   "), &f.edits[fieldUntil], f.focus == fieldUntil),
		m.viewEdit(label(fieldOwner, "owner   "), &f.edits[fieldOwner], f.focus == fieldOwner), "")
	cover := f.covers[f.scope]
	shown := f.findings
	switch {
	case f.scopes[f.scope].Wide():
		shown = cover.Findings
		lines = append(lines, m.row().add(bold, fmt.Sprintf("   It covers %s that are open now, and what comes like them:", plural(len(shown), "finding"))).b.String())
	case len(f.findings) > 1:
		lines = append(lines, m.row().add(bold, fmt.Sprintf("   One decision on each of %s:", plural(len(shown), "finding"))).b.String())
	default:
		return append(lines, m.viewSource(f.findings[0])...)
	}
	room := max(1, height-len(lines)-2)
	for _, one := range shown[:min(len(shown), room)] {
		lines = append(lines, m.viewRow(one, false))
	}
	if more := len(shown) - room; more > 0 {
		lines = append(lines, m.row().add(dim, fmt.Sprintf("    and %d more", more)).b.String())
	}
	if n := len(cover.Severe); n > 0 {
		lines = append(lines, m.row().add(red, fmt.Sprintf("   Not covered, as too severe or too certain: %s", plural(n, "finding"))).b.String())
	}
	return lines
}

func (f *form) title() string {
	if len(f.findings) > 1 {
		return plural(len(f.findings), "finding")
	}
	return f.findings[0].Rule + " at " + placeOf(f.findings[0])
}
