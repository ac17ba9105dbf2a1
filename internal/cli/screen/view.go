package screen

import (
	"fmt"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// SGR parameters.
const (
	plain   = ""
	bold    = "1"
	dim     = "2"
	reverse = "7"
	red     = "1;31"
	green   = "32"
	yellow  = "33"
	cyan    = "36"
)

// row is a line of the screen under construction.
type row struct {
	m    *Model
	b    strings.Builder
	used int
}

func (m *Model) row() *row { return &row{m: m} }

// add appends text, which is cleaned and cut to what is left of the width.
func (r *row) add(code, text string) *row {
	text = clean.Truncate(clean.Line(text), max(0, r.m.width-r.used), "…")
	if text == "" || r.used >= r.m.width {
		return r
	}
	r.used += clean.Width(text)
	if code == plain || !r.m.Color && code != reverse {
		r.b.WriteString(text)
	} else {
		r.b.WriteString("\x1b[" + code + "m" + text + "\x1b[0m")
	}
	return r
}

// column appends text cut or filled to a width.
func (r *row) column(code, text string, width int) *row {
	text = clean.Truncate(clean.Line(text), width, "…")
	return r.add(code, text+strings.Repeat(" ", max(0, width-clean.Width(text))))
}

// View draws the screen: as many lines as it is high, none of them wider.
func (m *Model) View() []string {
	lines := make([]string, 0, m.height)
	lines = append(lines, m.head())
	body := m.height - 3
	switch m.mode {
	case reading:
		lines = append(lines, m.viewFinding(body)...)
	case filling:
		lines = append(lines, m.viewForm(body)...)
	case helping:
		lines = append(lines, m.viewHelp(body)...)
	default:
		lines = append(lines, m.viewList(body)...)
	}
	for len(lines) < m.height-2 {
		lines = append(lines, "")
	}
	return append(lines[:m.height-2], m.viewStatus(), m.viewKeys())
}

func (m *Model) head() string {
	r := m.row()
	name := "plimsoll triage"
	if m.Name != "" {
		name += " " + m.Name
	}
	text := fmt.Sprintf(" %s  %d open", name, m.open)
	if m.expired > 0 {
		text += fmt.Sprintf(", %d of them decided before", m.expired)
	}
	text += fmt.Sprintf(", %d decided", m.decided)
	if filter := m.Filter.String(); filter != "" {
		text += "  [" + filter + "]"
	}
	if n := len(m.selected); n > 0 {
		text += fmt.Sprintf("  %d selected", n)
	}
	if len(m.rows) > 0 {
		text += fmt.Sprintf("  %d/%d", m.cursor+1, len(m.rows))
	}
	text = clean.Truncate(clean.Line(text), m.width, "…")
	return r.add(reverse, text+strings.Repeat(" ", max(0, m.width-clean.Width(text)))).b.String()
}

func (m *Model) viewList(height int) []string {
	if len(m.rows) == 0 {
		return []string{"", m.row().add(plain, "  Nothing matches the filter. / changes it, q leaves.").b.String()}
	}
	var lines []string
	for i := m.top; i < len(m.rows) && len(lines) < height; i++ {
		lines = append(lines, m.viewRow(m.rows[i], i == m.cursor))
	}
	return lines
}

// marks show a finding's state in one letter.
func mark(f *event.Finding) (letter, code string) {
	switch {
	case f.State == event.Fixed:
		return "=", green
	case f.State == event.Decided && f.Decision != nil && f.Decision.Verdict == finding.Accepted:
		return "a", yellow
	case f.State == event.Decided:
		return "f", green
	case f.Decision != nil:
		return "x", cyan
	case f.Earlier != nil:
		return "!", red
	case f.Queue != "":
		return "-", dim
	}
	return " ", plain
}

func severityCode(s event.Severity) string {
	switch s {
	case event.Critical, event.High:
		return red
	case event.Medium:
		return yellow
	}
	return plain
}

func (m *Model) viewRow(f *event.Finding, here bool) string {
	cursor, selected := " ", " "
	if here {
		cursor = ">"
	}
	if m.selected[f] {
		selected = "*"
	}
	letter, code := mark(f)
	lit := func(c string) string { // the row under the cursor is lit as a whole
		if here {
			return reverse
		}
		return c
	}
	r := m.row().add(lit(bold), cursor+selected).add(lit(code), letter+" ").column(lit(severityCode(f.Severity)), string(f.Severity), 9)
	rule := min(30, max(10, m.width/3))
	r.column(lit(plain), f.Rule, rule).add(lit(plain), " ")
	room := m.width - r.used
	place, commit, message := clean.Line(shortPlace(f)), "", f.Message
	if f.Commit != "" {
		commit = " @" + f.Commit[:min(7, len(f.Commit))]
	}
	if keep := room*3/5 - len(commit); clean.Width(place) > keep && room > 30 {
		place = tail(place, keep)
	}
	r.add(lit(cyan), place).add(lit(dim), commit)
	if m.width-r.used > 12 {
		r.add(lit(dim), "  "+message)
	}
	if here {
		r.add(reverse, strings.Repeat(" ", max(0, m.width-r.used)))
	}
	return r.b.String()
}

// shortPlace is a finding's path and line; in the history, its path.
func shortPlace(f *event.Finding) string {
	if f.Line > 0 && f.Commit == "" {
		return fmt.Sprintf("%s:%d", f.Path, f.Line)
	}
	return f.Path
}

// tail cuts a place at its start: its end says more.
func tail(s string, width int) string {
	runes := []rune(s)
	for len(runes) > 0 && clean.Width(string(runes)) > width-1 {
		runes = runes[1:]
	}
	return "…" + string(runes)
}

func (m *Model) viewStatus() string {
	switch {
	case m.mode == filtering && m.status == "":
		return m.viewEdit(" filter: ", &m.edit, true)
	case m.failed:
		return m.row().add(red, " "+m.status).b.String()
	}
	return m.row().add(bold, " "+m.status).b.String()
}

// viewEdit draws a line of text under way, its cursor in reverse.
func (m *Model) viewEdit(label string, e *editor, focused bool) string {
	r := m.row().add(bold, label)
	if !focused {
		return r.add(plain, string(e.text)).b.String()
	}
	first := 0
	for first < e.at && clean.Width(clean.Line(string(e.text[first:e.at]))) > m.width-r.used-2 {
		first++
	}
	under, after := " ", ""
	if e.at < len(e.text) {
		under, after = string(e.text[e.at]), string(e.text[e.at+1:])
	}
	return r.add(plain, string(e.text[first:e.at])).add(reverse, under).add(plain, after).b.String()
}

func (m *Model) viewKeys() string {
	keys := " f false positive  a accept  x will fix  space select  / filter  u undo  ? help"
	switch m.mode {
	case reading:
		keys = " f false positive  a accept  x will fix  j k next  PgDn scroll  ← list  ? help"
	case filling:
		keys = " Enter decides   Tab next field   ←→ reach   Esc cancels"
	case filtering:
		keys = " words, state:open|queued|decided|expired|all rule: path: severity: class:   Enter, Esc"
	case helping:
		keys = " any key goes back"
	default:
		if f := m.current(); f != nil && f.Earlier != nil {
			keys = " A say the same again" + keys
		}
	}
	return m.row().add(dim, keys).b.String()
}

func (m *Model) viewHelp(height int) []string {
	text := []string{
		"", " j k ↓ ↑      next and previous finding        PgDn PgUp  a page", " → Enter      open the finding                 ← Esc      back",
		"", " f            false positive                   a          accept until a day", " x            will be fixed by a day           w          withdraw the decision",
		" A            say the same again of what was decided before and has changed", " u            undo, act by act",
		"", " space        select                           *          all that match, or none", " g            the group: same cause; else the same rule in the same file",
		" Esc          nothing selected", "", " /            filter: words, state: rule: path: severity: class:", " r            cut the list anew: what was decided leaves it",
		" q            quit", "", " Marks: ! decided before, look again   f false positive   a accepted", "        x will be fixed   - waits in the queue   * selected",
	}
	var lines []string
	for _, t := range text[:min(len(text), height)] {
		lines = append(lines, m.row().add(plain, t).b.String())
	}
	return lines
}

// wrapped appends text in lines of the screen's width, indented.
func (m *Model) wrapped(lines []string, code, label, text string) []string {
	indent := strings.Repeat(" ", clean.Width(label))
	line, lead := "", label
	flush := func() {
		lines = append(lines, m.row().add(bold, lead).add(code, line).b.String())
		line, lead = "", indent
	}
	for _, word := range strings.Fields(clean.Line(text)) {
		if line != "" && clean.Width(lead)+clean.Width(line)+1+clean.Width(word) > m.width-1 {
			flush()
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		flush()
	}
	return lines
}
