package screen

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/report"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// desk is a Book in memory.
type desk struct {
	before, findings []event.Finding
	decisions        finding.Decisions
	acts             []finding.Decisions // the decisions as they were before each act
}

func newDesk(findings ...event.Finding) *desk {
	return &desk{before: append([]event.Finding{}, findings...), findings: findings}
}

func (d *desk) Findings() []event.Finding     { return d.findings }
func (d *desk) Decisions() finding.Decisions  { return d.decisions }
func (d *desk) History(*event.Finding) string { return "commit 1234 by Ada" }
func (d *desk) Look(f *event.Finding) finding.Seen {
	return finding.Seen{Code: "c", Scope: "run", ScopeCode: "s"}
}
func (d *desk) Explain(string) (report.RuleDoc, bool) {
	return report.RuleDoc{Why: "why", Fix: "fix"}, true
}
func (d *desk) Source(f *event.Finding) []Line {
	return []Line{{Number: f.Line - 1, Text: "before"}, {Number: f.Line, Text: "the line", From: 4, To: 8}}
}

func (d *desk) Change(what string, add, remove finding.Decisions) error {
	d.acts = append(d.acts, d.decisions)
	d.set(d.decisions.Without(remove...).With(add...))
	return nil
}

func (d *desk) Undo() (string, error) {
	if len(d.acts) == 0 {
		return "", fmt.Errorf("nothing to undo")
	}
	last := d.acts[len(d.acts)-1]
	d.acts = d.acts[:len(d.acts)-1]
	d.set(last)
	return "it", nil
}

func (d *desk) set(ds finding.Decisions) {
	d.decisions = ds
	copy(d.findings, d.before)
	ds.Apply(d.findings, finding.Now{AsOf: june, Look: d.Look})
}

var june = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

var sgr = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func finds(n int) []event.Finding {
	var all []event.Finding
	for i := range n {
		all = append(all, event.Finding{Rule: "go.sql", Family: "go.sql", Revision: 1, Severity: event.High, Confidence: event.Likely, Path: fmt.Sprintf("pkg/a%03d_test.go", i),
			Line: 4, Class: "test", Message: "query from text", Fingerprint: fmt.Sprintf("%08x%024x", i, i), State: event.Open})
	}
	return all
}

func newModel(d *desk) *Model {
	return New(d, Options{By: "Ada", Today: june, Filter: finding.Filter{State: finding.StateOpen}}, 80, 24)
}

// typing sends keys: names in <>, everything else letter by letter.
func typing(m *Model, text string) {
	for len(text) > 0 {
		if text[0] == '<' {
			name, rest, _ := strings.Cut(text[1:], ">")
			m.Update(name)
			text = rest
			continue
		}
		key := text[:1]
		if key == " " {
			key = "space"
		}
		m.Update(key)
		text = text[1:]
	}
}

func states(d *desk) string {
	var b strings.Builder
	for i := range d.findings {
		letter, _ := mark(&d.findings[i])
		b.WriteString(strings.ReplaceAll(letter, " ", "."))
	}
	return b.String()
}

