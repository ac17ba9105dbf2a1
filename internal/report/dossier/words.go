package dossier

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// Day is the date of t, "" for none.
func Day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// Moment is t to the second, as RFC 3339 writes it, "" for none.
func Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Text is s on one line and fit to be shown: what does not print shows as its
// code point.
func Text(s string) string { return strings.TrimSpace(clean.Line(s)) }

// WebAddress is address where it is one of the web, "" for anything else: a
// report links to nothing that a browser or a tool would run or send.
func WebAddress(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// Place is where f is, "" where it is nowhere in particular.
func Place(f *event.Finding) string {
	place := f.Path
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", place, f.Line)
	}
	if f.Commit != "" {
		place = strings.TrimSpace(fmt.Sprintf("%s at %s", place, f.Commit[:min(10, len(f.Commit))]))
	}
	return place
}

// Decision says what was decided on f, "" where nothing was.
func Decision(f *event.Finding) string {
	d := f.Decision
	if d == nil {
		return ""
	}
	text := fmt.Sprintf("%s by %s: %s", d.Verdict, d.By, d.Because)
	if d.Until != "" {
		text = fmt.Sprintf("%s until %s by %s: %s", d.Verdict, d.Until, d.By, d.Because)
	}
	return text
}

// Seen says what a record speaks of: what was looked at, what a person states,
// what the tests came to.
func (e *Evidence) Seen() string {
	parts := make([]string, 0, len(e.Observations)+1)
	if e.Statement != "" {
		parts = append(parts, e.Statement)
	}
	for _, o := range e.Observations {
		parts = append(parts, fmt.Sprintf("%s: %d", o.What, o.Count))
	}
	return strings.Join(parts, "; ")
}

// Standing says whether the record counts, and why where it does not.
func (e *Evidence) Standing() string {
	switch {
	case e.Refused != "":
		return "does not count: " + e.Refused
	case e.Stale != "":
		return "stale: " + e.Stale
	}
	return "stands"
}

// Plan says in a line how r is verified, by whom, and how often.
func (r *Requirement) Plan() string {
	var parts []string
	add := func(format, value string) {
		if value != "" {
			parts = append(parts, fmt.Sprintf(format, value))
		}
	}
	add("automation %s", r.Automation)
	add("by %s", strings.Join(r.Methods, ", "))
	add("checks %s", strings.Join(r.Checks, ", "))
	add("owner %s", r.Owner)
	if r.Strength > 0 {
		parts = append(parts, fmt.Sprintf("strength %d of 4", r.Strength))
	}
	if r.Days > 0 {
		parts = append(parts, fmt.Sprintf("every %d days", r.Days))
	}
	return strings.Join(parts, " · ")
}

// References are the weaknesses and the other standards that r speaks of.
func (r *Requirement) References() []string {
	var list []string
	for _, n := range r.CWE {
		list = append(list, fmt.Sprintf("CWE-%d", n))
	}
	return append(list, r.Maps...)
}
