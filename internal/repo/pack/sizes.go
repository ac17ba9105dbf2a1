package pack

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// Sizes calls fn with the name and the size of every object of a kind in the
// packs, each once. What is broken is passed over; see Faults.
func (s *Store) Sizes(kind Kind, fn func(id ID, size int64) error) error {
	sizes := s.sizes(kind)
	for no, size := range sizes {
		if size < 0 {
			continue
		}
		id := s.ID(uint32(no))
		if first, ok := s.Find(&id); ok && first != uint32(no) && sizes[first] >= 0 {
			continue // told of already
		}
		if err := fn(id, size); err != nil {
			return err
		}
	}
	return nil
}

// sizes are the sizes by number, -1 for what is of another kind or broken.
func (s *Store) sizes(kind Kind) []int64 {
	h := s.readHeads()
	sizes := make([]int64, s.Len())
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			r := s.newReader()
			for {
				to := next.Add(chunk)
				for no := to - chunk; no < min(to, int64(len(sizes))); no++ {
					sizes[no] = -1
					if h.kind[no] == kind {
						sizes[no] = r.sizeOf(uint32(no))
					}
				}
				if to >= int64(len(sizes)) {
					return
				}
			}
		})
	}
	group.Wait()
	return sizes
}

// sizeOf is the size of object no: of a delta what its first bytes say.
func (r *reader) sizeOf(no uint32) int64 {
	h := &r.store.heads
	if !h.delta[no] && h.size[no] < maxSize {
		return int64(h.size[no])
	}
	p, place := r.store.where(no)
	from := p.offsets[place]
	data, err := r.span(p, from, min(p.offsets[place+1]-from, readAhead))
	if err != nil {
		return -1
	}
	e, err := parseEntry(data, r.store.size)
	if err != nil || e.kind < offsetDelta {
		return e.size
	}
	var sizes [18]byte
	head := sizes[:min(int64(len(sizes)), e.size)]
	if r.inf.fill(head, data[e.head:]) != nil {
		return -1
	}
	_, size, _, err := deltaSizes(head)
	if err != nil {
		return -1
	}
	return size
}
