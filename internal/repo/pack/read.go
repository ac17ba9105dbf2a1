package pack

import (
	"errors"
	"fmt"
	"io"
	"math/bits"
)

// maxObject is the most bytes of an object, or of the delta that makes it, that
// are taken into memory.
const maxObject = 32 << 20

// ErrLarge is the cause where an object is larger than is taken into memory.
var ErrLarge = errors.New("the object is too large to be taken into memory")

// readAhead is how many bytes of a pack are read at once: a version and what it
// is made from mostly stand near each other.
const readAhead = 16 << 10

// reader reads entries of packs, one at a time.
type reader struct {
	store  *Store
	inf    inflater
	ahead  []byte // bytes of the pack of from at
	of     *packFile
	at     int64
	large  []byte
	lends  bool   // objects in files of their own are valid until the next call
	lent   []byte // the last of them
	delta  []byte
	runs   []Run
	spares spares
}

func (s *Store) newReader() *reader { return &reader{store: s} }

// span returns n bytes of p from offset at. They are valid until the next call.
func (r *reader) span(p *packFile, at, n int64) ([]byte, error) {
	if p == r.of && at >= r.at && at+n <= r.at+int64(len(r.ahead)) {
		return r.ahead[at-r.at:][:n], nil
	}
	if n > readAhead {
		if n > maxObject+maxObject/8 {
			return nil, ErrLarge
		}
		if int64(cap(r.large)) < n {
			r.large = make([]byte, n)
		}
		_, err := p.file.ReadAt(r.large[:n], at)
		return r.large[:n], err
	}
	if r.ahead == nil {
		r.ahead = make([]byte, readAhead)
	}
	got, err := p.file.ReadAt(r.ahead[:readAhead], at)
	r.of, r.at, r.ahead = p, at, r.ahead[:got]
	if int64(got) < n {
		r.of = nil
		return nil, fmt.Errorf("the pack is cut off: %w", err)
	}
	return r.ahead[:n], nil
}

// entry reads the head of object no and what is deflated behind it, which is
// valid until the next call.
func (r *reader) entry(no uint32) (entry, []byte, error) {
	p, place := r.store.where(no)
	from := p.offsets[place]
	data, err := r.span(p, from, p.offsets[place+1]-from)
	if err != nil && err != io.EOF {
		return entry{}, nil, err
	}
	e, err := parseEntry(data, r.store.size)
	if err == nil && e.size > maxObject {
		err = ErrLarge
	}
	return e, data[min(e.head, len(data)):], err
}

// whole reads object no, which is no delta.
func (r *reader) whole(no uint32) ([]byte, error) {
	e, packed, err := r.entry(no)
	if err != nil {
		return nil, err
	}
	data := r.spares.get(int(e.size))
	return data, r.inf.exactly(data, packed)
}

// made makes object no, a delta, from its base. The runs are valid until the
// next call.
func (r *reader) made(no uint32, base []byte) ([]byte, []Run, error) {
	e, packed, err := r.entry(no)
	if err != nil {
		return nil, nil, err
	}
	if cap(r.delta) < int(e.size) {
		r.delta = make([]byte, e.size+e.size/4)
	}
	delta := r.delta[:e.size]
	if err := r.inf.exactly(delta, packed); err != nil {
		return nil, nil, err
	}
	wants, size, ops, err := deltaSizes(delta)
	switch {
	case err != nil:
		return nil, nil, err
	case wants != int64(len(base)):
		return nil, nil, fmt.Errorf("%w: it is of a base of %d bytes, not %d", errDelta, wants, len(base))
	case size > maxObject:
		return nil, nil, ErrLarge
	}
	data, runs, err := applyDelta(r.spares.get(int(size))[:0], base, ops, int(size), r.runs[:0])
	r.runs = runs
	return data, runs, err
}

// spares are buffers to use again, by the power of two of their capacity.
type spares [26][][]byte

func (s *spares) get(n int) []byte {
	class := classOf(n)
	if list := s[class]; len(list) > 0 {
		s[class] = list[:len(list)-1]
		return list[len(list)-1][:n]
	}
	return make([]byte, n, 1<<class)
}

func (s *spares) put(b []byte) {
	if class := classOf(cap(b)); cap(b) == 1<<class && len(s[class]) < 64 {
		s[class] = append(s[class], b[:0])
	}
}

// classOf is the smallest power of two that holds n bytes.
func classOf(n int) int { return max(bits.Len(uint(max(n, 1)-1)), 9) }
