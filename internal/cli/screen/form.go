package screen

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
)

// The fields of the form, in their order.
const (
	fieldReason = iota
	fieldReach
	fieldUntil
	fieldOwner
	fieldCount
)

// form is a decision on its way.
type form struct {
	verdict  string
	findings []*event.Finding
	scopes   []finding.Decision // the reaches to choose from, bound; one empty where several findings are chosen
	covers   []finding.Cover    // by scope
	scope    int
	focus    int
	edits    [fieldCount]editor
	// own says that the user wrote the day: then another reach doesn't change it.
	own bool
}

// begin opens the form for a verdict on what is chosen.
func (m *Model) begin(verdict string) {
	f := &form{verdict: verdict, findings: m.chosen(), scopes: []finding.Decision{{}}, covers: []finding.Cover{{}}}
	if len(f.findings) == 1 {
		f.scopes = finding.Propose(f.findings[0], m.order, m.book.Look)
		f.covers = make([]finding.Cover, len(f.scopes))
		for i := range f.scopes[1:] {
			f.covers[i+1] = f.scopes[i+1].Cover(m.order, m.book.Look)
		}
	}
	reason := m.reasons[verdict+" "+f.findings[0].Rule]
	if e := f.findings[0].Earlier; e != nil && e.Verdict == verdict {
		reason = e.Because
	}
	f.edits[fieldReason], f.edits[fieldOwner] = newEditor(reason), newEditor(m.By)
	f.propose(m.Today)
	m.form, m.back, m.mode = f, m.mode, filling
	m.status = ""
}

// propose sets the usual end for the reach.
func (f *form) propose(today time.Time) {
	if !f.own {
		f.edits[fieldUntil] = newEditor(today.UTC().AddDate(0, 0, finding.DefaultDays(f.verdict, f.scopes[f.scope].Scope)).Format(time.DateOnly))
	}
}

func (m *Model) updateForm(key string) {
	f := m.form
	m.status = ""
	switch key {
	case "esc":
		m.mode, m.form = m.back, nil
	case "tab", "down":
		f.focus = (f.focus + 1) % fieldCount
	case "shift-tab", "up":
		f.focus = (f.focus + fieldCount - 1) % fieldCount
	case "enter":
		m.submit()
	case "left", "right", "space":
		if f.focus == fieldReach {
			step := 1
			if key == "left" {
				step = len(f.scopes) - 1
			}
			f.scope = (f.scope + step) % len(f.scopes)
			f.propose(m.Today)
			return
		}
		f.edits[f.focus].update(key)
	default:
		if f.focus != fieldReach {
			f.edits[f.focus].update(key)
			f.own = f.own || f.focus == fieldUntil
		}
	}
}

// submit takes the decision, or says what is missing of it.
func (m *Model) submit() {
	f := m.form
	reason, owner, until := f.text(fieldReason), f.text(fieldOwner), f.text(fieldUntil)
	if utf8.RuneCountInString(reason) < 3 {
		f.focus = fieldReason
		m.fail(fmt.Errorf("a decision needs a reason, for whoever reads it in a year"))
		return
	}
	if day, err := time.Parse(time.DateOnly, until); err != nil || day.Format(time.DateOnly) < m.Today.UTC().Format(time.DateOnly) {
		f.focus = fieldUntil
		m.fail(fmt.Errorf("write a day to come as YYYY-MM-DD"))
		return
	}
	if owner == m.By {
		owner = ""
	}
	scope := f.scopes[f.scope]
	var ds finding.Decisions
	for _, one := range f.findings {
		d := scope
		d.Verdict, d.Because, d.Owner = f.verdict, reason, owner
		d = m.complete(d, one, until)
		if d.Wide() {
			d.Remember(f.covers[f.scope])
		}
		ds = append(ds, d)
	}
	if m.take(ds) {
		m.reasons[f.verdict+" "+f.findings[0].Rule] = reason
		m.mode, m.form = m.back, nil
	}
}

func (f *form) text(field int) string { return strings.TrimSpace(f.edits[field].String()) }

// editor is one line of text and a cursor in it.
type editor struct {
	text []rune
	at   int
}

// longestText bounds what can be typed into a line.
const longestText = 1000

func newEditor(text string) editor {
	runes := []rune(text)
	return editor{runes, len(runes)}
}

func (e *editor) String() string { return string(e.text) }

func (e *editor) update(key string) {
	switch key {
	case "left":
		e.at = max(0, e.at-1)
	case "right":
		e.at = min(len(e.text), e.at+1)
	case "home", "ctrl-a":
		e.at = 0
	case "end", "ctrl-e":
		e.at = len(e.text)
	case "backspace":
		if e.at > 0 {
			e.text = append(e.text[:e.at-1:e.at-1], e.text[e.at:]...)
			e.at--
		}
	case "delete":
		if e.at < len(e.text) {
			e.text = append(e.text[:e.at:e.at], e.text[e.at+1:]...)
		}
	case "ctrl-u":
		e.text, e.at = nil, 0
	case "ctrl-w":
		start := e.at
		for start > 0 && e.text[start-1] == ' ' {
			start--
		}
		for start > 0 && e.text[start-1] != ' ' {
			start--
		}
		e.text, e.at = append(e.text[:start:start], e.text[e.at:]...), start
	case "space":
		e.insert(' ')
	default:
		if r, size := utf8.DecodeRuneInString(key); size == len(key) && r >= ' ' && r != utf8.RuneError {
			e.insert(r)
		}
	}
}

func (e *editor) insert(r rune) {
	if len(e.text) < longestText {
		e.text = append(e.text[:e.at:e.at], append([]rune{r}, e.text[e.at:]...)...)
		e.at++
	}
}
