package secretscan

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// token is a GitHub token with the right checksum, put together here so that no
// scanner takes this file for a leak.
const token = "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"

func newTestScanner(t testing.TB) *scanner {
	t.Helper()
	s, err := newScanner(knowledge.Secrets())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *scanner) mustRead(t testing.TB, r io.Reader, size int64) *examined {
	t.Helper()
	result, err := s.read(r, size)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// TestReadAcrossWindows puts one token at places around the seams of windows
// and wants it found once, in its line and column.
func TestReadAcrossWindows(t *testing.T) {
	s := newTestScanner(t)
	window, step := repo.WindowSize, repo.WindowSize-repo.Overlap
	for _, at := range []int{0, 1, seam, step - 20, step, step + seam - 20, step + seam, window - 20, window, window + 1, 2*step + seam - 1} {
		for _, newline := range []bool{false, true} {
			text := bytes.Repeat([]byte{' '}, 2*window+100)
			wantLine, wantColumn := 1, at+1
			if newline && at > 500 {
				text[at-500] = '\n'
				wantLine, wantColumn = 2, 500
			}
			copy(text[at:], token)
			got := s.mustRead(t, bytes.NewReader(text), int64(len(text)))
			if len(got.sightings) != 1 || got.sightings[0].Line != wantLine || got.sightings[0].Column != wantColumn {
				t.Errorf("token at %d: want it once at %d:%d, got %+v", at, wantLine, wantColumn, got.sightings)
			}
			if got.bytes != int64(len(text)) {
				t.Errorf("token at %d: read %d bytes of %d", at, got.bytes, len(text))
			}
		}
	}
}

// endless is a text of size bytes without a line feed, made as it is read.
type endless struct {
	pattern string
	size    int64
}

func (e *endless) Read(p []byte) (int, error) {
	if e.size == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < len(p) && e.size > 0 {
		m := copy(p[n:], e.pattern[:min(int64(len(e.pattern)), e.size)])
		n, e.size = n+m, e.size-int64(m)
	}
	return n, nil
}

// TestReadEndlessLine reads 64 MB without a line feed in the memory of a few windows.
func TestReadEndlessLine(t *testing.T) {
	s := newTestScanner(t)
	const size = 64 << 20
	got := s.mustRead(t, io.MultiReader(&endless{"var a=function(b){return c.d(e,f)};", size}, strings.NewReader(" "+token)), size)
	if len(got.sightings) != 1 || got.sightings[0].Column != size+2 || got.sightings[0].Line != 1 || !got.sightings[0].LongLine {
		t.Errorf("got %+v", got.sightings)
	}
	allocated := testing.AllocsPerRun(1, func() { s.mustRead(t, &endless{"x=y;", size}, size) })
	if allocated > 200 {
		t.Errorf("reading took %.0f allocations", allocated)
	}
}

// TestReadHostile reads texts made of nothing but hits; the time limit of the
// test is the assertion.
func TestReadHostile(t *testing.T) {
	s := newTestScanner(t)
	for _, pattern := range []string{"password", "eyJhbGciOiJIUzI1NiJ9.eyJ", "-----BEGIN RSA PRIVATE KEY-----", "a://b:c", `token="`, "authorization: bearer ", `"kty"`, "hvs."} {
		began := time.Now()
		s.mustRead(t, &endless{pattern, 1 << 20}, 1<<20)
		t.Logf("%q: %v", pattern, time.Since(began))
	}
}

func TestReadUTF16(t *testing.T) {
	s := newTestScanner(t)
	text := "first line\r\nkey: " + token + "\r\n"
	for _, order := range []struct {
		name      string
		high, low int
	}{{"big endian", 0, 1}, {"little endian", 1, 0}} {
		var b []byte
		for _, unit := range utf16.Encode([]rune("\uFEFF" + text)) {
			pair := [2]byte{}
			pair[order.high], pair[order.low] = byte(unit>>8), byte(unit)
			b = append(b, pair[:]...)
		}
		got := s.mustRead(t, bytes.NewReader(b), int64(len(b)))
		if len(got.sightings) != 1 || got.sightings[0].Line != 2 || got.sightings[0].Column != 6 {
			t.Errorf("%s: got %+v", order.name, got.sightings)
		}
	}
}

func TestReadBinary(t *testing.T) {
	s := newTestScanner(t)
	text := "\x7fELF\x00\x00" + token + "\x00password = \"" + password + "\"\x00"
	got := s.mustRead(t, strings.NewReader(text), int64(len(text)))
	if len(got.sightings) != 1 || got.sightings[0].Rule != "secret.github-pat" || got.sightings[0].Source != "" {
		t.Errorf("want the token alone, without source, got %+v", got.sightings)
	}
}

func TestReadTooMany(t *testing.T) {
	s := newTestScanner(t)
	text := strings.Repeat(token+"\n", maxSightings+1)
	got := s.mustRead(t, strings.NewReader(text), int64(len(text)))
	if len(got.sightings) != maxSightings || !got.more {
		t.Errorf("got %d sightings, more %v", len(got.sightings), got.more)
	}
}

// BenchmarkReadEndlessLine reads 500 MB without a line feed.
func BenchmarkReadEndlessLine(b *testing.B) {
	s := newTestScanner(b)
	b.SetBytes(500 << 20)
	for b.Loop() {
		s.mustRead(b, &endless{"var a=function(b){return c.d(e,f)};", 500 << 20}, 500<<20)
	}
}

func TestFingerprintOfOneKeyWrittenTwice(t *testing.T) {
	s := newTestScanner(t)
	_, secrets := newTestEngine(t)
	for _, kind := range secrets {
		if kind.ID != "secret.rsa-private-key" {
			continue
		}
		plain := kind.Examples.Match[0].Text
		escaped := `key = "` + strings.ReplaceAll(plain, "\n", `\n`) + `"`
		a := s.mustRead(t, strings.NewReader(plain), -1)
		b := s.mustRead(t, strings.NewReader(escaped), -1)
		if len(a.sightings) != 1 || len(b.sightings) != 1 || a.sightings[0].Fingerprint != b.sightings[0].Fingerprint {
			t.Errorf("one key must have one fingerprint: %+v, %+v", a.sightings, b.sightings)
		}
	}
}
