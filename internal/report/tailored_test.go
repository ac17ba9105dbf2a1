package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// TestTailoringShowsInEveryReport wants what the product changed to be on every
// screen and in every file, met or not.
func TestTailoringShowsInEveryReport(t *testing.T) {
	v := &event.Verdict{Gate: event.Met, Statuses: map[event.Status]int{}, Requirements: []event.Requirement{
		{ID: "PL-CODE-1", Title: "a", Wing: "code", Status: event.Pass, Reason: "3 files; changed by the product (days 90 → 30): more often", Tailored: "changed by the product (days 90 → 30): more often"},
		{ID: "PL-CODE-2", Title: "b", Wing: "code", Status: event.NotApplicable, Reason: "left out by the product: no such code", Tailored: "left out by the product: no such code"},
	}}
	check := func(t *testing.T, out string) {
		t.Helper()
		flat := strings.Join(strings.Fields(out), " ")
		for _, want := range []string{"PL-CODE-1", "more often", "PL-CODE-2", "no such code"} {
			if !strings.Contains(flat, want) {
				t.Errorf("nothing says %q:\n%s", want, out)
			}
		}
	}
	for _, format := range Formats {
		t.Run(format, func(t *testing.T) {
			var out bytes.Buffer
			h, err := New(format, &out, Options{Width: 100})
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range []event.Event{&event.Config{Protocol: event.Protocol}, v} {
				if err := h.Handle(e); err != nil {
					t.Fatal(err)
				}
			}
			if err := h.Flush(); err != nil {
				t.Fatal(err)
			}
			check(t, out.String())
		})
	}
	t.Run("status", func(t *testing.T) {
		var out bytes.Buffer
		if err := Status(&out, v, Options{Width: 100}); err != nil {
			t.Fatal(err)
		}
		check(t, out.String())
	})
}
