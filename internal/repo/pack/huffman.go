package pack

import (
	"fmt"
	"math/bits"
)

// code is what a table has for the next bits: how many of them make the code,
// what kind of symbol it is, how many extra bits follow, and its value.
type code uint32

// The kinds of symbols. A literal alone has the lowest bit.
const (
	noCode     = 0
	literal    = 1
	match      = 2
	endOfBlock = 4
	subTable   = 6
)

func newCode(kind, extra, value int) code { return code(kind<<5 | extra<<8 | value<<16) }

func (c code) length() int     { return int(c & 31) }
func (c code) kind() int       { return int(c >> 5 & 7) }
func (c code) isLiteral() bool { return c&(literal<<5) != 0 }
func (c code) extra() int      { return int(c >> 8 & 31) }
func (c code) value() int      { return int(c >> 16) }

const (
	// maxPrimary is how many bits are looked up at once.
	maxPrimary = 10
	maxLength  = 15
	// tableSize is room for the first table and a second one for each pair of the
	// longest codes.
	tableSize = 1<<maxPrimary + 144<<(maxLength-maxPrimary)
)

// huffman is a code made ready for decoding.
type huffman struct {
	table   [tableSize]code
	primary int
}

// build makes the tables for a code whose symbols have the lengths given, 0 for
// those that do not occur. Symbol says what each stands for.
func (h *huffman) build(lengths []uint8, symbol []code) error {
	var count, first [maxLength + 2]int
	for _, n := range lengths {
		count[n&15]++
	}
	count[0] = 0
	longest, left := 0, 1
	for n := 1; n <= maxLength; n++ {
		left = left<<1 - count[n]
		if left < 0 {
			return fmt.Errorf("%w: a code with too many words", errInflate)
		}
		if count[n] > 0 {
			longest = n
		}
		first[n+1] = first[n] + count[n]
	}
	if left > 0 && longest > 1 {
		return fmt.Errorf("%w: a code with too few words", errInflate)
	}
	h.primary = max(min(longest, maxPrimary), 1)
	if left > 0 {
		clear(h.table[:1<<h.primary])
	}
	var sorted [320]uint16 // the symbols by length
	for s, n := range lengths {
		if n != 0 {
			sorted[first[n&15]] = uint16(s)
			first[n&15]++
		}
	}
	return h.place(sorted[:first[longest]], symbol, &count, longest)
}

// place enters each symbol wherever its word begins the next bits. Words come in
// order of their lengths, so that what stands in a table for one length is copied
// behind itself and is the table for the next. They are counted up with their bits
// reversed, as they are read.
func (h *huffman) place(sorted []uint16, symbol []code, count *[maxLength + 2]int, longest int) error {
	word := uint32(0)
	for n := 1; n <= h.primary; n++ {
		half := 1 << (n - 1)
		if n > 1 {
			copy(h.table[half:2*half], h.table[:half])
		}
		for _, s := range sorted[:count[n]] {
			h.table[word] = symbol[s] | code(n)
			word = nextWord(word, n)
		}
		sorted = sorted[count[n]:]
	}
	size, second := 1<<h.primary, longest-h.primary
	free, open := size, -1 // the first table's entry whose second table is being filled
	for n := h.primary + 1; n <= longest; n++ {
		for _, s := range sorted[:count[n]] {
			if first := int(word) & (size - 1); first != open {
				if free+1<<second > tableSize {
					return fmt.Errorf("%w: a code that is too long", errInflate)
				}
				open = first
				h.table[first] = newCode(subTable, second, free) | code(h.primary)
				free += 1 << second
			}
			table := h.table[free-1<<second : free]
			for i := int(word) >> h.primary; i < len(table); i += 1 << (n - h.primary) {
				table[i] = symbol[s] | code(n)
			}
			word = nextWord(word, n)
		}
		sorted = sorted[count[n]:]
	}
	return nil
}

// nextWord is the word of n bits behind word, both with their bits reversed.
func nextWord(word uint32, n int) uint32 {
	zeros := ^word & (1<<n - 1)
	top := uint32(1) << bits.Len32(zeros) >> 1 // 0 behind the last word
	return word&(top-1) | top
}

