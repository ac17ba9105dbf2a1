package pack

import (
	"errors"
	"fmt"
)

// entry is the head of an object in a pack.
type entry struct {
	kind Kind
	size int64 // of what is deflated behind the head
	back int64 // of an offset delta: how far back its base stands
	base ID    // of a name delta
	head int   // bytes of the head
}

// maxHead is the most bytes that a head has.
const maxHead = 10 + 32

var errEntry = errors.New("the head of the entry is broken")

// parseEntry reads the head at the beginning of data, for names of size bytes.
func parseEntry(data []byte, size int) (e entry, err error) {
	if len(data) == 0 {
		return e, errEntry
	}
	c := data[0]
	e.kind, e.size, e.head = Kind(c>>4&7), int64(c&15), 1
	for shift := 4; c&0x80 != 0; shift += 7 {
		if e.head == len(data) || shift > 55 {
			return e, fmt.Errorf("%w: its size does not end", errEntry)
		}
		c = data[e.head]
		e.size |= int64(c&0x7f) << shift
		e.head++
	}
	switch e.kind {
	case Commit, Tree, Blob, Tag:
		return e, nil
	case offsetDelta:
		return e, e.readBack(data)
	case nameDelta:
		if len(data) < e.head+size {
			return e, fmt.Errorf("%w: it is cut off", errEntry)
		}
		e.base = idOf(data[e.head : e.head+size])
		e.head += size
		return e, nil
	}
	return e, fmt.Errorf("%w: there is no kind %d", errEntry, e.kind)
}

func (e *entry) readBack(data []byte) error {
	for first := true; ; first = false {
		if e.head == len(data) || e.back > 1<<48 {
			return fmt.Errorf("%w: the offset of its base does not end", errEntry)
		}
		c := data[e.head]
		e.head++
		if !first {
			e.back++
		}
		e.back = e.back<<7 | int64(c&0x7f)
		if c&0x80 == 0 {
			return nil
		}
	}
}
