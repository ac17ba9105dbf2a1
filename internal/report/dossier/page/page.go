// Package page writes a dossier for people: as one HTML file that needs no
// network and no script and prints well, and as Markdown.
//
// Nearly every word in a dossier was written by somebody in the product's
// repository, so nothing of it reaches the page but through html/template's
// escaping or package clean, and the page's own policy forbids it to load or run
// anything.
package page

import (
	"bufio"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
)

//go:embed page.html
var pageHTML string

//go:embed page.css
var pageCSS string

// parsed is the template of the page, read once and when first asked for.
var parsed = sync.OnceValues(func() (*template.Template, error) {
	return template.New("page").Funcs(template.FuncMap{
		"text": dossier.Text, "day": dossier.Day, "moment": dossier.Moment, "short": shortDigest, "join": joined,
		"placeOf": placeOf, "decisionOf": decisionOf, "plural": plural, "icon": icon, "minutes": minutes, "legend": legend,
	}).Parse(pageHTML)
})

// HTML writes d as one page.
func HTML(w io.Writer, d *dossier.Dossier) error {
	t, err := parsed()
	if err != nil {
		return fmt.Errorf("reading the page's template: %w", err)
	}
	out := bufio.NewWriterSize(w, 64<<10)
	if err := t.Execute(out, newView(d.Sorted())); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("writing the page: %w", err)
	}
	return nil
}

// shortDigest is the beginning of a digest, as people compare it.
func shortDigest(digest string) string {
	algorithm, value, ok := strings.Cut(dossier.Text(digest), ":")
	if !ok {
		algorithm, value = "", algorithm
	}
	if len(value) > 12 && isHex(value) {
		value = value[:12]
	}
	if algorithm == "" {
		return value
	}
	return algorithm + ":" + value
}

// isHex tells whether s may be cut anywhere.
func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

func joined(list []string) string { return dossier.Text(strings.Join(list, ", ")) }

// plural is n with its noun.
func plural(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "y"):
		noun = strings.TrimSuffix(noun, "y") + "ie"
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// minutes is an estimate of a person's time.
func minutes(n int) string {
	if n < 90 {
		return plural(n, "minute")
	}
	if hours := (n + 30) / 60; hours < 16 {
		return plural(hours, "hour")
	}
	return plural((n+240)/480, "working day")
}

func placeOf(f event.Finding) string { return dossier.Place(&f) }

func decisionOf(f event.Finding) string { return dossier.Decision(&f) }

// glyphs tell statuses apart for whoever does not see colours; each is a path in
// a box of 16 by 16.
var glyphs = map[event.Status]string{
	event.Pass:          "M3 8.5 6.5 12 13 4.5",
	event.Exempt:        "M3 8h10M8 3v10",
	event.Stale:         "M8 4v4.5l3 2M8 1.8a6.2 6.2 0 1 0 .01 0",
	event.Unknown:       "M5.4 5.8a2.6 2.6 0 1 1 3.7 2.4C8.3 8.6 8 9 8 10m0 2.6v.4",
	event.Fail:          "M4 4l8 8M12 4l-8 8",
	event.NotApplicable: "M3.5 8h9",
}

// icon draws a status. It stands beside the word, so it says nothing aloud.
func icon(s event.Status) template.HTML {
	path, ok := glyphs[s]
	if !ok {
		path = glyphs[event.Unknown]
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false"><path d="` + path + `"/></svg>`)
}
