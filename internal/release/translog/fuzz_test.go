package translog

import (
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/plimsoll-dev/plimsoll/verify"
)

func FuzzCheckpointText(f *testing.F) {
	f.Add("log.example.org\n1\n" + tlog.RecordHash(nil).String() + "\n")
	f.Add("log.example.org\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\next\n")
	f.Fuzz(func(t *testing.T, text string) {
		origin, tree, err := parseText(text)
		if err != nil {
			return
		}
		if origin == "" || tree.N < 0 || tree.N > maxEntries {
			t.Errorf("%q gives %q, %v", text, origin, tree)
		}
	})
}

func FuzzNoteLines(f *testing.F) {
	f.Add("a\n1\nb\n\n— n AAAAAAE=\n", "a\n1\nb\n\n— n AAAAAAI=\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		if !strings.Contains(a, "\n\n") {
			return // no note
		}
		text, before := cutNote(a)
		merged, lines := cutNote(string(merge(a, b)))
		if merged != text {
			t.Errorf("merging changed the text %q to %q", text, merged)
		}
		_, more := cutNote(b)
		if len(lines) > len(before)+len(more) {
			t.Errorf("%d and %d signatures became %d", len(before), len(more), len(lines))
		}
	})
}

func FuzzBundle(f *testing.F) {
	f.Add([]byte("\x00\x02{}"), 1)
	f.Add([]byte("\xff\xff{}"), 2)
	f.Fuzz(func(t *testing.T, raw []byte, width int) {
		entries, err := parseBundle(raw, max(0, min(width, tileWidth)))
		if err != nil {
			return
		}
		for _, e := range entries {
			if _, err := ParseEntry(e); err == nil && len(e) > maxEntry {
				t.Error("an entry that is too long was read")
			}
		}
	})
}

func FuzzWitnessKey(f *testing.F) {
	line, err := CosignatureKey("w.example.org", fuzzKey(f))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(line)
	f.Fuzz(func(t *testing.T, line string) {
		if v, err := NewVerifier(line); err == nil && (v.Name() == "" || v.Verify(nil, nil)) {
			t.Errorf("%q is a verifier that accepts nothing signed", line)
		}
	})
}

func fuzzKey(f *testing.F) verify.Key {
	k, err := verify.NewKey(verify.Ed25519, make([]byte, 32))
	if err != nil {
		f.Fatal(err)
	}
	return k
}
