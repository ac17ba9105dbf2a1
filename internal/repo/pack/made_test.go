package pack

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// part is an entry of a pack that a test makes by hand.
type part struct {
	kind Kind
	data []byte
	base byte  // first byte of the base's name, of a name delta
	back int   // how many entries back the base is, of an offset delta
	size int64 // that the head tells; 0 for the true one
}

// writePack writes a pack whose entries are called 01…, 02… and so on.
func writePack(t *testing.T, parts []part) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "pack")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	pack := binary.BigEndian.AppendUint32([]byte("PACK\x00\x00\x00\x02"), uint32(len(parts)))
	var offsets, crcs []uint32
	for i, p := range parts {
		offsets = append(offsets, uint32(len(pack)))
		entry := headOf(p, i, offsets)
		var packed bytes.Buffer
		z := zlib.NewWriter(&packed)
		z.Write(p.data)
		z.Close()
		entry = append(entry, packed.Bytes()...)
		crcs = append(crcs, crc32.ChecksumIEEE(entry))
		pack = append(pack, entry...)
	}
	pack = append(pack, make([]byte, 20)...)
	index := []byte{0xff, 't', 'O', 'c', 0, 0, 0, 2}
	for i := range 256 {
		index = binary.BigEndian.AppendUint32(index, uint32(min(i, len(parts))))
	}
	for i := range parts {
		id := named(byte(i + 1))
		index = append(index, id[:20]...)
	}
	for _, list := range [][]uint32{crcs, offsets} {
		for _, n := range list {
			index = binary.BigEndian.AppendUint32(index, n)
		}
	}
	for name, data := range map[string][]byte{"pack-x.pack": pack, "pack-x.idx": append(index, make([]byte, 40)...)} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Dir(dir)
}

func named(b byte) (id ID) { id[0] = b; return id }

func headOf(p part, i int, offsets []uint32) []byte {
	size := p.size
	if size == 0 {
		size = int64(len(p.data))
	}
	head := []byte{byte(p.kind)<<4 | byte(size&15)}
	for size >>= 4; size > 0; size >>= 7 {
		head[len(head)-1] |= 0x80
		head = append(head, byte(size&0x7f))
	}
	switch p.kind {
	case nameDelta:
		id := named(p.base)
		head = append(head, id[:20]...)
	case offsetDelta:
		back := offsets[i] - offsets[i-p.back]
		if back > 0x7f {
			head = append(head, byte(back>>7-1)|0x80)
		}
		head = append(head, byte(back&0x7f))
	}
	return head
}

// delta is one that copies a base of n bytes whole and appends more.
func delta(n int, more string) []byte {
	d := varint(varint(nil, n), n+len(more))
	d = append(d, 0x80|0x10|0x20, byte(n), byte(n>>8))
	return append(append(d, byte(len(more))), more...)
}

func varint(d []byte, n int) []byte {
	for ; n >= 0x80; n >>= 7 {
		d = append(d, byte(n)|0x80)
	}
	return append(d, byte(n))
}

