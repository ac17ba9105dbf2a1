// Package screen is `plimsoll triage` at the keyboard: a list of findings, each
// with its source, and one key for a decision.
//
// The Model goes from key to state and draws itself as lines of text; it knows
// no terminal, so that a test can type and read. Run puts it on one.
package screen

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/report"
)

// Book is what the screen reads and writes.
type Book interface {
	// Findings is always the same slice; decisions change what is in it.
	Findings() []event.Finding
	Look(*event.Finding) finding.Seen
	Decisions() finding.Decisions
	Change(what string, add, remove finding.Decisions) error
	Undo() (string, error)
	// Source are the lines around a finding, with secrets masked.
	Source(*event.Finding) []Line
	// History says who brought the finding in, "" where that is not known.
	History(*event.Finding) string
	Explain(rule string) (report.RuleDoc, bool)
}

// Line is a line of source. From and To are the bytes to mark, To exclusive.
type Line struct {
	Number   int
	Text     string
	From, To int
}

// Options say who decides, when, and how it looks.
type Options struct {
	By     string
	Today  time.Time
	Color  bool
	Filter finding.Filter
	Name   string // of the product
}

type mode uint8

const (
	listing mode = iota
	reading      // one finding
	filling      // the form of a decision
	filtering
	helping
)

// Model is the state of the screen.
type Model struct {
	Options
	book          Book
	width, height int
	mode, back    mode // back is where filling, filtering and helping return to

	order    []*event.Finding // all, what matters most first
	rows     []*event.Finding // those that the filter took when it was set
	cursor   int
	top      int // the first row shown
	scroll   int // of the finding being read
	selected map[*event.Finding]bool
	open     int // counts for the head
	expired  int
	decided  int

	form    *form
	edit    editor // of the filter
	reasons map[string]string
	status  string
	failed  bool
	quit    bool
}

// New makes the screen for a terminal of the size given.
func New(book Book, opt Options, width, height int) *Model {
	m := &Model{Options: opt, book: book, selected: map[*event.Finding]bool{}, reasons: map[string]string{}}
	m.Resize(width, height)
	all := book.Findings()
	m.order = make([]*event.Finding, len(all))
	for i := range all {
		m.order[i] = &all[i]
	}
	slices.SortStableFunc(m.order, func(a, b *event.Finding) int {
		return cmp.Or(cmp.Compare(b.Worth, a.Worth), cmp.Compare(b.Severity.Rank(), a.Severity.Rank()), cmp.Compare(b.Confidence.Rank(), a.Confidence.Rank()),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Rule, b.Rule))
	})
	m.refilter()
	return m
}

// Resize sets the size of the terminal.
func (m *Model) Resize(width, height int) {
	m.width, m.height = max(width, 20), max(height, 6)
	m.keepInView()
}

// Done says that the user has left.
func (m *Model) Done() bool { return m.quit }

// refilter cuts the list anew; the cursor stays on its finding where it can.
func (m *Model) refilter() {
	here := m.current()
	m.rows = m.rows[:0]
	for _, f := range m.order {
		if m.Filter.Match(f) {
			m.rows = append(m.rows, f)
		}
	}
	m.cursor, m.top = min(m.cursor, max(0, len(m.rows)-1)), 0
	if i := slices.Index(m.rows, here); i >= 0 {
		m.cursor = i
	}
	m.count()
	m.keepInView()
}

func (m *Model) count() {
	m.open, m.expired, m.decided = 0, 0, 0
	for _, f := range m.order {
		switch finding.StateOf(f) {
		case finding.StateDecided:
			m.decided++
		case finding.StateExpired:
			m.expired++
			m.open++
		default:
			m.open++
		}
	}
}

// current is the finding under the cursor, nil where the list is empty.
func (m *Model) current() *event.Finding {
	if m.cursor < 0 || m.cursor >= len(m.rows) {
		return nil
	}
	return m.rows[m.cursor]
}

func (m *Model) listHeight() int { return max(1, m.height-3) }

func (m *Model) keepInView() {
	m.cursor = min(max(m.cursor, 0), max(0, len(m.rows)-1))
	m.top = min(max(m.top, m.cursor-m.listHeight()+1), m.cursor)
}

