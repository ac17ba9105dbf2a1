package dossier_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/dossiertest"
)

func TestSortedForgetsTheOrderItCame(t *testing.T) {
	want := dossiertest.Shop().Sorted()
	for seed := range uint64(20) {
		shuffled := dossiertest.Shuffled(dossiertest.Shop(), seed)
		if diff := cmp.Diff(want, shuffled.Sorted()); diff != "" {
			t.Fatalf("seed %d (-want +got):\n%s", seed, diff)
		}
		if got := shuffled.Digest(); got != want.Digest() {
			t.Fatalf("seed %d: digest %s, want %s", seed, got, want.Digest())
		}
	}
}

func TestSortedWritesToNothingOfItsCaller(t *testing.T) {
	d := dossiertest.Shuffled(dossiertest.Shop(), 1)
	before := dossiertest.Shuffled(dossiertest.Shop(), 1)
	d.Sorted()
	if diff := cmp.Diff(before, d); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

func TestChapters(t *testing.T) {
	type row struct {
		Name, Title          string
		Above, Applying, Not int
	}
	var got []row
	for _, c := range dossiertest.Shop().Sorted().Chapters() {
		got = append(got, row{c.Catalogue + " " + c.ID, c.Title, c.Above(), len(c.Applying), len(c.Without)})
	}
	want := []row{
		{"plimsoll build", "Secure build environment", 1, 2, 0},
		{"plimsoll code", "Secure implementation", 1, 2, 0},
		{"plimsoll testing", "Secure testing", 0, 0, 1},
		{"asvs V6", "Authentication", 1, 2, 0},
		{"asvs V17", "WebRTC", 0, 0, 1},
		{"acme =1+1", "", 0, 1, 0},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOrderOfIDs(t *testing.T) {
	var d dossier.Dossier
	for _, id := range []string{"PL-BUILD-10", "PL-BUILD-2", "PL-BUILD-02"} {
		d.Requirements = append(d.Requirements, dossier.Requirement{ID: id, Catalogue: "plimsoll", Chapter: "build"})
	}
	var got []string
	for _, r := range d.Sorted().Requirements {
		got = append(got, r.ID)
	}
	if want := []string{"PL-BUILD-2", "PL-BUILD-02", "PL-BUILD-10"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestUntil(t *testing.T) {
	made, end := dossiertest.Day("2026-10-01"), dossiertest.Day("2026-12-31")
	for _, tt := range []struct {
		name string
		days int
		e    dossier.Evidence
		want time.Time
	}{
		{"its own end", 0, dossier.Evidence{Kind: dossier.Check, Made: made, Until: end}, end},
		{"the plan's days", 30, dossier.Evidence{Kind: dossier.Check, Made: made, Until: end}, made.AddDate(0, 0, 30)},
		{"a person's word counts from when it was so", 30, dossier.Evidence{Kind: dossier.Attestation, Made: made, From: made.AddDate(0, 0, -10), Until: end}, made.AddDate(0, 0, 20)},
		{"no end", 0, dossier.Evidence{Kind: dossier.Tests, Made: made}, time.Time{}},
	} {
		tt.e.Digest = "d"
		d := dossier.Dossier{Evidence: []dossier.Evidence{tt.e}}
		r := dossier.Requirement{Days: tt.days, Evidence: []string{"d", "nobody has it"}}
		if got := d.Book().Until(&r); !got.Equal(tt.want) {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// TestUUID holds UUID against values that Python's uuid module computed.
func TestUUID(t *testing.T) {
	if got, want := dossier.UUID("a", "b"), "cc3222c5-67f1-5496-a76f-0a51c4c20c9b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if dossier.UUID("a", "b") == dossier.UUID("ab") {
		t.Error("the parts run into one another")
	}
}

func TestWebAddress(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"https://example.com/a?b=c", "https://example.com/a?b=c"}, {"http://example.com", ""}, {"javascript:alert(1)", ""},
		{"https:", ""}, {"docs/a.md", ""}, {"\x00", ""}, {"https://e.com/\"><x>", "https://e.com/%22%3E%3Cx%3E"},
	} {
		if got := dossier.WebAddress(tt.in); got != tt.want {
			t.Errorf("WebAddress(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestPlace(t *testing.T) {
	for _, tt := range []struct {
		f    event.Finding
		want string
	}{
		{event.Finding{}, ""},
		{event.Finding{Path: "a.go"}, "a.go"},
		{event.Finding{Path: "a.go", Line: 3, Commit: "0123456789abcdef"}, "a.go:3 at 0123456789"},
		{event.Finding{Commit: "01"}, "at 01"},
	} {
		if got := dossier.Place(&tt.f); got != tt.want {
			t.Errorf("Place(%+v) = %q, want %q", tt.f, got, tt.want)
		}
	}
}