func walkAll(t *testing.T, dir string) (found map[byte]string, store *Store, walked *Walked) {
	t.Helper()
	store, err := Open([]string{dir}, 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	var mu sync.Mutex
	found = map[byte]string{}
	walked, err = store.Walk(t.Context(), Blob, func(uint32) bool { return true }, func(_ int, o Object, _ any) (any, error) {
		mu.Lock()
		defer mu.Unlock()
		found[o.ID[0]] = string(o.Data)
		return nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, store, walked
}

func TestChains(t *testing.T) {
	text := strings.Repeat("a line of text\n", 20)
	dir := writePack(t, []part{
		{kind: Blob, data: []byte(text)},
		{kind: offsetDelta, back: 1, data: delta(len(text), "more\n")},
		{kind: nameDelta, base: 4, data: delta(len(text)+10, "late\n")}, // its base comes after it
		{kind: offsetDelta, back: 2, data: delta(len(text)+5, "most\n")},
		{kind: Tree, data: nil},
	})
	found, store, walked := walkAll(t, dir)
	want := map[byte]string{1: text, 2: text + "more\n", 3: text + "more\nmost\nlate\n", 4: text + "more\nmost\n"}
	if len(found) != len(want) || len(walked.Faults)+len(store.Faults()) > 0 {
		t.Errorf("found %d of %d, faults %v", len(found), len(want), walked.Faults)
	}
	g := store.NewGetter()
	for name, data := range want {
		id := named(name)
		kind, got, err := g.Get(&id)
		if found[name] != data || string(got) != data || kind != Blob || err != nil {
			t.Errorf("%d: walked %q, got %q, %v", name, found[name], got, err)
		}
	}
	sizes := 0
	if err := store.Sizes(Blob, func(id ID, size int64) error {
		if sizes++; int(size) != len(want[id[0]]) {
			t.Errorf("%d: %d bytes", id[0], size)
		}
		return nil
	}); err != nil || sizes != len(want) {
		t.Error(sizes, err)
	}
}

// TestHostile: what cannot be is a fault that names its place, and the rest is
// handed over.
func TestHostile(t *testing.T) {
	text := []byte(strings.Repeat("a line of text\n", 20))
	n := len(text)
	for name, hostile := range map[string][]part{
		"a circle":                 {{kind: nameDelta, base: 3, data: delta(n, "x")}, {kind: nameDelta, base: 2, data: delta(n, "x")}},
		"its own base":             {{kind: nameDelta, base: 2, data: delta(n, "x")}},
		"a base elsewhere":         {{kind: nameDelta, base: 99, data: delta(n, "x")}},
		"a base of another length": {{kind: offsetDelta, back: 1, data: delta(n+1, "x")}},
		"a copy beyond the base":   {{kind: offsetDelta, back: 1, data: append(varint(varint(nil, n), n+9), 0x80|0x10|0x20, byte(n+9), byte((n+9)>>8))}},
		"more than it says":        {{kind: offsetDelta, back: 1, data: append(varint(varint(nil, n), 1), 3, 'a', 'b', 'c')}},
		"less than it says":        {{kind: offsetDelta, back: 1, data: append(varint(varint(nil, n), 9), 3, 'a', 'b', 'c')}},
		"no operation":             {{kind: offsetDelta, back: 1, data: append(varint(varint(nil, n), 9), 0)}},
		"a head that lies":         {{kind: Blob, data: text, size: int64(n) + 1}},
		"a head that lies low":     {{kind: Blob, data: text, size: int64(n) - 1}},
		"no such kind":             {{kind: 5, data: text}},
	} {
		t.Run(name, func(t *testing.T) {
			parts := append([]part{{kind: Blob, data: text}}, hostile...)
			found, store, walked := walkAll(t, writePack(t, append(parts, part{kind: Blob, data: []byte("last")})))
			faults := append(slices.Clone(store.Faults()), walked.Faults...)
			if len(faults) != len(hostile) || faults[0].Pack != "pack-x.pack" || faults[0].Offset == 0 {
				t.Errorf("faults %v", faults)
			}
			if len(found) != 2 || found[byte(len(parts)+1)] != "last" {
				t.Errorf("found %d, expected the two that are sound", len(found))
			}
			id := named(2)
			if _, _, err := store.NewGetter().Get(&id); err == nil {
				t.Error("it could be got")
			}
		})
	}
}

// TestDeltaBombs: what would not fit into memory is left to git, and the base is
// handed over.
func TestDeltaBombs(t *testing.T) {
	text := bytes.Repeat([]byte("0123456789abcdef"), 1<<12)
	bomb := varint(varint(nil, len(text)), maxObject+1)
	for range maxObject/len(text) + 1 {
		bomb = append(bomb, 0x80) // 64 KiB from the beginning
	}
	found, _, walked := walkAll(t, writePack(t, []part{{kind: Blob, data: text}, {kind: offsetDelta, back: 1, data: bomb},
		{kind: offsetDelta, back: 1, data: delta(1, "x")}, {kind: Blob, data: []byte("x"), size: maxObject + 1}}))
	if len(found) != 1 || len(walked.Large) != 3 || len(walked.Faults) != 0 {
		t.Errorf("found %d, large %v, faults %v", len(found), walked.Large, walked.Faults)
	}
}

// TestDeepChain: a chain that is deeper than git makes any is a fault, not the
// end of the stack.
func TestDeepChain(t *testing.T) {
	parts := []part{{kind: Blob, data: []byte("x")}}
	for i := range 200 {
		parts = append(parts, part{kind: offsetDelta, back: 1, data: delta(1+i, "y")})
	}
	found, store, _ := walkAll(t, writePack(t, parts))
	if len(found) != len(parts) || found[201] != "x"+strings.Repeat("y", 200) || len(store.Faults()) > 0 {
		t.Errorf("found %d of %d", len(found), len(parts))
	}
}

// TestDamage flips every byte of a pack in turn and cuts it everywhere.
func TestDamage(t *testing.T) {
	text := strings.Repeat("a line\n", 5)
	dir := writePack(t, []part{{kind: Blob, data: []byte(text)}, {kind: offsetDelta, back: 1, data: delta(len(text), "more\n")}, {kind: Blob, data: []byte("last")}})
	name := filepath.Join(dir, "pack", "pack-x.pack")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for at := 12; at < len(whole)-20; at++ {
		damaged := slices.Clone(whole)
		damaged[at] ^= 0x11
		if err := os.WriteFile(name, damaged, 0o644); err != nil {
			t.Fatal(err)
		}
		found, store, walked := walkAll(t, dir)
		if len(store.Faults())+len(walked.Faults) == 0 || len(found) == 3 {
			t.Errorf("nobody noticed that byte %d is another", at)
		}
		if err := os.WriteFile(name, whole[:at], 0o644); err != nil {
			t.Fatal(err)
		}
		found, store, _ = walkAll(t, dir)
		if len(store.Faults()) == 0 || len(found) == 3 {
			t.Errorf("nobody noticed that it is cut at %d", at)
		}
	}
}

// TestLooseDamage flips and cuts a loose object everywhere.
func TestLooseDamage(t *testing.T) {
	text := "blob 35\x00" + strings.Repeat("a line\n", 5)
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write([]byte(text))
	z.Close()
	room := new(reader).room
	var inf inflater
	if kind, data, err := inf.loose(packed.Bytes(), room); kind != Blob || string(data) != text[8:] || err != nil {
		t.Errorf("%s %q, %v", kind, data, err)
	}
	for at := range packed.Len() {
		damaged := slices.Clone(packed.Bytes())
		damaged[at] ^= 0x21
		if _, data, err := inf.loose(damaged, room); err == nil && string(data) != text[8:] {
			t.Errorf("nobody noticed that byte %d is another", at)
		}
		if _, _, err := inf.loose(packed.Bytes()[:at], room); err == nil {
			t.Errorf("nobody noticed that it is cut at %d", at)
		}
	}
}