func (m *Model) say(format string, args ...any) {
	m.status, m.failed = fmt.Sprintf(format, args...), false
}

func (m *Model) fail(err error) {
	text, _, _ := strings.Cut(err.Error(), "\n")
	m.status, m.failed = text, true
}

// Update takes one key.
func (m *Model) Update(key string) {
	if key == "ctrl-c" {
		m.quit = true
		return
	}
	if m.mode != filling {
		m.status = ""
	}
	switch m.mode {
	case filling:
		m.updateForm(key)
	case filtering:
		m.updateFilter(key)
	case helping:
		m.mode = m.back
	default:
		m.updateList(key)
	}
}

// updateList takes a key in the list or at a finding: they share all but moving
// in and out.
func (m *Model) updateList(key string) {
	switch key {
	case "q":
		m.quit = true
	case "j", "down":
		m.move(1)
	case "k", "up":
		m.move(-1)
	case "pgdn", "ctrl-f":
		m.page(1)
	case "pgup", "ctrl-b":
		m.page(-1)
	case "home":
		m.move(-len(m.rows))
	case "end", "G":
		m.move(len(m.rows))
	case "right", "enter", "l":
		if m.current() != nil {
			m.mode, m.scroll = reading, 0
		}
	case "left", "esc", "h":
		m.leave()
	case "?":
		m.back, m.mode = m.mode, helping
	case "/":
		m.back, m.mode = listing, filtering
		m.edit = newEditor(strings.TrimLeft(m.Filter.String()+" ", " "))
	case "r":
		m.refilter()
		m.say("%d findings match", len(m.rows))
	default:
		m.act(key)
	}
}

// leave goes back from a finding to the list, and there drops the selection.
func (m *Model) leave() {
	if m.mode == reading {
		m.mode = listing
		return
	}
	clear(m.selected)
}

func (m *Model) move(n int) {
	m.cursor += n
	m.scroll = 0
	m.keepInView()
}

func (m *Model) page(n int) {
	if m.mode == reading {
		m.scroll = max(0, m.scroll+n*(m.height-4))
		return
	}
	m.move(n * m.listHeight())
}

// act takes the keys that select and decide.
func (m *Model) act(key string) {
	f := m.current()
	if key == "u" {
		m.undo()
		return
	}
	if f == nil {
		return
	}
	switch key {
	case "space":
		m.toggle(f)
		m.move(1)
	case "*":
		m.selectAll()
	case "g":
		m.selectGroup(f)
	case "f":
		m.begin(finding.FalsePositive)
	case "a":
		m.begin(finding.Accepted)
	case "x":
		m.begin(finding.Fix)
	case "A":
		m.again()
	case "w":
		m.withdraw()
	}
}

func (m *Model) toggle(f *event.Finding) {
	if m.selected[f] {
		delete(m.selected, f)
	} else {
		m.selected[f] = true
	}
}

// selectAll selects all that match the filter, seen or not; and again, none.
func (m *Model) selectAll() {
	var all []*event.Finding
	for _, f := range m.rows {
		if m.Filter.Match(f) { // what was decided meanwhile is still in the list
			all = append(all, f)
		}
	}
	if len(m.selected) == len(all) {
		clear(m.selected)
		m.say("nothing selected")
		return
	}
	for _, f := range all {
		m.selected[f] = true
	}
	m.say("all %d that match are selected", len(all))
}

// selectGroup selects the findings with the same cause; where nobody has grouped
// them, those of the same rule in the same file.
func (m *Model) selectGroup(f *event.Finding) {
	n, what := 0, "of the same cause"
	if f.Group == "" {
		what = "of this rule in this file"
	}
	for _, other := range m.rows {
		same := f.Group != "" && other.Group == f.Group || f.Group == "" && other.Rule == f.Rule && other.Path == f.Path
		if same && other.State == event.Open {
			m.selected[other] = true
			n++
		}
	}
	m.say("%d findings %s are selected", n, what)
}

// chosen are the findings that a key is about: those selected, else the one
// under the cursor.
func (m *Model) chosen() []*event.Finding {
	if len(m.selected) == 0 {
		return []*event.Finding{m.current()}
	}
	var all []*event.Finding
	for _, f := range m.order {
		if m.selected[f] {
			all = append(all, f)
		}
	}
	return all
}

