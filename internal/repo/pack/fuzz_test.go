package pack

import (
	"bytes"
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

func FuzzInflate(f *testing.F) {
	f.Add([]byte("\x78\x9c\x4b\x4c\x04\x00"), 2)
	f.Fuzz(func(_ *testing.T, data []byte, n int) {
		var inf inflater
		_ = inf.exactly(make([]byte, max(min(n, 1<<20), 0)), data)
	})
}