// What the symbols stand for: RFC 1951, 3.2.5.
var (
	literalSymbols  = makeLiterals()
	distanceSymbols = makeDistances()
	lengthSymbols   = makeLengths()
	lengthOrder     = [19]uint8{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}
)

func makeLiterals() (symbols [288]code) {
	for i := range 256 {
		symbols[i] = newCode(literal, 0, i)
	}
	symbols[256] = newCode(endOfBlock, 0, 0)
	base := 3
	for i := 257; i < 285; i++ {
		extra := max((i-261)/4, 0)
		symbols[i] = newCode(match, extra, base)
		base += 1 << extra
	}
	symbols[285] = newCode(match, 0, 258)
	return symbols // the last two are no code
}

func makeDistances() (symbols [32]code) {
	base := 1
	for i := range 30 {
		extra := max(i/2-1, 0)
		symbols[i] = newCode(match, extra, base)
		base += 1 << extra
	}
	return symbols
}

func makeLengths() (symbols [19]code) {
	for i := range symbols {
		symbols[i] = newCode(literal, 0, i)
	}
	return symbols
}

// fixedTables makes the tables of fixed blocks.
func (f *inflater) fixedTables() {
	if f.fixed {
		return
	}
	f.fixed = true
	lengths := f.lengths[:288]
	for i := range lengths {
		switch {
		case i < 144:
			lengths[i] = 8
		case i < 256:
			lengths[i] = 9
		case i < 280:
			lengths[i] = 7
		default:
			lengths[i] = 8
		}
	}
	_ = f.literals.build(lengths, literalSymbols[:])
	for i := range 32 {
		lengths[i] = 5
	}
	_ = f.distances.build(lengths[:32], distanceSymbols[:])
}

// dynamicTables reads the tables of a block that brings its own.
func (f *inflater) dynamicTables() error {
	f.fixed = false
	head, ok := f.take(14)
	literals, distances, lengths := int(head&31)+257, int(head>>5&31)+1, int(head>>10)+4
	if !ok {
		return errCutOff
	}
	if literals > 286 || distances > 30 {
		return fmt.Errorf("%w: a code with %d and %d symbols", errInflate, literals, distances)
	}
	var own [19]uint8
	for _, at := range lengthOrder[:lengths] {
		n, ok := f.take(3)
		if !ok {
			return errCutOff
		}
		own[at] = uint8(n)
	}
	if err := f.literals.build(own[:], lengthSymbols[:]); err != nil {
		return err
	}
	if err := f.readLengths(literals + distances); err != nil {
		return err
	}
	if f.lengths[256] == 0 {
		return fmt.Errorf("%w: a block without an end", errInflate)
	}
	if err := f.distances.build(f.lengths[literals:literals+distances], distanceSymbols[:]); err != nil {
		return err
	}
	return f.literals.build(f.lengths[:literals], literalSymbols[:])
}

// readLengths reads n lengths of words, which are packed by a code of their own.
func (f *inflater) readLengths(n int) error {
	table, mask := &f.literals.table, uint64(1)<<f.literals.primary-1
	for i := 0; i < n; {
		f.refill() // enough for a word and what follows it
		e := table[f.bits&mask]
		if e.kind() == noCode {
			return fmt.Errorf("%w: a code that there is not", errInflate)
		}
		f.bits >>= e.length()
		f.n -= e.length()
		value, times := uint8(e.value()), 1
		if value >= 16 {
			extra := repeats[value-16]
			if value == 16 {
				if i == 0 {
					return fmt.Errorf("%w: nothing to repeat", errInflate)
				}
				value = f.lengths[i-1]
			} else {
				value = 0
			}
			times = extra.least + int(f.bits&(1<<extra.bits-1))
			f.bits >>= extra.bits
			f.n -= extra.bits
		}
		if f.n < 0 || i+times > n {
			return errCutOff
		}
		for ; times > 0; times-- {
			f.lengths[i] = value
			i++
		}
	}
	return nil
}

// repeats are the symbols 16 to 18 of the code of lengths: how often at least the
// length stands there, and how many bits say how often more.
var repeats = [3]struct{ least, bits int }{{3, 2}, {3, 3}, {11, 7}}
