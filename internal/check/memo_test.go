package check

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMemoForgetsWhatIsNotAskedFor(t *testing.T) {
	dir := t.TempDir()
	m := OpenMemo(dir, "c", "id")
	m.Put("kept", []byte("1"))
	m.Put("dropped", nil)
	save(t, m)
	m = OpenMemo(dir, "c", "id")
	if v, ok := m.Get("kept"); !ok || string(v) != "1" {
		t.Fatalf("got %q, %v", v, ok)
	}
	save(t, m)
	if _, ok := OpenMemo(dir, "c", "id").Get("dropped"); ok {
		t.Error("an entry that nobody asked for was kept")
	}
	if _, ok := OpenMemo(dir, "c", "other").Get("kept"); ok {
		t.Error("another tool's memo was believed")
	}
}

// TestBrokenMemoIsEmpty cuts and flips the file at every place.
func TestBrokenMemoIsEmpty(t *testing.T) {
	dir := t.TempDir()
	m := OpenMemo(dir, "c", "id")
	m.Put("k", []byte("value"))
	save(t, m)
	path := filepath.Join(dir, "c")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		flipped := append([]byte(nil), whole...)
		flipped[i] ^= 0x10
		for _, broken := range [][]byte{whole[:i], flipped} {
			if err := os.WriteFile(path, broken, 0o600); err != nil {
				t.Fatal(err)
			}
			if v, ok := OpenMemo(dir, "c", "id").Get("k"); ok {
				t.Fatalf("at byte %d: %q was believed", i, v)
			}
		}
	}
}

func save(t *testing.T, m *Memo) {
	t.Helper()
	if err := m.Save(); err != nil {
		t.Fatal(err)
	}
}

func FuzzDecodeMemo(f *testing.F) {
	f.Add(encodeMemo(map[string][]byte{"a": []byte("b"), "": nil}))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := decodeMemo(data)
		if err != nil {
			return
		}
		again, err := decodeMemo(encodeMemo(entries))
		if err != nil || len(again) != len(entries) {
			t.Errorf("%d entries came back as %d, %v", len(entries), len(again), err)
		}
	})
}
