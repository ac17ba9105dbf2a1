package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

func calendarOf(t testing.TB, dues ...event.Due) string {
	t.Helper()
	var out bytes.Buffer
	h := Calendar(&out)
	for _, e := range []event.Event{
		&event.Config{Product: "shop", AsOf: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)},
		&event.Verdict{Due: dues},
	} {
		if err := h.Handle(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestCalendar is the whole of a small calendar.
func TestCalendar(t *testing.T) {
	got := calendarOf(t,
		event.Due{ID: "attestation:PL-1", Kind: event.DueAttestation, What: "the word of Ada; and, as she says, of Bob\\Co on PL-1",
			At: time.Date(2026, 6, 30, 23, 59, 59, 0, time.UTC), Requirements: []string{"PL-1"}, Role: "developer", People: []string{"Ada", "Bob"}, Do: "plimsoll attest PL-1"},
		event.Due{ID: "attestation:PL-2", Kind: event.DueAttestation, What: "ended already"})
	want := `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Plimsoll//plimsoll status//EN
CALSCALE:GREGORIAN
X-WR-CALNAME:Plimsoll: shop
BEGIN:VEVENT
UID:` + uid("shop", "attestation:PL-1") + `
DTSTAMP:20260601T120000Z
DTSTART;VALUE=DATE:20260630
DTEND;VALUE=DATE:20260701
SUMMARY:shop: the word of Ada\; and\, as she says\, of Bob\\Co on PL-1 ends
DESCRIPTION:To do: plimsoll attest PL-1\nBy: Ada\, Bob (developer)\nRequire
 ments: PL-1
CATEGORIES:attestation
TRANSP:TRANSPARENT
` + strings.Repeat(`BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:shop: the word of Ada\; and\, as she says\, of Bob\\Co on PL-1 
 ends
TRIGGER:-P%dD
END:VALARM
`, 3) + `END:VEVENT
END:VCALENDAR
`
	want = fmt.Sprintf(want, 30, 14, 3)
	if diff := cmp.Diff(strings.ReplaceAll(want, "\n", "\r\n"), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// FuzzCalendar: whatever a repository says, the lines are those of RFC 5545.
func FuzzCalendar(f *testing.F) {
	f.Add("the word of Ada on PL-1", "docs/log.md")
	f.Add("ends\r\nEND:VCALENDAR\r\n", strings.Repeat("ä", 80))
	f.Add(strings.Repeat("a", 74)+"€", "\x00\xff;,\\")
	f.Fuzz(func(t *testing.T, what, path string) {
		got := calendarOf(t, event.Due{ID: what, Kind: event.DueFile, What: what, Path: path, Do: what, At: time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC)})
		lines := strings.Split(strings.TrimSuffix(got, "\r\n"), "\r\n")
		ends := 0
		for _, line := range lines {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n\x00") || strings.ToValidUTF8(line, "") != line {
				t.Errorf("%d octets: %q", len(line), line)
			}
			if line == "END:VCALENDAR" {
				ends++
			}
		}
		if ends != 1 || lines[len(lines)-1] != "END:VCALENDAR" {
			t.Errorf("%d ends of the calendar", ends)
		}
		for line := range strings.SplitSeq(strings.ReplaceAll(got, "\r\n ", ""), "\r\n") {
			if name, _, ok := strings.Cut(line, ":"); line != "" && (!ok || strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-;=") != "") {
				t.Errorf("no property: %q", line)
			}
		}
	})
}
