package pack

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"io"
	"strings"
	"testing"
)

func FuzzIndex(f *testing.F) {
	f.Add([]byte("\xfftOc\x00\x00\x00\x02"), int64(100))
	f.Fuzz(func(t *testing.T, data []byte, size int64) {
		x, err := parseIndex(data, 20, size)
		if err != nil {
			return
		}
		for n := range uint32(x.count) {
			id := idOf(x.name(n))
			if place, ok := x.find(&id); ok && place >= uint32(x.count) {
				t.Errorf("place %d of %d", place, x.count)
			}
			x.crc(n)
		}
		x.at(size / 2)
	})
}

func FuzzEntry(f *testing.F) {
	f.Add([]byte{0xb1, 0x02})
	f.Add(headOf(part{kind: nameDelta, size: 1 << 40}, 0, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := parseEntry(data, 20)
		if err == nil && (e.head > len(data) || e.head > maxHead || e.size < 0 || e.back < 0) {
			t.Errorf("%+v of %d bytes", e, len(data))
		}
	})
}

func FuzzDelta(f *testing.F) {
	f.Add(delta(5, "more"), []byte("hello"))
	f.Fuzz(func(t *testing.T, data, base []byte) {
		wants, size, ops, err := deltaSizes(data)
		if err != nil || wants != int64(len(base)) || size > 1<<20 {
			return
		}
		made, runs, err := applyDelta(nil, base, ops, int(size), nil)
		if int64(len(made)) > size {
			t.Errorf("%d bytes of %d", len(made), size)
		}
		if err != nil {
			return
		}
		end := 0
		for _, r := range runs {
			if r.To < end || !bytes.Equal(made[r.To:r.To+r.Len], base[r.From:r.From+r.Len]) {
				t.Errorf("run %+v is not copied", r)
			}
			end = r.To + r.Len
		}
	})
}

// FuzzInflate holds our unpacking against the library's.
func FuzzInflate(f *testing.F) {
	f.Add([]byte("\x78\x9c\x4b\x4c\x04\x00"), 2)
	for level := -2; level <= 9; level++ {
		for _, text := range [][]byte{nil, []byte("a"), bytes.Repeat([]byte("ab"), 5000), []byte(strings.Repeat("some text, and more of it ", 40))} {
			var packed bytes.Buffer
			z, _ := zlib.NewWriterLevel(&packed, level)
			z.Write(text)
			z.Close()
			f.Add(packed.Bytes(), len(text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, n int) {
		var inf inflater
		n = max(min(n, 1<<20), 0)
		got := make([]byte, n)
		err := inf.exactly(got, data)
		if len(data) < 2 || data[1]&0x20 != 0 || data[0]&0x0f != 8 || (int(data[0])<<8|int(data[1]))%31 != 0 {
			if err == nil {
				t.Error("no zlib stream, and no error")
			}
			return
		}
		want, wantErr := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(data[2:])), int64(n)+1))
		if sound := wantErr == nil && len(want) == n; sound != (err == nil) {
			t.Errorf("%v; the library says %v with %d bytes of %d", err, wantErr, len(want), n)
		}
		if err == nil && !bytes.Equal(got, want) {
			t.Error("other bytes than the library's")
		}
		if part := make([]byte, n/2); err == nil && (inf.fill(part, data) != nil || !bytes.Equal(part, want[:n/2])) {
			t.Error("the beginning is another")
		}
	})
}
