package page

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

// Markdown writes d as the page does, more tersely: for a merge request, a wiki
// or a mail.
func Markdown(w io.Writer, d *dossier.Dossier) error {
	v := newView(d.Sorted())
	m := &paper{w: bufio.NewWriterSize(w, 64<<10)}
	m.summary(v)
	for _, b := range v.Books {
		m.book(b)
	}
	m.without(v)
	m.departures(v)
	m.findings(v)
	m.evidence(v)
	m.facts(v)
	m.problems(v)
	m.sources(v)
	if err := m.w.Flush(); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// paper is Markdown being written. A failed write shows when it is flushed.
type paper struct{ w *bufio.Writer }

func (m *paper) line(format string, args ...any) { fmt.Fprintf(m.w, format+"\n", args...) }

// row writes a row of a table; the cells are Markdown already.
func (m *paper) row(cells ...string) { m.line("| %s |", strings.Join(cells, " | ")) }

// head begins a section with a table.
func (m *paper) head(title string, columns ...string) {
	m.line("\n%s\n", title)
	m.row(columns...)
	m.line("|%s", strings.Repeat("---|", len(columns)))
}

// words is s as plain words of Markdown, and code as a code span.
func words(s string) string { return clean.Markdown(s) }

func code(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return clean.Code(s)
}

func (m *paper) summary(v *view) {
	m.line("# %s: %s", words(v.Product), v.Verdict.Word)
	commit := ""
	if v.Commit != "" {
		commit = ", commit " + code(v.Commit)
	}
	if v.Dirty {
		commit += " with changes that are not committed"
	}
	because := v.Verdict.Says
	if v.GateReason != "" {
		because += ": " + words(v.GateReason)
	}
	m.line("\nAs of %s%s. Judged by %s %s %s.\n\n%s.", dossier.Moment(v.AsOf), commit, words(v.Tool.Name), words(v.Tool.Version), code(v.Tool.Digest), because)
	m.head("## The waterline", "chapter", "pass", "exempt", "stale", "unknown", "fail", "not applicable")
	for _, b := range v.Books {
		for _, c := range b.Chapters {
			cells := []string{words(b.Title + ": " + c.Name())}
			for _, n := range c.Counts {
				cells = append(cells, fmt.Sprint(n))
			}
			m.row(append(cells, fmt.Sprint(len(c.Without)))...)
		}
	}
	if len(v.Next) > 0 {
		m.line("\n## The cheapest next steps\n")
	}
	for i, s := range v.Next {
		m.line("%d. %s (about %s; betters %s)", i+1, words(s.Do), minutes(s.Minutes), words(strings.Join(s.Requirements, ", ")))
	}
}

// book writes the requirements of one catalogue that apply.
func (m *paper) book(b book) {
	if b.Applying == 0 {
		return
	}
	m.line("\n## %s", words(strings.TrimSpace(b.Title+" "+b.Version)))
	for _, c := range b.Chapters {
		if len(c.Cards) == 0 {
			continue
		}
		m.head(fmt.Sprintf("### %s: %d of %d above the line", words(c.Name()), c.Above(), len(c.Applying)), "status", "requirement", "reason and evidence", "until")
		for _, card := range c.Cards {
			m.row("**"+words(string(card.Status))+"**", card.what(), card.why(), card.Until)
		}
	}
}

// what is the requirement in one cell.
func (c card) what() string {
	text := fmt.Sprintf("%s %s<br>%s", code(c.ID), words(c.Title), words(c.Statement))
	if c.Official != "" {
		text += "<br>*Official:* " + words(c.Official)
	}
	return text
}

// why is its reason, what it rests on and what would better it.
func (c card) why() string {
	text := words(c.Reason)
	for _, r := range c.Records {
		text += "<br>" + code(shortDigest(r.Digest))
		if r.record != nil {
			text += " " + words(r.By) + ", " + dossier.Day(r.Made)
		}
	}
	if c.Next != "" {
		text += "<br>*Next:* " + words(c.Next)
	}
	return text
}

func (m *paper) without(v *view) {
	if v.Without == 0 {
		return
	}
	m.head("## Requirements that do not apply", "requirement", "what", "why not")
	for _, b := range v.Books {
		for _, c := range b.Chapters {
			for _, r := range c.Without {
				m.row(code(r.ID), words(r.Title), words(r.Reason))
			}
		}
	}
}

// departures are exemptions, tailoring and counter-evidence.
func (m *paper) departures(v *view) {
	if len(v.Exemptions) > 0 {
		m.head("## Exemptions", "requirement", "reason", "asked by", "approved by", "from", "until", "holds")
	}
	for _, e := range v.Exemptions {
		because := words(e.Because)
		if e.Compensating != "" {
			because += "<br>*Instead:* " + words(e.Compensating)
		}
		m.row(code(e.Requirement), because, words(e.By), words(e.Approver), dossier.Day(e.From), dossier.Day(e.Until), yes(e.Holds))
	}
	if len(v.Tailoring) > 0 {
		m.head("## Tailoring", "requirement", "what", "reason")
	}
	for _, c := range v.Tailoring {
		what := words(c.What)
		if len(c.Fields) > 0 {
			what += ": " + words(strings.Join(c.Fields, ", "))
		}
		m.row(code(c.Requirement), what, words(c.Because))
	}
	if len(v.Counters) > 0 {
		m.head("## Counter-evidence", "requirement", "against", "recorded by")
	}
	for _, r := range v.Counters {
		m.row(code(r.Requirement), words(r.Counter), words(r.By))
	}
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func (m *paper) findings(v *view) {
	if len(v.Findings) == 0 {
		return
	}
	m.head(fmt.Sprintf("## Findings: %d, %d open", len(v.Findings), v.Open), "severity", "finding", "place", "state")
	for i := range v.Findings {
		f := &v.Findings[i]
		state := words(string(f.State))
		if f.State == event.Decided {
			state += ": " + words(dossier.Decision(f))
		}
		m.row(words(string(f.Severity)), words(f.Message)+" "+code(f.Rule), code(dossier.Place(f)), state)
	}
}

func (m *paper) evidence(v *view) {
	if len(v.Records) == 0 {
		return
	}
	m.head("## Evidence", "digest", "whose word", "what was seen", "made", "until", "standing")
	for _, r := range v.Records {
		by := words(string(r.Kind) + ": " + r.By)
		if r.Reviewer != "" {
			by += ", reviewed by " + words(r.Reviewer)
		}
		m.row(code(r.Digest), by, words(r.Seen()), dossier.Day(r.Made), dossier.Day(r.Until), words(r.Standing()))
	}
}

func (m *paper) facts(v *view) {
	if len(v.Facts) == 0 {
		return
	}
	m.head("## Facts", "fact", "value", "known from")
	for _, f := range v.Facts {
		from := words(f.Origin)
		if f.Path != "" {
			from += " " + code(fmt.Sprintf("%s:%d", f.Path, f.Line))
		}
		m.row(words(f.Name), words(f.Value), from+" "+words(f.Because))
	}
}

func (m *paper) problems(v *view) {
	if len(v.Problems) > 0 {
		m.line("\n## Problems\n")
	}
	for _, p := range v.Problems {
		m.line("- %s %s", words(p.Message), code(p.Path))
	}
}

func (m *paper) sources(v *view) {
	m.line("\n## Sources and licences\n")
	for _, b := range v.Books {
		m.line("- %s", words(strings.Join(compact(b.Title, b.Version, b.Publisher, b.Licence, b.Attribution), "; ")))
	}
}

// compact is the texts that are not empty.
func compact(texts ...string) []string {
	var out []string
	for _, t := range texts {
		if t != "" {
			out = append(out, t)
		}
	}
	return out
}
