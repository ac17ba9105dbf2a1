package pack

import (
	"bufio"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
)

// heads are the heads of all entries by number, read in one go over the packs.
type heads struct {
	once  sync.Once
	kind  []Kind   // of deltas that of their base; None for what is broken
	delta []bool   // what is made from another
	size  []uint32 // of what is deflated, maxSize where it is more
	base  []uint32 // of deltas
	fault []*Fault

	child []uint32 // the first that is made from it, +1; 0 for none
	next  []uint32 // the next that is made from the same base, +1
	order []uint32 // all that is not broken, bases before what is made from them
}

var errChecksum = errors.New("the checksum of its bytes is another than the index has")

const maxSize = 1<<32 - 1

// chunk is how many entries one core reads in a row.
const chunk = 1 << 14

// readHeads reads the head of every entry and compares its checksum. What is
// broken is noted and passed over later.
func (s *Store) readHeads() *heads {
	h := &s.heads
	h.once.Do(func() {
		n := s.Len()
		h.kind, h.delta, h.size, h.base = make([]Kind, n), make([]bool, n), make([]uint32, n), make([]uint32, n)
		var next atomic.Int64
		var mu sync.Mutex
		var group sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			group.Go(func() {
				in := bufio.NewReaderSize(nil, 256<<10)
				for {
					to := next.Add(chunk)
					if to-chunk >= int64(n) {
						return
					}
					faults := s.readHeadsOf(in, uint32(to-chunk), uint32(min(to, int64(n))))
					mu.Lock()
					h.fault = append(h.fault, faults...)
					mu.Unlock()
				}
			})
		}
		group.Wait()
		s.link()
	})
	return h
}

func (s *Store) readHeadsOf(in *bufio.Reader, from, to uint32) (faults []*Fault) {
	var open *packFile
	for no := from; no < to; no++ {
		p, place := s.where(no)
		if p != open {
			in.Reset(io.NewSectionReader(p.file, p.offsets[place], p.offsets[p.count]-p.offsets[place]))
			open = p
		}
		if err := s.readHead(in, p, place, no); err != nil {
			s.heads.kind[no], s.heads.delta[no] = None, false
			faults = append(faults, s.fault(no, err))
			open = nil
		}
	}
	return faults
}

// readHead reads the head of the entry that in stands at, and the rest of it.
func (s *Store) readHead(in *bufio.Reader, p *packFile, place, no uint32) error {
	length := p.offsets[place+1] - p.offsets[place]
	data, err := in.Peek(int(min(length, maxHead)))
	if err != nil {
		return fmt.Errorf("the pack is cut off: %w", err)
	}
	e, err := parseEntry(data, s.size)
	if err != nil {
		return err
	}
	var sum uint32
	if length <= int64(in.Size()) {
		if data, err = in.Peek(int(length)); err == nil {
			sum = crc32.ChecksumIEEE(data)
			_, err = in.Discard(int(length))
		}
	} else {
		long := crc32.NewIEEE()
		_, err = io.CopyN(long, in, length)
		sum = long.Sum32()
	}
	if err != nil {
		return fmt.Errorf("the pack is cut off: %w", err)
	}
	if sum != p.crc(place) {
		return errChecksum
	}
	h := &s.heads
	h.kind[no], h.size[no] = e.kind, uint32(min(e.size, maxSize))
	if e.kind >= offsetDelta {
		h.kind[no], h.delta[no] = None, true
		h.base[no], err = s.baseOf(p, place, &e)
	}
	return err
}

// baseOf is the number of the base of the delta e at place. It must be in the
// same pack, and so it is in every pack that git stores.
func (s *Store) baseOf(p *packFile, place uint32, e *entry) (uint32, error) {
	var at uint32
	var ok bool
	if e.kind == nameDelta {
		at, ok = p.find(&e.base)
	} else {
		at, ok = p.at(p.offsets[place] - e.back)
	}
	if !ok {
		return 0, fmt.Errorf("%w: its base is not in the pack", errDelta)
	}
	return at + p.start, nil
}

// Faults are the objects whose entries are broken as far as that shows without
// unpacking them.
func (s *Store) Faults() []*Fault { return s.readHeads().fault }
