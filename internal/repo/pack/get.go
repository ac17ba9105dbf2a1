package pack

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
)

// Getter reads objects by name, each whole. It keeps some of what it made, since
// what is asked for next is mostly made from that. It is for one goroutine.
type Getter struct {
	reader *reader
	later  *Getter // of the store as it was found to be since; nil until it is asked for
	kept   map[uint32]kept
	young  []uint32 // numbers of kept, the oldest first
	size   int
}

type kept struct {
	kind Kind
	data []byte
}

// maxCache is the most bytes that a Getter keeps.
const maxCache = 32 << 20

// NewGetter makes a Getter.
func (s *Store) NewGetter() *Getter {
	return &Getter{reader: s.newReader(), kept: map[uint32]kept{}}
}

// NewLender makes a Getter whose objects are valid until its next call only.
func (s *Store) NewLender() *Getter {
	g := s.NewGetter()
	g.reader.lends = true
	return g
}

// Get reads the object called id. The bytes are shared: do not write to them.
// Its error is fs.ErrNotExist where the store does not have the object, ErrLarge
// where it is not for memory, or a Fault where every copy is broken.
func (g *Getter) Get(id *ID) (Kind, []byte, error) {
	kind, data, err := g.get(id)
	if !errors.Is(err, fs.ErrNotExist) {
		return kind, data, err
	}
	if g.later == nil {
		later := g.reader.store.since()
		if later == nil {
			return kind, data, err
		}
		g.later = later.NewGetter()
	}
	return g.later.get(id)
}

// get is Get in the store as it was opened.
func (g *Getter) get(id *ID) (Kind, []byte, error) {
	s := g.reader.store
	var failed error
	for _, p := range s.packs {
		place, ok := p.find(id)
		if !ok {
			continue
		}
		kind, data, err := g.number(p.start + place)
		if err == nil {
			return kind, data, nil
		}
		failed = err
	}
	kind, data, err := s.loose.get(id, g.reader)
	if errors.Is(err, fs.ErrNotExist) && failed != nil {
		return None, nil, failed
	}
	return kind, data, err
}

// number reads object no: down the chain to something known, and up again.
func (g *Getter) number(no uint32) (Kind, []byte, error) {
	var chain []uint32
	var at kept
	for known := false; !known; {
		if at, known = g.kept[no]; known {
			break
		}
		e, err := g.head(no)
		if err != nil {
			return None, nil, err
		}
		if e.kind < offsetDelta {
			data, err := g.reader.whole(no)
			if err != nil {
				return None, nil, g.fault(no, err)
			}
			at, known = kept{e.kind, data}, true
			g.keep(no, at)
			break
		}
		if len(chain) >= maxDepth {
			return None, nil, g.fault(no, errCircle)
		}
		chain = append(chain, no)
		p, place := g.reader.store.where(no)
		if no, err = g.reader.store.baseOf(p, place, &e); err != nil {
			return None, nil, g.fault(chain[len(chain)-1], err)
		}
	}
	for i := len(chain) - 1; i >= 0; i-- {
		data, _, err := g.reader.made(chain[i], at.data)
		if err != nil {
			return None, nil, g.fault(chain[i], err)
		}
		at.data = data
		g.keep(chain[i], at)
	}
	return at.kind, at.data, nil
}

// head reads the head of object no and compares its checksum.
func (g *Getter) head(no uint32) (entry, error) {
	p, place := g.reader.store.where(no)
	from := p.offsets[place]
	data, err := g.reader.span(p, from, p.offsets[place+1]-from)
	if err == nil && crc32.ChecksumIEEE(data) != p.crc(place) {
		err = errChecksum
	}
	if err != nil {
		return entry{}, g.fault(no, err)
	}
	e, err := parseEntry(data, g.reader.store.size)
	if err != nil {
		return e, g.fault(no, err)
	}
	return e, nil
}

func (g *Getter) fault(no uint32, err error) error {
	if errors.Is(err, ErrLarge) {
		return fmt.Errorf("%s: %w", g.reader.store.ID(no).Hex(g.reader.store.size), err)
	}
	return g.reader.store.fault(no, err)
}

// keep remembers what was made, for as long as there is room.
func (g *Getter) keep(no uint32, k kept) {
	g.kept[no], g.young = k, append(g.young, no)
	g.size += len(k.data) + 64
	for g.size > maxCache && len(g.young) > 1 {
		old := g.young[0]
		g.size -= len(g.kept[old].data) + 64
		delete(g.kept, old)
		g.young = g.young[1:]
	}
}
