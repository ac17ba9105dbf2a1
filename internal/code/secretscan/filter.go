package secretscan

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math/bits"
	"slices"
)

// filter finds all literals in one pass. It looks at three bytes at every second
// place, folded to one case as they lie in the register, and asks a bitmap that
// fits the first-level cache whether any literal has these three at an even or
// odd place. Only where that says yes is there anything to compare, first eight
// bytes at once. Which three bytes of a literal are asked for is a matter of how
// rare they are in source text: see grams.go.
type filter struct {
	bits       [gramTable / 64]uint64
	before     [gramTable / 64]uint32 // bits that are set in the words before each
	groups     []group                // of each set bit, in order
	candidates []candidate
	folded     []string // the literals in lower case
	guarded    []bool   // literals that only count where a word begins
	maximal    int      // the farthest offset of a candidate
	longest    int      // bytes of the longest literal
}

// gramTable is the number of hashes of three folded bytes.
const gramTable = 1 << gramBits

const gramBits = 17

// group is the candidates of one hash: those from first to the next group's.
type group struct {
	first uint32
	next  uint32 // the lowest five bits that the fourth byte may have, as a set
}

// candidate is a literal that has some three bytes at offset.
type candidate struct {
	mask, want uint64 // what the folded bytes from there on must have
	literal    uint16
	offset     int16 // -1: the first of the three stands before the literal
}

// hit is a literal found in a text: its place, and its number in the lowest
// bits, so that hits sort as numbers do.
type hit uint64

const literalBits = 16

func newHit(at int, literal int32) hit { return hit(at)<<literalBits | hit(literal) }

func (h hit) at() int        { return int(h >> literalBits) }
func (h hit) literal() int32 { return int32(h & (1<<literalBits - 1)) }

// moved is the same literal by places farther on.
func (h hit) moved(by int) hit { return h + hit(by)<<literalBits }

const (
	foldMask  = 0x202020
	foldMasks = 0x2020202020202020
)

// gramFactor is one of some thousands of odd numbers, the one by which what is
// common in sources and what is asked for fall together least.
const gramFactor = 0xE20EB501

func gramHash(three uint32) uint32 { return (three & 0xffffff * gramFactor) >> (32 - gramBits) }

// threeAt is the first three bytes of text, folded.
func threeAt[T []byte | string](text T) uint32 {
	return uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16 | foldMask
}

// newFilter makes the filter for literals, whose texts are in lower case.
func newFilter(literals []literal) (*filter, error) {
	if len(literals) >= 1<<literalBits {
		return nil, fmt.Errorf("%d literals are more than the filter takes", len(literals))
	}
	f := &filter{}
	for _, l := range literals {
		if len(l.text) < 3 {
			return nil, fmt.Errorf("literal %q is shorter than three bytes", l.text)
		}
		f.folded = append(f.folded, l.text)
		f.longest = max(f.longest, len(l.text))
		f.guarded = append(f.guarded, len(l.text) == 3 && len(l.values) == 0 && len(l.schemes) == 0 && len(l.users) == 0)
	}
	f.index(f.entries(chooseGrams(f.folded)))
	return f, nil
}

// entry is a candidate and the hash that leads to it.
type entry struct {
	hash uint32
	candidate
}

// entries lists all candidates, where each literal is looked for by the four
// bytes at its place in at.
func (f *filter) entries(at []int) []entry {
	var all []entry
	for i, text := range f.folded {
		if len(text) == 3 {
			all = f.withAnyBefore(append(all, entryOf(text, i, 0)), i)
			continue
		}
		all = append(all, entryOf(text, i, at[i]), entryOf(text, i, at[i]+1))
		f.maximal = max(f.maximal, at[i]+1)
	}
	return all
}

// withAnyBefore lets a literal of three bytes be seen from the place before it.
func (f *filter) withAnyBefore(all []entry, i int) []entry {
	for b := range 256 {
		if f.guarded[i] && !mayPrecede(byte(b)) || b != b|0x20 && mayPrecede(byte(b|0x20)) {
			continue // the latter is folded to the same
		}
		e := entryOf(f.folded[i], i, -1)
		e.hash = gramHash(threeAt([]byte{byte(b), f.folded[i][0], f.folded[i][1]}))
		all = append(all, e)
	}
	return all
}

func entryOf(text string, literal, offset int) entry {
	var c candidate
	known := text[max(offset, 0):]
	var eight [8]byte
	n := copy(eight[:], known)
	c.mask = ^uint64(0) >> (64 - 8*n)
	c.want = (binary.LittleEndian.Uint64(eight[:]) | foldMasks) & c.mask
	if offset < 0 {
		c.mask, c.want = c.mask<<8, c.want<<8
	}
	c.literal, c.offset = uint16(literal), int16(offset)
	e := entry{candidate: c}
	if offset >= 0 {
		e.hash = gramHash(threeAt(known))
	}
	return e
}

