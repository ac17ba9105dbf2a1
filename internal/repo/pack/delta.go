package pack

import (
	"errors"
	"fmt"
)

// Run is a stretch of an object that its base has too: Len bytes that stand at
// To in the object and at From in the base.
type Run struct{ To, From, Len int }

var errDelta = errors.New("the delta is broken")

// deltaSizes reads how long the base is and how long what is made of it.
func deltaSizes(delta []byte) (base, result int64, rest []byte, err error) {
	if base, rest, err = deltaSize(delta); err != nil {
		return 0, 0, nil, err
	}
	result, rest, err = deltaSize(rest)
	return base, result, rest, err
}

func deltaSize(data []byte) (n int64, rest []byte, err error) {
	for i, c := range data {
		if i > 8 {
			break
		}
		n |= int64(c&0x7f) << (7 * i)
		if c&0x80 == 0 {
			return n, data[i+1:], nil
		}
	}
	return 0, nil, fmt.Errorf("%w: a size does not end", errDelta)
}

// applyDelta appends to dst what the operations in ops make of base, no more
// than result bytes, and to runs what was copied, neighbours joined.
func applyDelta(dst, base, ops []byte, result int, runs []Run) ([]byte, []Run, error) {
	for len(ops) > 0 {
		c := ops[0]
		ops = ops[1:]
		if c&0x80 == 0 {
			n := int(c)
			if n == 0 || n > len(ops) || len(dst)+n > result {
				return dst, runs, fmt.Errorf("%w: it inserts %d bytes", errDelta, n)
			}
			dst, ops = append(dst, ops[:n]...), ops[n:]
			continue
		}
		from, n, rest, ok := readCopy(c, ops)
		if !ok || from > len(base) || n > len(base)-from || len(dst)+n > result {
			return dst, runs, fmt.Errorf("%w: it copies %d bytes from %d of %d", errDelta, n, from, len(base))
		}
		ops = rest
		if last := len(runs) - 1; last >= 0 && runs[last].To+runs[last].Len == len(dst) && runs[last].From+runs[last].Len == from {
			runs[last].Len += n
		} else {
			runs = append(runs, Run{len(dst), from, n})
		}
		dst = append(dst, base[from:from+n]...)
	}
	if len(dst) != result {
		return dst, runs, fmt.Errorf("%w: it makes %d bytes of %d", errDelta, len(dst), result)
	}
	return dst, runs, nil
}

// readCopy reads the arguments of the copy operation c.
func readCopy(c byte, ops []byte) (from, n int, rest []byte, ok bool) {
	i := 0
	for bit := range 7 {
		if c&(1<<bit) == 0 {
			continue
		}
		if i == len(ops) {
			return 0, 0, nil, false
		}
		if bit < 4 {
			from |= int(ops[i]) << (8 * bit)
		} else {
			n |= int(ops[i]) << (8 * (bit - 4))
		}
		i++
	}
	if n == 0 {
		n = 0x10000
	}
	return from, n, ops[i:], true
}
