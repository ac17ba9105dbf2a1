package secretscan

import (
	_ "embed"
	"encoding/binary"
	"fmt"
)

// filter finds all literals in one pass. It looks at three bytes at every second
// place, folded to one case as they lie in the register, and asks a bitmap that
// fits the first-level cache whether any literal has these three at an even or
// odd place. Only where that says yes is there anything to compare.
type filter struct {
	bits    [gramTable / 64]uint64
	heads   [gramTable]uint16 // list of candidates by hash, from 1; 0 for none
	lists   [][]candidate
	folded  []string // the literals in lower case
	guarded []bool   // literals that only count where a word begins
	maximal int      // the farthest offset of a candidate
	longest int      // bytes of the longest literal
}

// gramTable is the number of hashes of three folded bytes.
const gramTable = 1 << gramBits

const gramBits = 17

// candidate is a literal that has some three bytes at offset.
type candidate struct {
	literal uint16
	offset  int16 // -1: the first of the three stands before the literal
}

// hit is a literal found in a text.
type hit struct {
	at      int
	literal int32
}

const foldMask = 0x202020

func gramHash(three uint32) uint32 { return (three & 0xffffff * 0x9E3779B1) >> (32 - gramBits) }

// newFilter makes the filter for literals, whose texts are in lower case.
func newFilter(literals []literal) (*filter, error) {
	if len(literals) >= 1<<16 {
		return nil, fmt.Errorf("%d literals are more than the filter takes", len(literals))
	}
	f := &filter{lists: make([][]candidate, 1)}
	rank := ranks()
	for i, l := range literals {
		f.folded = append(f.folded, l.text)
		f.longest = max(f.longest, len(l.text))
		f.guarded = append(f.guarded, len(l.text) == 3 && len(l.values) == 0 && len(l.schemes) == 0 && len(l.users) == 0)
		switch {
		case len(l.text) < 3:
			return nil, fmt.Errorf("literal %q is shorter than three bytes", l.text)
		case len(l.text) == 3:
			f.add(l.text, i, 0)
			f.addWithAnyBefore(l, i)
		default:
			at := rarest(l.text, rank)
			f.add(l.text[at:], i, at)
			f.add(l.text[at+1:], i, at+1)
			f.maximal = max(f.maximal, at+1)
		}
	}
	return f, nil
}

// addWithAnyBefore lets a literal of three bytes be seen from the place before it.
func (f *filter) addWithAnyBefore(l literal, i int) {
	for b := range 256 {
		if !f.guarded[i] || mayPrecede(byte(b)) {
			f.add(string([]byte{byte(b)})+l.text[:2], i, -1)
		}
	}
}

// mayPrecede says whether a guarded literal counts behind c: a token begins
// where a word does, or behind an escape such as \n or %3D.
func mayPrecede(c byte) bool {
	return !isWord(c) || isHex(c) || c == 'n' || c == 'r' || c == 't' || c == 'b' || c == 'f' || c == 'v'
}

func (f *filter) add(text string, literal, offset int) {
	h := gramHash((uint32(text[0]) | uint32(text[1])<<8 | uint32(text[2])<<16) | foldMask)
	f.bits[h/64] |= 1 << (h % 64)
	c := candidate{uint16(literal), int16(offset)}
	if f.heads[h] == 0 {
		f.heads[h] = uint16(len(f.lists))
		f.lists = append(f.lists, nil)
	}
	list := &f.lists[f.heads[h]]
	for _, have := range *list {
		if have == c {
			return
		}
	}
	*list = append(*list, c)
}

// trigrams are the groups of three bytes that are commonest in source text,
// folded like it, commonest first. They were counted in Go, TypeScript,
// JavaScript, HCL, Markdown, YAML and JSON.
//
//go:embed trigrams.txt
var trigrams string

// ranks gives each trigram its place in the list, from 1.
func ranks() map[string]int {
	rank := make(map[string]int, len(trigrams)/3)
	for i := 0; i+3 <= len(trigrams); i += 3 {
		rank[trigrams[i:i+3]] = i/3 + 1
	}
	return rank
}

// rarest is where the four bytes of text begin whose two trigrams are least
// common. How common something is falls as its rank rises.
func rarest(text string, rank map[string]int) int {
	best, at := 0.0, 0
	for i := 0; i+4 <= len(text); i++ {
		cost := 0.0
		for _, three := range []string{text[i : i+3], text[i+1 : i+4]} {
			if n := rank[three]; n > 0 {
				cost += 1 / float64(n)
			}
		}
		if i == 0 || cost < best {
			best, at = cost, i
		}
	}
	return at
}

// find appends the literals that begin in text[from:to].
func (f *filter) find(text []byte, from, to int, hits []hit) []hit {
	end := min(to+f.maximal, len(text)-2)
	i := from
	// Seven places at once: one load, three of them in it at even distance.
	for ; i+8 <= len(text) && i+4 < end; i += 6 {
		v := binary.LittleEndian.Uint64(text[i:]) | 0x2020202020202020
		a, b, c := gramHash(uint32(v)), gramHash(uint32(v>>16)), gramHash(uint32(v>>32))
		x := f.bits[a/64]>>(a%64) | f.bits[b/64]>>(b%64) | f.bits[c/64]>>(c%64)
		if x&1 == 0 {
			continue
		}
		for n, hash := range [3]uint32{a, b, c} {
			if f.heads[hash] != 0 {
				hits = f.check(text, i+2*n, hash, from, to, hits)
			}
		}
	}
	for ; i < end; i += 2 {
		three := uint32(text[i]) | uint32(text[i+1])<<8 | uint32(text[i+2])<<16
		hits = f.check(text, i, gramHash(three|foldMask), from, to, hits)
	}
	return hits
}

// check appends the literals that have the three bytes at i.
func (f *filter) check(text []byte, i int, hash uint32, from, to int, hits []hit) []hit {
	for _, c := range f.lists[f.heads[hash]] {
		at := i - int(c.offset)
		if at < from || at >= to {
			continue
		}
		want := f.folded[c.literal]
		if at+len(want) > len(text) || !equalFold(text[at:at+len(want)], want) {
			continue
		}
		if at > 0 && f.guarded[c.literal] && !mayPrecede(text[at-1]) {
			continue
		}
		hits = append(hits, hit{at, int32(c.literal)})
	}
	return hits
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
