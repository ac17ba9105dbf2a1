package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// alarms are how long before an end a calendar rings.
var alarms = [...]string{"-P30D", "-P14D", "-P3D"}

// Calendar writes an iCalendar stream (RFC 5545) of everything that ends: an
// all-day event on the last day of each, with three alarms before. An entry
// keeps its UID when what it is about is renewed, so that a calendar that
// subscribes moves it.
func Calendar(w io.Writer) event.Handler {
	return collect(w, Options{}.withDefaults(), func(r *run, _ Options) ([]byte, error) {
		var c calendar
		c.line("BEGIN:VCALENDAR")
		c.line("VERSION:2.0")
		c.line("PRODID:-//Plimsoll//plimsoll status//EN")
		c.line("CALSCALE:GREGORIAN")
		c.text("X-WR-CALNAME", "Plimsoll: "+r.config.Product)
		for _, d := range r.verdict.Due {
			if !d.At.IsZero() {
				c.event(r.config, d)
			}
		}
		c.line("END:VCALENDAR")
		return []byte(c.String()), nil
	})
}

type calendar struct{ strings.Builder }

// event writes one VEVENT (RFC 5545, section 3.6.1). DTEND is the day after,
// since it is not part of the event.
func (c *calendar) event(of *event.Config, d event.Due) {
	const stamp, day = "20060102T150405Z", "20060102"
	last := d.At.UTC()
	c.line("BEGIN:VEVENT")
	c.line("UID:" + uid(of.Product, d.ID))
	c.line("DTSTAMP:" + of.AsOf.UTC().Format(stamp))
	c.line("DTSTART;VALUE=DATE:" + last.Format(day))
	c.line("DTEND;VALUE=DATE:" + last.AddDate(0, 0, 1).Format(day))
	summary := clean.Line(of.Product + ": " + d.What + " ends")
	c.text("SUMMARY", summary)
	c.text("DESCRIPTION", describe(d))
	c.text("CATEGORIES", d.Kind)
	c.line("TRANSP:TRANSPARENT")
	for _, before := range alarms {
		c.line("BEGIN:VALARM")
		c.line("ACTION:DISPLAY")
		c.text("DESCRIPTION", summary)
		c.line("TRIGGER:" + before)
		c.line("END:VALARM")
	}
	c.line("END:VEVENT")
}

// describe says who has to do what, line by line.
func describe(d event.Due) string {
	lines := []string{"To do: " + d.Do}
	if who := whoActs(d); who != "" {
		lines = append(lines, "By: "+who)
	}
	if len(d.Requirements) > 0 {
		lines = append(lines, "Requirements: "+some(d.Requirements, 12, "requirement"))
	}
	if d.Path != "" {
		lines = append(lines, "See: "+d.Path)
	}
	for i := range lines {
		lines[i] = clean.Line(lines[i])
	}
	return strings.Join(lines, "\n")
}

// uid is stable and tells nothing of the product to whoever sees it alone.
func uid(product, id string) string {
	sum := sha256.Sum256([]byte(product + "\x00" + id))
	return hex.EncodeToString(sum[:16]) + "@plimsoll.dev"
}

// text writes a property of type TEXT (RFC 5545, section 3.3.11).
func (c *calendar) text(name, value string) {
	c.line(name + ":" + strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`).Replace(value))
}

// line writes a content line, folded at 75 octets between characters (RFC 5545,
// section 3.1). Control characters have no place in one.
func (c *calendar) line(s string) {
	const most = 75
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	for limit := most; len(s) > limit; limit = most - 1 { // the space that opens a folded line counts
		cut := limit
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		c.WriteString(s[:cut] + "\r\n ")
		s = s[cut:]
	}
	c.WriteString(s + "\r\n")
}

// whoActs names who has to act: people, with the role that they have it by.
func whoActs(d event.Due) string {
	people := strings.Join(d.People, ", ")
	switch {
	case people == "":
		return d.Role
	case d.Role == "":
		return people
	}
	return fmt.Sprintf("%s (%s)", people, d.Role)
}

// daysLeft counts calendar days in UTC from one moment to another.
func daysLeft(from, to time.Time) int {
	day := func(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
	return int(day(to).Sub(day(from)) / (24 * time.Hour))
}
