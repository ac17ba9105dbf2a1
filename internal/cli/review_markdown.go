package cli

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/code/review"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// reviewMarker opens the comment, so that whoever posts the next one finds this
// one and writes over it.
const reviewMarker = "<!-- plimsoll-review -->"

// largestComment keeps a comment below the 65,536 characters that hosts take.
const largestComment = 60_000

func (app *App) reviewMarkdown(r *assess.Reviewing, all bool) error {
	questions := r.Result.Asked
	if all {
		questions = r.Result.Everything
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n### Review: %s\n\n", reviewMarker, clean.Markdown(headline(r)))
	for _, q := range questions {
		part := questionMarkdown(q)
		if b.Len()+len(part) > largestComment {
			b.WriteString("\nMore than a comment holds; `plimsoll review` shows the rest.\n")
			break
		}
		b.WriteString(part)
	}
	for _, line := range footer(r, all) {
		if line != "" {
			fmt.Fprintf(&b, "\n%s\n", clean.Markdown(line))
		}
	}
	_, err := fmt.Fprint(app.Stdout, b.String())
	return err
}

func questionMarkdown(q review.Question) string {
	var b strings.Builder
	box := " "
	if q.Answer != nil {
		box = "x"
	}
	fmt.Fprintf(&b, "- [%s] **%s**", box, clean.Markdown(q.Item.Question))
	if q.Answer != nil {
		fmt.Fprintf(&b, " — closed %s", clean.Markdown(closedBy(q.Answer)))
	}
	b.WriteString("\n")
	for i, p := range q.Places {
		if i == shownPlaces {
			break
		}
		fmt.Fprintf(&b, "  - %s\n", clean.Code(placeText(p)))
	}
	if more := len(q.Places) + q.More - shownPlaces; more > 0 {
		fmt.Fprintf(&b, "  - and %s more\n", plural(more, "place"))
	}
	fmt.Fprintf(&b, "\n  <details><summary>Why, and what good looks like</summary>\n\n  %s\n\n  Good: %s\n\n  %s, %s; for %s\n\n  </details>\n\n",
		clean.Markdown(q.Item.Why), clean.Markdown(q.Item.Good), clean.Code(q.Item.ID), clean.Markdown(q.Item.Severity), clean.Markdown(references(q)))
	return b.String()
}

// questionLine is a question in jsonl.
type questionLine struct {
	Type     string         `json:"type"` // "question"
	Item     string         `json:"item"`
	Asked    bool           `json:"asked"` // among the five
	Question string         `json:"question"`
	Severity string         `json:"severity"`
	Score    float64        `json:"score"`
	Why      string         `json:"why"`
	Good     string         `json:"good"`
	Maps     []string       `json:"maps"`
	CWE      []int          `json:"cwe,omitempty"`
	Digest   string         `json:"digest"`
	Places   []review.Place `json:"places"`
	More     int            `json:"more,omitempty"`
	Close    []string       `json:"close"`
	Answer   *answerLine    `json:"answer,omitempty"`
}

type answerLine struct {
	By   string    `json:"by"`
	How  string    `json:"how"`
	What string    `json:"what"`
	At   time.Time `json:"at"`
	Path string    `json:"path"`
}

type reviewLine struct {
	Type       string   `json:"type"` // "review"
	Base       string   `json:"base"`
	Head       string   `json:"head"`
	Work       bool     `json:"work"`
	Files      int      `json:"files"`
	Asked      int      `json:"asked"`
	Open       int      `json:"open"`
	Waiting    int      `json:"waiting"`
	Retired    int      `json:"retired"`
	Incomplete string   `json:"incomplete,omitempty"`
	Unread     []string `json:"unread,omitempty"`
	Unbelieved []string `json:"unbelieved,omitempty"`
}

func (app *App) reviewLines(r *assess.Reviewing, all bool) error {
	res := r.Result
	if err := app.jsonLine(reviewLine{Type: "review", Base: r.Change.Base, Head: r.Change.Head, Work: r.Change.Work, Files: res.Files, Asked: len(res.Asked),
		Open: res.Open(), Waiting: len(res.Waiting), Retired: len(res.Retired), Incomplete: r.Change.Incomplete, Unread: res.Unread, Unbelieved: r.Unbelieved}); err != nil {
		return err
	}
	for i, q := range res.Everything {
		asked := i < len(res.Asked)
		if !asked && !all {
			break
		}
		line := questionLine{Type: "question", Item: q.Item.ID, Asked: asked, Question: q.Item.Question, Severity: q.Item.Severity, Score: q.Score,
			Why: q.Item.Why, Good: q.Item.Good, Maps: q.Item.Maps, CWE: q.Item.CWE, Digest: q.Digest, Places: q.Places, More: q.More, Close: q.Item.Close}
		if a := q.Answer; a != nil {
			line.Answer = &answerLine{By: a.Word.By, How: a.Word.How, What: firstOf(a.Word.Test, a.Word.Check, a.Word.Because), At: a.Word.Recorded, Path: a.Path}
		}
		if err := app.jsonLine(line); err != nil {
			return err
		}
	}
	return nil
}

func (app *App) jsonLine(v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(app.Stdout, "%s\n", clean.JSON(data))
	return err
}
