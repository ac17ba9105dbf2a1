package cli

import (
	"fmt"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/code/review"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// shownPlaces is how many places of one question are shown.
const shownPlaces = 6

func (app *App) reviewText(r *assess.Reviewing, all bool) error {
	questions := r.Result.Asked
	if all {
		questions = r.Result.Everything
	}
	lines := []string{headline(r)}
	for i, q := range questions {
		lines = append(lines, "")
		lines = append(lines, app.questionText(i+1, q)...)
	}
	lines = append(lines, footer(r, all)...)
	app.printLines(lines)
	return nil
}

func headline(r *assess.Reviewing) string {
	where := fmt.Sprintf("%s in %s", plural(r.Result.Files, "changed file"), r.Change.Name)
	n := len(r.Result.Asked)
	if n == 0 {
		return "no question: nothing that matters here changed in " + where
	}
	text := fmt.Sprintf("%s on %s", plural(n, "question"), where)
	if closed := n - r.Result.Open(); closed > 0 {
		text += fmt.Sprintf(", %d closed", closed)
	}
	return text
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func (app *App) questionText(n int, q review.Question) []string {
	out := []string{fmt.Sprintf("%d  %s  %s", n, q.Item.ID, q.Item.Severity)}
	out = append(out, app.wrap("   ", q.Item.Question)...)
	for i, p := range q.Places {
		if i == shownPlaces {
			break
		}
		out = append(out, "     "+placeText(p))
	}
	if more := len(q.Places) + q.More - shownPlaces; more > 0 {
		out = append(out, fmt.Sprintf("     and %s more", plural(more, "place")))
	}
	out = append(out, app.wrap("   why:  ", q.Item.Why)...)
	out = append(out, app.wrap("   good: ", q.Item.Good)...)
	if refs := references(q); refs != "" {
		out = append(out, "   for:  "+refs)
	}
	return append(out, "   "+standingOf(q))
}

func references(q review.Question) string {
	refs := q.Item.Maps
	if q.Threat != "" {
		refs = append([]string{q.Threat}, refs...)
	}
	return strings.Join(refs, ", ")
}

func placeText(p review.Place) string {
	text := p.Path
	if p.Line > 0 {
		text += fmt.Sprintf(":%d", p.Line)
	}
	if p.Func != "" {
		text += " in " + p.Func
	}
	switch {
	case p.Source != "" && p.Side == "old":
		text += "   - " + p.Source
	case p.Source != "":
		text += "   + " + p.Source
	}
	if p.Note != "" {
		text += "  (" + p.Note + ")"
	}
	return text
}

func standingOf(q review.Question) string {
	if a := q.Answer; a != nil {
		return "closed " + closedBy(a)
	}
	var ways []string
	for _, how := range q.Item.Close {
		switch how {
		case "test":
			ways = append(ways, "--test PATH::NAME")
		case "check":
			ways = append(ways, "--check "+strings.Join(q.Item.Checks, "|"))
		case "person":
			ways = append(ways, `--because "…"`)
		}
	}
	return "open: plimsoll review answer " + q.Item.ID + " " + strings.Join(ways, " or ")
}

func closedBy(a *review.Answered) string {
	day := a.Word.Recorded.UTC().Format("2006-01-02")
	what := a.Word.Because
	switch a.Word.How {
	case "test":
		what = "test " + a.Word.Test
	case "check":
		what = "check " + a.Word.Check
	}
	return fmt.Sprintf("by %s on %s: %s", a.Word.By, day, what)
}

// footer says what is not shown, so that nothing is dropped in silence.
func footer(r *assess.Reviewing, all bool) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if n := len(r.Result.Waiting); n > 0 && !all {
		say("%s of less weight: --all shows them", plural(n, "more question"))
	}
	if n := len(r.Result.Retired); n > 0 {
		say("%s not asked, for they never changed a diff: plimsoll review items", plural(n, "retired question"))
	}
	if r.Change.Incomplete != "" {
		say("incomplete: %s", r.Change.Incomplete)
	}
	for i, path := range r.Result.Unread {
		if i == shownPlaces {
			say("incomplete: %d more files could not be read", len(r.Result.Unread)-i)
			break
		}
		say("incomplete: %s is too large to be read, or is not in this copy", path)
	}
	for _, message := range r.Unbelieved {
		say("refused: %s", message)
	}
	if len(out) > 0 {
		out = append([]string{""}, out...)
	}
	return out
}

// wrap breaks text to the width of the terminal, with an indent after the first.
func (app *App) wrap(lead, s string) []string {
	width := app.options().Width
	if width < 40 || width > 110 {
		width = 110
	}
	var out []string
	line := lead
	fresh := true
	for word := range strings.FieldsSeq(s) {
		if !fresh && clean.Width(line)+1+clean.Width(word) > width {
			out = append(out, line)
			line, fresh = strings.Repeat(" ", len(lead)), true
		}
		if !fresh {
			line += " "
		}
		line += word
		fresh = false
	}
	return append(out, line)
}
