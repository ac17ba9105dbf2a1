package pack

import (
	"errors"
	"sort"
)

var errCircle = errors.New("the chain of deltas leads in a circle, has no end, or ends at what is broken")

// link finds out what is made from what. What no chain of fair length leads to
// is a fault: it hangs in a circle or on something broken.
func (s *Store) link() {
	h := &s.heads
	n := s.Len()
	h.child, h.next, h.order = make([]uint32, n), make([]uint32, n), make([]uint32, 0, n)
	for no := n - 1; no >= 0; no-- {
		if h.delta[no] {
			base := h.base[no]
			h.next[no], h.child[base] = h.child[base], uint32(no)+1
		} else if h.kind[no] != None {
			h.order = append(h.order, uint32(no))
		}
	}
	depth := make([]uint16, n)
	for i := 0; i < len(h.order); i++ {
		no := h.order[i]
		if depth[no] == maxDepth {
			continue
		}
		for kid := h.child[no]; kid != 0; kid = h.next[kid-1] {
			h.kind[kid-1], depth[kid-1] = h.kind[no], depth[no]+1
			h.order = append(h.order, kid-1)
		}
	}
	for no := range uint32(n) {
		if h.delta[no] && h.kind[no] == None {
			h.fault = append(h.fault, s.fault(no, errCircle))
		}
	}
}

// forest is the part of the store that one walk goes through.
type forest struct {
	*heads
	wanted func(uint32) bool
	weight []uint32 // how many wanted ones are made from it, itself included
	roots  []uint32
}

// plan chooses what must be made to make the objects of a kind that are wanted.
func (s *Store) plan(kind Kind, wanted func(no uint32) bool) *forest {
	f := &forest{heads: s.readHeads(), wanted: wanted, weight: make([]uint32, s.Len())}
	for i := len(f.order) - 1; i >= 0; i-- {
		no := f.order[i]
		if f.kind[no] != kind {
			continue
		}
		if wanted(no) {
			f.weight[no]++
		}
		switch {
		case f.weight[no] == 0:
		case f.delta[no]:
			f.weight[f.base[no]] += f.weight[no]
		default:
			f.roots = append(f.roots, no)
		}
	}
	sort.Slice(f.roots, func(i, j int) bool { return f.goesFirst(f.roots[i], f.roots[j]) })
	return f
}

// largeFamily is the weight from which a family is begun early, so that no core
// is left with one when the others have nothing to do any more.
const largeFamily = 500

func (f *forest) goesFirst(a, b uint32) bool {
	if x, y := f.weight[a], f.weight[b]; max(x, y) >= largeFamily && x != y {
		return x > y
	}
	return a < b
}

// needed lists what has to be made from no, the heaviest last.
func (f *forest) needed(no uint32) []uint32 {
	var kids []uint32
	heaviest := 0
	for kid := f.child[no]; kid != 0; kid = f.next[kid-1] {
		if f.weight[kid-1] == 0 {
			continue
		}
		kids = append(kids, kid-1)
		if f.weight[kid-1] > f.weight[kids[heaviest]] {
			heaviest = len(kids) - 1
		}
	}
	if len(kids) > 0 {
		last := len(kids) - 1
		kids[heaviest], kids[last] = kids[last], kids[heaviest]
	}
	return kids
}

// below lists the wanted ones among no and what is made from it, no first.
func (f *forest) below(no uint32) (list []uint32) {
	stack := []uint32{no}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if f.wanted(at) || at == no {
			list = append(list, at)
		}
		for kid := f.child[at]; kid != 0; kid = f.next[kid-1] {
			if f.weight[kid-1] > 0 {
				stack = append(stack, kid-1)
			}
		}
	}
	return list
}
