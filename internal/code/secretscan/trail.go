package secretscan

import (
	"cmp"
	"math"
	"slices"
	"sync/atomic"

	"github.com/plimsoll-dev/plimsoll/internal/code/unwrap"
	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// trail is how the engine went through one text: the literals it came by and
// what it found at each. With it, a text that was made from this one is examined
// at the cost of what is new: where a stretch was copied together with all that
// is looked at around a literal, the same literal leads to the same.
type trail struct {
	hits  []hit  // in the order of the text
	finds []find // in the order of their anchors
	size  int    // of the text
	spent int    // bytes that expressions were given, here and in what this was made from
	skips int    // see Engine.Scan
	// places are where something encoded may begin.
	places unwrap.Places
}

// find is a match and the literal that led to it.
type find struct {
	Match
	literal int32
}

// maxSpent bounds what a chain of texts may give to expressions before one of
// them is read from its beginning again: below it no rule's budget in
// Engine.Scan, which is never smaller, can have run out.
const maxSpent = 2 << 20

// Walk is Scan of the whole text, with the trail kept.
func (e *Engine) Walk(text []byte) *trail {
	s := e.take()
	defer e.scratch.Put(s)
	t := &trail{size: len(text)}
	w := e.follower(s, text, 2*len(text)+4<<20, t)
	for from := 0; from < len(text); from += blockBytes {
		begin := len(t.hits)
		t.hits = e.filter.find(text, from, min(from+blockBytes, len(text)), t.hits)
		for _, h := range t.hits[begin:] {
			w.follow(h)
		}
	}
	t.places.Search(text, 0, len(text))
	t.finish(s)
	return t
}

// WalkMade is Walk of a text that was made from another: runs, in the order of
// the text, are what it has from there. It may be Walk itself where too little
// was copied or too much work was done along the chain.
func (e *Engine) WalkMade(text []byte, runs []pack.Run, base *trail) *trail {
	if base.skips > 0 || base.spent > maxSpent {
		return e.Walk(text)
	}
	s := e.take()
	defer e.scratch.Put(s)
	t := &trail{size: len(text), spent: base.spent, hits: make([]hit, 0, len(base.hits)+8)}
	m := &made{engine: e, text: text, base: base, trail: t, scan: e.follower(s, text, maxSpent, t)}
	at := 0
	for _, run := range runs {
		known, ok := m.known(run)
		if !ok {
			continue
		}
		m.look(at, known.start)
		m.carry(run, known)
		at = known.end
	}
	m.look(at, len(text))
	t.finish(s)
	if t.skips > 0 || t.spent > maxSpent {
		return e.Walk(text)
	}
	return t
}

// follower is a scan that leaves its finds on t.
func (e *Engine) follower(s *scratch, text []byte, budget int, t *trail) *scan {
	w := &scan{engine: e, scratch: s, text: text, budget: budget}
	w.emit = func(m Match) { t.finds = append(t.finds, find{m, w.at.literal()}) }
	return w
}

func (t *trail) finish(s *scratch) {
	for _, n := range s.spent {
		t.spent += n
	}
	t.skips = s.skips
	t.places.Sort()
	slices.Sort(t.hits)
	slices.SortStableFunc(t.finds, func(a, b find) int {
		return cmp.Compare(a.hit(), b.hit())
	})
}

// hit is what led to f.
func (f *find) hit() hit { return newHit(f.Anchor, f.literal) }

// made is one call of WalkMade.
type made struct {
	engine *Engine
	text   []byte
	base   *trail
	trail  *trail
	scan   *scan
	done   int // up to where runs of encoded text were searched
}

// known is the part of a run in which every literal was seen in the base: those
// that stand on its edges may be other ones here.
func (m *made) known(run pack.Run) (span, bool) {
	k := span{run.To + 1, run.To + run.Len - max(m.engine.filter.longest, unwrap.Beyond) + 1}
	if m.begins(run) {
		k.start = 0
	}
	if m.ends(run) {
		k.end = len(m.text)
	}
	return k, k.end-k.start >= minKnown
}

// minKnown is the fewest bytes that are worth taking over.
const minKnown = 16

// begins and ends say whether the run is at that end of both texts.
func (m *made) begins(run pack.Run) bool { return run.To == 0 && run.From == 0 }
func (m *made) ends(run pack.Run) bool {
	return run.To+run.Len == len(m.text) && run.From+run.Len == m.base.size
}

// look examines text[from:to] as if nobody had seen it.
func (m *made) look(from, to int) {
	if from >= to {
		return
	}
	begin := len(m.trail.hits)
	m.trail.hits = m.engine.filter.find(m.text, from, to, m.trail.hits)
	for _, h := range m.trail.hits[begin:] {
		m.scan.follow(h)
	}
	m.done = m.trail.places.SearchNew(m.text, from, to, m.done)
}

// carry takes over the hits of the base in the known part of run, and with them
// what was found there, where all that was looked at was copied too.
func (m *made) carry(run pack.Run, known span) {
	shift := run.To - run.From
	m.trail.places.Carry(&m.base.places, known.start, known.end, shift, known.start == 0, known.end == len(m.text))
	first, _ := slices.BinarySearch(m.base.hits, newHit(max(known.start-shift, 0), 0))
	from, to := run.To+contextBytes+edgeBytes, run.To+run.Len
	if m.begins(run) {
		from = 0
	}
	if m.ends(run) {
		to = math.MaxInt
	}
	finds := m.base.finds
	for _, old := range m.base.hits[first:] {
		h := old.moved(shift)
		at := h.at()
		if at >= known.end {
			break
		}
		m.trail.hits = append(m.trail.hits, h)
		switch {
		case at < from || at+m.engine.reach(h.literal()) > to:
			m.scan.follow(h)
		case len(finds) > 0:
			finds = m.takeOver(finds, old, shift)
		}
	}
}

// takeOver takes over the finds of a hit and returns those behind it.
func (m *made) takeOver(finds []find, of hit, shift int) []find {
	n, _ := slices.BinarySearchFunc(finds, of, func(f find, h hit) int { return cmp.Compare(f.hit(), h) })
	for ; n < len(finds) && finds[n].hit() == of; n++ {
		f := finds[n]
		f.Start, f.End, f.Anchor = f.Start+shift, f.End+shift, f.Anchor+shift
		f.SecretStart, f.SecretEnd = f.SecretStart+shift, f.SecretEnd+shift
		m.trail.finds = append(m.trail.finds, f)
	}
	return finds[n:]
}

// reach is how far from the beginning of a literal on anything is looked at,
// which is held by what follow hands on of the text. Before it, contextBytes and
// edgeBytes are.
func (e *Engine) reach(literal int32) int {
	l := &e.literals[literal]
	if n := atomic.LoadInt32(&l.reach); n > 0 {
		return int(n)
	}
	n := e.reachOf(l)
	atomic.StoreInt32(&l.reach, int32(n))
	return n
}

// reachOf is the most that the rules of a literal look at behind its beginning.
func (e *Engine) reachOf(l *literal) int {
	after := len(l.text)
	for _, i := range l.plain {
		r := &e.rules[i]
		if r.Form == knowledge.TokenForm {
			after = max(after, r.compile().reach)
		} else {
			after = max(after, len(l.text)+contextBytes)
		}
	}
	if len(l.values)+len(l.schemes) > 0 {
		after = max(after, len(l.text)+valueBytes)
	}
	if len(l.users) > 0 {
		after = max(after, reachBytes+2*contextBytes)
	}
	return after + edgeBytes
}
