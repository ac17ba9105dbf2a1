package pack

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Object is one object of a walk. Its bytes and runs are valid during the call.
type Object struct {
	No   uint32
	ID   ID
	Kind Kind
	Data []byte
	// Runs are what it copies from the object that it is made from, in the order
	// of the text; none where it stands by itself.
	Runs []Run
}

// Visit is called with objects, each after the one that it is made from, whose
// result base is. Its own result is kept for those that are made from it.
// Several goroutines call it, each with a number of its own.
type Visit func(worker int, o Object, base any) (any, error)

const (
	// maxDepth is the longest chain of deltas that is followed; git makes none of
	// more than 4,095.
	maxDepth = 5000
	// maxKept is the most bytes of one chain that are kept in memory.
	maxKept = 128 << 20
	// maxGrowth is how many times the bytes of the packs a walk may make, beyond
	// freeGrowth: whoever builds deltas to wear a reader out gets there.
	maxGrowth, freeGrowth = 1000, 8 << 30
)

// ErrGrowth is the cause where the deltas make more than is sensible.
var ErrGrowth = fmt.Errorf("the deltas make more than %d times the bytes of the packs", maxGrowth)

// Walked says what a walk could not hand over.
type Walked struct {
	Large  []uint32 // sound for all we know, and beyond our bounds
	Faults []*Fault
}

// Walk visits the objects of one kind that wanted takes and those they are made
// from, on all cores, each once. An error of visit ends it.
func (s *Store) Walk(ctx context.Context, kind Kind, wanted func(no uint32) bool, visit Visit) (*Walked, error) {
	f := s.plan(kind, wanted)
	w := &walk{store: s, forest: f, visit: visit, kind: kind, left: freeGrowth}
	for _, p := range s.packs {
		w.left += maxGrowth * p.offsets[p.count]
	}
	var next atomic.Int64
	var group sync.WaitGroup
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for n := range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			h := &hand{walk: w, reader: s.newReader(), worker: n, ctx: ctx}
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				if i >= int64(len(f.roots)) {
					return
				}
				if err := h.root(f.roots[i]); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	group.Wait()
	if err := context.Cause(ctx); err != nil {
		return &w.result, err
	}
	return &w.result, nil
}

// walk is one call of Walk.
type walk struct {
	store  *Store
	forest *forest
	visit  Visit
	kind   Kind

	mu     sync.Mutex
	left   int64 // bytes that may still be made
	result Walked
}

// hand is one core's part in a walk.
type hand struct {
	*walk
	*reader
	worker int
	ctx    context.Context
	kept   int64
}

// root visits a family: an object that stands by itself and all made from it.
func (h *hand) root(no uint32) error {
	data, err := h.whole(no)
	if err != nil {
		return h.failed(no, err)
	}
	state, err := h.visit(h.worker, Object{No: no, ID: h.reader.store.ID(no), Kind: h.kind, Data: data}, nil)
	if err != nil {
		return err
	}
	return h.children(no, data, state)
}

// children visits what is made from no. The child with most below it comes last:
// when it is made, no needs to be kept no longer, and so few are at any time.
func (h *hand) children(no uint32, data []byte, state any) error {
	kids := h.forest.needed(no)
	if len(kids) == 0 {
		h.spares.put(data)
		return nil
	}
	h.kept += int64(cap(data))
	for i, kid := range kids {
		if err := h.ctx.Err(); err != nil {
			return err
		}
		made, runs, err := h.made(kid, data)
		if i == len(kids)-1 {
			h.kept -= int64(cap(data))
		}
		if err == nil {
			err = h.spend(int64(len(made)))
		}
		if err != nil {
			if err := h.failed(kid, err); err != nil {
				return err
			}
			continue
		}
		o := Object{No: kid, ID: h.reader.store.ID(kid), Kind: h.kind, Data: made, Runs: runs}
		result, err := h.visit(h.worker, o, state)
		if err != nil {
			return err
		}
		if i == len(kids)-1 {
			h.spares.put(data)
			data, state = nil, nil
		}
		if err := h.children(kid, made, result); err != nil {
			return err
		}
	}
	return nil
}

// spend takes n bytes off what may be made and kept.
func (h *hand) spend(n int64) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.left -= n; h.left < 0 {
		return ErrGrowth
	}
	if h.kept > maxKept {
		return ErrLarge
	}
	return nil
}

// failed notes that no, and with it all that is made from it, cannot be had.
func (h *hand) failed(no uint32, err error) error {
	below := h.forest.below(no)
	h.mu.Lock()
	defer h.mu.Unlock()
	if errors.Is(err, ErrLarge) {
		h.result.Large = append(h.result.Large, below...)
		return nil
	}
	for i, n := range below {
		f := h.reader.store.fault(n, err)
		if i > 0 {
			f.Err = fmt.Errorf("what it is made from, %s, cannot be read", h.reader.store.ID(no).Hex(h.reader.store.size))
		}
		h.result.Faults = append(h.result.Faults, f)
	}
	return nil
}