func (m *Model) undo() {
	what, err := m.book.Undo()
	if err != nil {
		m.fail(err)
		return
	}
	m.count()
	m.say("undone: %s", what)
}

// again says the same as before of findings whose decision has ended.
func (m *Model) again() {
	var ds finding.Decisions
	for _, f := range m.chosen() {
		if f.Earlier == nil {
			continue
		}
		d := finding.Decision{Verdict: f.Earlier.Verdict, Because: f.Earlier.Because, Owner: f.Earlier.Owner}
		ds = append(ds, m.complete(d, f, ""))
	}
	if len(ds) == 0 {
		m.fail(fmt.Errorf("nothing was decided on it before that could be said again"))
		return
	}
	m.take(ds)
}

// complete binds a decision to a finding and fills who and when.
func (m *Model) complete(d finding.Decision, f *event.Finding, until string) finding.Decision {
	d.By, d.On, d.Place = m.By, m.Today.UTC().Format(time.DateOnly), placeOf(f)
	d = d.Bind(f, m.book.Look(f))
	d.Until = until
	if until == "" {
		d.Until = m.Today.UTC().AddDate(0, 0, finding.DefaultDays(d.Verdict, d.Scope)).Format(time.DateOnly)
	}
	return d
}

// take writes decisions, and says what they came to.
func (m *Model) take(ds finding.Decisions) bool {
	what := fmt.Sprintf("%s on %s", words(ds[0].Verdict), plural(len(ds), "finding"))
	if ds[0].Wide() {
		what = words(ds[0].Verdict) + " on " + ds[0].Rule + ", " + ds[0].Reach()
	}
	if len(ds) > 1 {
		batch := finding.Fingerprint("batch", m.By, ds[0].Fingerprint, time.Now().UTC().Format(time.RFC3339Nano))[:12]
		for i := range ds {
			ds[i].Batch = batch
		}
	}
	if err := m.book.Change(what, ds, nil); err != nil {
		m.fail(err)
		return false
	}
	clear(m.selected)
	m.count()
	m.say("%s (u undoes it)", what)
	return true
}

func (m *Model) withdraw() {
	var gone finding.Decisions
	byPrint := map[string]finding.Decisions{}
	for _, d := range m.book.Decisions() {
		byPrint[d.Fingerprint] = append(byPrint[d.Fingerprint], d)
	}
	for _, f := range m.chosen() {
		gone = append(gone, byPrint[f.Fingerprint]...)
	}
	if len(gone) == 0 {
		f := m.current()
		if f.Decision != nil && f.Decision.Scope != "" {
			m.fail(fmt.Errorf("it is covered by a decision on a %s: withdraw that at the finding it was taken on", f.Decision.Scope))
			return
		}
		m.fail(fmt.Errorf("nothing was decided on it"))
		return
	}
	what := "withdraw " + plural(len(gone), "decision")
	if err := m.book.Change(what, nil, gone); err != nil {
		m.fail(err)
		return
	}
	clear(m.selected)
	m.count()
	m.say("%s withdrawn (u undoes it)", plural(len(gone), "decision"))
}

func (m *Model) updateFilter(key string) {
	switch key {
	case "esc":
		m.mode = m.back
	case "enter":
		q, err := finding.ParseFilter(m.edit.String())
		if err != nil {
			m.fail(err)
			return
		}
		m.Filter, m.mode = q, m.back
		clear(m.selected)
		m.refilter()
		m.say("%d findings match", len(m.rows))
	default:
		m.edit.update(key)
	}
}

func words(verdict string) string { return strings.ReplaceAll(verdict, "-", " ") }

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func placeOf(f *event.Finding) string {
	place := f.Path
	if f.Line > 0 {
		place += fmt.Sprintf(":%d", f.Line)
	}
	if f.Line > 0 && f.Column > 0 {
		place += fmt.Sprintf(":%d", f.Column)
	}
	if f.Commit != "" {
		place = strings.TrimSpace(place + " in commit " + f.Commit[:min(12, len(f.Commit))])
	}
	return place
}
