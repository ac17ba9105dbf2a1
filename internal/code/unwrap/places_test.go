package unwrap

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestPlacesCarried puts texts together from stretches of others, and holds what
// was carried and searched anew against a search of the whole.
func TestPlacesCarried(t *testing.T) {
	words := []string{"aHVudGVyMjIyaHVudGVyMjIyaHVudGVyMjIy", "aHVudGVyMjIy", "0x", "68756e746572323232206973206e6f742069742e", "\\", "n", " ", "\n", "=", "a", "-",
		`\x41`, `\u0041`, "%41", "%4", "kind: Secret\n", "kind: ", "thisIsTheNameOfAnIdentifier", ". ", strings.Repeat("- ", 60)}
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		var old strings.Builder
		for range r.IntN(60) {
			old.WriteString(words[r.IntN(len(words))])
		}
		checkCarried(t, r, old.String(), words)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// checkCarried makes a text of stretches of old and new words.
func checkCarried(t *testing.T, r *rand.Rand, old string, words []string) {
	t.Helper()
	type run struct{ from, to, len int }
	var runs []run
	text := ""
	for n := r.IntN(5); n >= 0; n-- {
		from := r.IntN(len(old) + 1)
		if r.IntN(3) == 0 {
			from = 0
		}
		length := r.IntN(len(old) - from + 1)
		if r.IntN(3) == 0 {
			length = len(old) - from
		}
		runs = append(runs, run{from, len(text), length})
		text += old[from : from+length]
		if r.IntN(2) == 0 {
			text += words[r.IntN(len(words))]
		}
	}
	base, got := placesIn([]byte(old), 0, len(old)), &Places{}
	at, done := 0, 0
	for _, c := range runs {
		start, end := c.to+1, c.to+c.len-Beyond+1
		if c.to+c.from == 0 {
			start = 0
		}
		if c.to+c.len == len(text) && c.from+c.len == len(old) {
			end = len(text)
		}
		if end-start < 1 {
			continue
		}
		done = got.SearchNew([]byte(text), at, start, done)
		got.Carry(base, start, end, c.to-c.from, start == 0, end == len(text))
		at = end
	}
	got.SearchNew([]byte(text), at, len(text), done)
	got.Sort()
	want := placesIn([]byte(text), 0, len(text))
	if d := cmp.Diff(want.Runs, got.Runs); d != "" && len(want.Runs)+len(got.Runs) > 0 {
		t.Errorf("runs (-want +got): %s", d)
	}
	if d := cmp.Diff(want.Secrets, got.Secrets); d != "" && len(want.Secrets)+len(got.Secrets) > 0 {
		t.Errorf("manifests (-want +got): %s", d)
	}
	said := func(p *Places) (all []Run) {
		NewWalk(MaxTotal).Escaped([]byte(text), p.Escapes, func(r Run) { all = append(all, r) })
		return all
	}
	if d := cmp.Diff(said(want), said(got)); d != "" {
		t.Errorf("escapes (-want +got): %s", d)
	}
	if !slices.IsSortedFunc(got.Escapes, compareSpans) {
		t.Error("not in order")
	}
}