// fourth is the set of what the byte behind the three may be, see group.
func (c *candidate) fourth() uint32 {
	if byte(c.mask>>24) == 0 {
		return ^uint32(0)
	}
	return 1 << (c.want >> 24 & 31)
}

// index sorts the candidates by hash and fills in the tables that lead there.
func (f *filter) index(all []entry) {
	slices.SortFunc(all, func(a, b entry) int {
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.literal, b.literal), cmp.Compare(a.offset, b.offset))
	})
	for i, e := range all {
		if i == 0 || all[i-1].hash != e.hash {
			f.bits[e.hash/64] |= 1 << (e.hash % 64)
			f.groups = append(f.groups, group{first: uint32(i)})
		}
		f.groups[len(f.groups)-1].next |= e.fourth()
		f.candidates = append(f.candidates, e.candidate)
	}
	f.groups = append(f.groups, group{first: uint32(len(all))})
	sum := 0
	for i, word := range f.bits {
		f.before[i] = uint32(sum)
		sum += bits.OnesCount64(word)
	}
}

// mayPrecede says whether a guarded literal counts behind c: a token begins
// where a word does, or behind an escape such as \n or %3D.
func mayPrecede(c byte) bool {
	return !isWord(c) || isHex(c) || c == 'n' || c == 'r' || c == 't' || c == 'b' || c == 'f' || c == 'v'
}

// find appends the literals that begin in text[from:to].
func (f *filter) find(text []byte, from, to int, hits []hit) []hit {
	end := min(to+f.maximal, len(text)-2)
	i := from
	// Seven places at once: one load, three of them in it at even distance.
	for ; i+8 <= len(text) && i+4 < end; i += 6 {
		v := binary.LittleEndian.Uint64(text[i:]) | foldMasks
		a, b, c := gramHash(uint32(v)), gramHash(uint32(v>>16)), gramHash(uint32(v>>32))
		if (f.bits[a/64]>>(a%64)|f.bits[b/64]>>(b%64)|f.bits[c/64]>>(c%64))&1 != 0 {
			hits = f.stop(text, i, from, to, hits)
		}
	}
	for ; i < end; i += 2 {
		if h := gramHash(threeAt(text[i:])); f.bits[h/64]>>(h%64)&1 != 0 {
			hits = f.check(text, i, h, from, to, hits)
		}
	}
	return hits
}

// stop looks closer at the three places from i on, one of which has its bit set.
// It begins anew, so that the loop that calls it fits the registers.
func (f *filter) stop(text []byte, i, from, to int, hits []hit) []hit {
	v := binary.LittleEndian.Uint64(text[i:]) | foldMasks
	for n := range 3 {
		h := gramHash(uint32(v))
		if f.bits[h/64]>>(h%64)&1 != 0 && f.goesOn(h, v>>24) {
			hits = f.check(text, i+2*n, h, from, to, hits)
		}
		v >>= 16
	}
	return hits
}

// groupOf is the number of the group of a hash whose bit is set.
func (f *filter) groupOf(hash uint32) uint32 {
	return f.before[hash/64] + uint32(bits.OnesCount64(f.bits[hash/64]&(1<<(hash%64)-1)))
}

// goesOn says whether any candidate of the hash may have the fourth byte given.
func (f *filter) goesOn(hash uint32, fourth uint64) bool {
	return f.groups[f.groupOf(hash)].next>>(fourth&31)&1 != 0
}

// check appends the literals that have the three bytes at i, whose bit is set.
func (f *filter) check(text []byte, i int, hash uint32, from, to int, hits []hit) []hit {
	n := f.groupOf(hash)
	eight := eightAt(text, i)
	list := f.candidates[f.groups[n].first:f.groups[n+1].first]
	for k := range list {
		if c := &list[k]; eight&c.mask == c.want {
			hits = f.compare(text, i-int(c.offset), int32(c.literal), from, to, hits)
		}
	}
	return hits
}

// eightAt is the eight bytes at i, folded, as far as there are so many.
func eightAt(text []byte, i int) uint64 {
	if i+8 <= len(text) {
		return binary.LittleEndian.Uint64(text[i:]) | foldMasks
	}
	var eight [8]byte
	copy(eight[:], text[i:])
	return binary.LittleEndian.Uint64(eight[:]) | foldMasks
}

// compare appends the literal if it stands at the place.
func (f *filter) compare(text []byte, at int, literal int32, from, to int, hits []hit) []hit {
	want := f.folded[literal]
	if at < from || at >= to || at+len(want) > len(text) || !equalFold(text[at:at+len(want)], want) {
		return hits
	}
	if at > 0 && f.guarded[literal] && !mayPrecede(text[at-1]) {
		return hits
	}
	return append(hits, newHit(at, literal))
}

// equalFold compares text with a literal in lower case, ASCII letters in either case.
func equalFold(text []byte, literal string) bool {
	for i := range text {
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != literal[i] {
			return false
		}
	}
	return true
}

// lower is strings.ToLower for ASCII alone.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}
