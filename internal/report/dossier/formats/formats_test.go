package formats_test

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/dossiertest"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/formats"
)

// TestSameInputsSameBytes holds every format to what makes a report worth
// keeping: it can be made again.
func TestSameInputsSameBytes(t *testing.T) {
	for _, f := range formats.All() {
		want := sum(t, f, dossiertest.Shop())
		for seed := range uint64(10) {
			if sum(t, f, dossiertest.Shuffled(dossiertest.Shop(), seed)) != want {
				t.Errorf("%s: seed %d gives other bytes", f.Name, seed)
			}
		}
		changed := dossiertest.Shop()
		changed.Requirements[0].Reason = "another reason"
		if sum(t, f, changed) == want {
			t.Errorf("%s: another dossier gives the same bytes", f.Name)
		}
	}
}

func sum(t *testing.T, f formats.Format, d *dossier.Dossier) [32]byte {
	t.Helper()
	var out bytes.Buffer
	if err := f.Write(&out, d); err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	return sha256.Sum256(out.Bytes())
}

// TestNothingReachesATerminal: whatever strangers wrote, a report holds neither
// escape sequences nor characters that turn a line around.
func TestNothingReachesATerminal(t *testing.T) {
	for _, f := range formats.All() {
		if f.Binary {
			continue
		}
		var out bytes.Buffer
		if err := f.Write(&out, dossiertest.Shop()); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"\x1b", "\x07", "\u202e", "\u009b"} {
			if strings.Contains(out.String(), bad) {
				t.Errorf("%s holds %q", f.Name, bad)
			}
		}
	}
}

// TestEmpty: a dossier without anything is a report too.
func TestEmpty(t *testing.T) {
	for _, f := range formats.All() {
		var out bytes.Buffer
		if err := f.Write(&out, &dossier.Dossier{}); err != nil || out.Len() == 0 {
			t.Errorf("%s: %d bytes, %v", f.Name, out.Len(), err)
		}
	}
}

func TestFind(t *testing.T) {
	for _, name := range formats.Names() {
		if f, err := formats.Find(name); err != nil || f.Name != name {
			t.Errorf("Find(%q) = %q, %v", name, f.Name, err)
		}
	}
	if _, err := formats.Find("pdf"); err == nil {
		t.Error("Find knows pdf")
	}
}

func BenchmarkWrite(b *testing.B) {
	d := dossiertest.Large(10_000)
	for _, f := range formats.All() {
		b.Run(f.Name, func(b *testing.B) {
			for b.Loop() {
				var out bytes.Buffer
				if err := f.Write(&out, d); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(out.Len())/(1<<20), "MB")
			}
		})
	}
}