func TestKeys(t *testing.T) {
	tests := []struct{ name, keys, want string }{
		{"false positive", "fnot so<enter>", "f...."},
		{"accept the second", "jaas agreed<enter>", ".a..."},
		{"will fix the last", "Gxwill do<enter>", "....x"},
		{"arrows", "<down><down>fnot so<enter>", "..f.."},
		{"no reason, no decision", "f<enter>", "....."},
		{"cancelled", "fnot so<esc>", "....."},
		{"in the finding", "<enter>fnot so<enter>", "f...."},
		{"next in the finding", "<right>jfnot so<enter>", ".f..."},
		{"selected", " jj fnot so<enter>", "f..f."},
		{"all", "*fnot so<enter>", "fffff"},
		{"all and none", "**fnot so<enter>", "f...."},
		{"group: same rule, same file", "gfnot so<enter>", "f...."},
		{"withdrawn", "fnot so<enter>w", "....."},
		{"undone, twice", "fnot so<enter>jfnot so<enter>uu", "....."},
		{"undone, once", "fnot so<enter>jfnot so<enter>u", "f...."},
		{"the reason is offered again", "fnot so<enter>jf<enter>", "ff..."},
		{"filter", "/a003<enter>*fnot so<enter>", "...f."},
		{"over the class of files", "fnot so<tab><right><enter>", "fffff"},
		{"a day that is past", "fnot so<tab><tab><ctrl-u>2026-05-31<enter>", "....."},
		{"a day to come", "fnot so<tab><tab><ctrl-u>2026-06-30<enter>", "f...."},
		{"backspace", "fno<backspace><backspace><enter>", "....."},
		{"nothing to withdraw", "w", "....."},
		{"help does nothing", "?ffnot so<enter>", "f...."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(finds(5)...)
			typing(newModel(d), tt.keys)
			if got := states(d); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestDecisionIsWhole(t *testing.T) {
	d := newDesk(finds(3)...)
	typing(newModel(d), "**anot so<tab><right><tab><tab><ctrl-u>Bob<enter>")
	want := finding.Decision{Fingerprint: d.findings[0].Fingerprint, Rule: "go.sql", Family: "go.sql", Revision: 1, Place: "pkg/a000_test.go:4", Scope: "pattern", Class: "test",
		UpTo: "high", Covered: "00000000 00000001 00000002", Verdict: "accepted", Because: "not so", By: "Ada", Owner: "Bob", On: "2026-06-01", Until: "2026-08-30"}
	if diff := cmp.Diff(string(finding.Decisions{want}.Encode()), string(d.decisions.Encode())); diff != "" {
		t.Error(diff)
	}
}

func TestSayTheSameAgain(t *testing.T) {
	d := newDesk(finds(2)...)
	old := finding.Decision{Verdict: finding.FalsePositive, Because: "made up", By: "Bob", On: "2025-01-01", Until: "2025-06-01"}.Bind(&d.findings[0], d.Look(nil))
	d.set(finding.Decisions{old})
	m := newModel(d)
	if got := strings.Join(m.View(), "\n"); !strings.Contains(got, "1 of them decided before") {
		t.Errorf("the head doesn't tell:\n%s", got)
	}
	typing(m, "A")
	if got := states(d); got != "f." {
		t.Errorf("got %s: %s", got, m.status)
	}
	if d.decisions[0].By != "Ada" || d.decisions[0].Until != "2027-06-01" || d.decisions[0].Because != "made up" {
		t.Errorf("%+v", d.decisions[0])
	}
}

// After a decision the cursor stays where it is, and so does the list.
func TestTheListStaysInPlace(t *testing.T) {
	d := newDesk(finds(100)...)
	m := newModel(d)
	typing(m, strings.Repeat("j", 50)+"fnot so<enter>")
	if m.cursor != 50 || len(m.rows) != 100 {
		t.Errorf("cursor %d of %d", m.cursor, len(m.rows))
	}
	typing(m, "r")
	if m.cursor != 50 || len(m.rows) != 99 {
		t.Errorf("cut anew: cursor %d of %d", m.cursor, len(m.rows))
	}
}

// Whatever the size and the text, the screen is as high and no wider than the terminal.
func TestViewFits(t *testing.T) {
	all := finds(30)
	all[0].Message = "evil \x1b[2J\x1b]0;title\a \u202e reversed ::error:: 漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字漢字"
	all[0].Path = strings.Repeat("very/long/", 30) + "\x1b[31m.go"
	for _, size := range [][2]int{{80, 24}, {20, 6}, {200, 50}, {1, 1}, {41, 11}} {
		for _, keys := range []string{"", "<enter>", "f", "/abc", "?", "*f", "f<tab><right>", "fxx<enter>", "<enter><pgdn>", "/nothing at all<enter>"} {
			m := newModel(newDesk(all...))
			m.Color = true
			m.Resize(size[0], size[1])
			typing(m, keys)
			lines := m.View()
			if len(lines) != m.height {
				t.Errorf("%v %q: %d lines", size, keys, len(lines))
			}
			for _, line := range lines {
				bare := sgr.ReplaceAllString(line, "")
				if strings.ContainsAny(bare, "\x1b\a\n\u202e") || clean.Width(bare) > m.width {
					t.Errorf("%v %q: %q", size, keys, line)
				}
			}
		}
	}
}

func TestNoColor(t *testing.T) {
	m := newModel(newDesk(finds(3)...))
	for _, line := range m.View() {
		if bare := strings.NewReplacer("\x1b[7m", "", "\x1b[0m", "").Replace(line); strings.Contains(bare, "\x1b") {
			t.Errorf("%q", line)
		}
	}
}

func TestDecode(t *testing.T) {
	keys, rest := decode([]byte("a\x1b[A\x1bOB \r\t\x7f\x03é\x1b[200~\x1b[6~\x1bx\xff\x1b["))
	want := []string{"a", "up", "down", "space", "enter", "tab", "backspace", "ctrl-c", "é", "pgdn", "esc", "x"}
	if diff := cmp.Diff(want, keys); diff != "" || string(rest) != "\x1b[" {
		t.Errorf("%s rest %q", diff, rest)
	}
}

func FuzzKeys(f *testing.F) {
	f.Add("j*fabc\r\x1b[A/x\r?\x1b")
	f.Fuzz(func(t *testing.T, typed string) {
		m := newModel(newDesk(finds(7)...))
		keys, _ := decode([]byte(typed))
		for _, key := range keys[:min(len(keys), 200)] {
			m.Update(key)
			if lines := m.View(); len(lines) != m.height {
				t.Fatalf("%d lines", len(lines))
			}
		}
	})
}

// A hundred thousand findings: the list, and each move in it, within a tenth of a second.
func TestManyFindings(t *testing.T) {
	d := newDesk(finds(100_000)...)
	m := newModel(d)
	start := time.Now()
	m.refilter()
	m.View()
	listed := time.Since(start)
	start = time.Now()
	typing(m, "*")
	m.View()
	selected := time.Since(start)
	t.Logf("100,000 findings: listed in %v, all selected in %v", listed, selected)
	if listed > time.Second || selected > time.Second {
		t.Errorf("listed in %v, selected in %v", listed, selected)
	}
}
