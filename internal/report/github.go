package report

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// mostAnnotations is how many of each level GitHub shows for a step; what is
// over that it drops in silence, so we say it ourselves.
const mostAnnotations = 10

// github is a log with workflow commands, which become annotations of the
// change, and the verdict in words. See "Workflow commands for GitHub Actions".
func github(r *run, opt Options) ([]byte, error) {
	opt.Color, opt.Hyperlinks = false, false
	p := newPage(opt)
	left := map[string]int{"error": mostAnnotations, "warning": mostAnnotations, "notice": mostAnnotations}
	over := map[string]int{}
	emit := func(word string, properties []string, message string) {
		if left[word]--; left[word] < 0 {
			over[word]++
			return
		}
		p.WriteString("::" + word + " " + strings.Join(properties, ",") + "::" + message + "\n")
	}
	for _, problem := range r.problems {
		word, title := "notice", problem.Code
		if problem.Incomplete {
			word, title = "error", "incomplete: "+problem.Code
		}
		emit(word, properties(problem.Path, problem.Line, 0, 0, title), message(problem.Message, problem.Hint))
	}
	open, older := parted(r, r.in(event.Open))
	shown, waiting := asking(open)
	for _, f := range shown {
		p.annotate(f, emit)
	}
	if len(waiting) > 0 {
		p.line(wait(len(waiting))+" (", waitingFor(waiting), "): ", p.command(r, "check --show queue"))
	}
	for _, word := range []string{"error", "warning", "notice"} {
		if over[word] > 0 {
			p.line(fmt.Sprintf("%s beyond the %d that GitHub shows", count(over[word], "more "+word), mostAnnotations))
		}
	}
	p.gap()
	p.changed(r, older)
	p.waterline(r.verdict)
	p.reasons(held(r.verdict))
	p.before(r.verdict)
	p.tailored(r.verdict.Requirements)
	p.gap()
	p.gateLine(r)
	p.steps(r.verdict.Next)
	return []byte(p.String()), nil
}

// annotate emits one finding.
func (p *page) annotate(f *event.Finding, emit func(word string, properties []string, message string)) {
	word, _ := level(f.Severity)
	if word == "note" {
		word = "notice"
	}
	doc, _ := p.opt.Explain(f.Rule)
	start, end := columnsOf(f)
	text := f.Message
	if f.Path == "" && f.Commit != "" {
		text += " (commit " + short(f.Commit, 12) + ")"
	}
	emit(word, properties(f.Path, f.Line, start, end, f.Rule), message(text, firstOf(f.Fix, doc.Fix)))
}

// properties are those of a workflow command, without the unknown ones.
func properties(path string, line, column, end int, title string) []string {
	var out []string
	if path != "" {
		out = append(out, "file="+property(path))
	}
	for _, n := range []struct {
		name  string
		value int
	}{{"line", line}, {"col", column}, {"endColumn", end}} {
		if path != "" && n.value > 0 {
			out = append(out, n.name+"="+strconv.Itoa(n.value))
		}
	}
	return append(out, "title="+property(clip(title)))
}

// message is a text and what to do about it, escaped as a command's data.
func message(text, fix string) string {
	out := data(clip(text))
	if fix != "" {
		out += "%0A" + data("fix: "+clip(fix))
	}
	return out
}

// clip cleans a text and bounds it; an annotation is a few lines high.
func clip(s string) string { return clean.Truncate(clean.Line(s), 600, "...") }

func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

func property(s string) string {
	return strings.NewReplacer(":", "%3A", ",", "%2C").Replace(data(clean.Line(s)))
}
