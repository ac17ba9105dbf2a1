package pack

import (
	"fmt"
	"math/bits"
)

// code is what a table has for the next bits: how many of them make the code,
// what kind of symbol it is, how many extra bits follow, and its value.
type code uint32

const (
	noCode = iota
	literal
	match
	endOfBlock
	subTable
)

func newCode(kind, extra, value int) code { return code(kind<<5 | extra<<8 | value<<16) }

func (c code) length() int { return int(c & 31) }
func (c code) kind() int   { return int(c >> 5 & 7) }
func (c code) extra() int  { return int(c >> 8 & 31) }
func (c code) value() int  { return int(c >> 16) }

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
	var count, next [maxLength + 2]int
	longest := 0
	for _, n := range lengths {
		count[n]++
		longest = max(longest, int(n))
	}
	count[0] = 0
	left := 1
	for n := 1; n <= maxLength; n++ {
		left = left<<1 - count[n]
		if left < 0 {
			return fmt.Errorf("%w: a code with too many words", errInflate)
		}
		next[n+1] = (next[n] + count[n]) << 1
	}
	if left > 0 && longest > 1 {
		return fmt.Errorf("%w: a code with too few words", errInflate)
	}
	h.primary = max(min(longest, maxPrimary), 1)
	if left > 0 {
		clear(h.table[:1<<h.primary])
	}
	return h.place(lengths, symbol, &next, longest)
}

// place enters each symbol wherever its code begins the next bits.
func (h *huffman) place(lengths []uint8, symbol []code, next *[maxLength + 2]int, longest int) error {
	size, second := 1<<h.primary, longest-h.primary
	free := size
	var opened [1 << maxPrimary / 64]uint64 // first tables' entries that lead on
	for s, n := range lengths {
		if n == 0 {
			continue
		}
		word := int(bits.Reverse16(uint16(next[n])) >> (16 - n))
		next[n]++
		entry := symbol[s] | code(n)
		if int(n) <= h.primary {
			for i := word; i < size; i += 1 << n {
				h.table[i] = entry
			}
			continue
		}
		first := word & (size - 1)
		if opened[first/64]>>(first%64)&1 == 0 {
			opened[first/64] |= 1 << (first % 64)
			if free+1<<second > tableSize {
				return fmt.Errorf("%w: a code that is too long", errInflate)
			}
			h.table[first] = newCode(subTable, second, free) | code(h.primary)
			free += 1 << second
		}
		start := h.table[first].value()
		for i := word >> h.primary; i < 1<<second; i += 1 << (int(n) - h.primary) {
			h.table[start+i] = entry
		}
	}
	return nil
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
	for i := 0; i < n; {
		f.refill()
		e := f.literals.table[f.bits&(1<<f.literals.primary-1)]
		if e.kind() == noCode {
			return fmt.Errorf("%w: a code that there is not", errInflate)
		}
		if _, ok := f.take(e.length()); !ok {
			return errCutOff
		}
		value, times := uint8(e.value()), 1
		var extra uint32
		ok := true
		switch value {
		case 16:
			if i == 0 {
				return fmt.Errorf("%w: nothing to repeat", errInflate)
			}
			value = f.lengths[i-1]
			extra, ok = f.take(2)
			times = 3 + int(extra)
		case 17:
			value = 0
			extra, ok = f.take(3)
			times = 3 + int(extra)
		case 18:
			value = 0
			extra, ok = f.take(7)
			times = 11 + int(extra)
		}
		if !ok || i+times > n {
			return errCutOff
		}
		for ; times > 0; times-- {
			f.lengths[i] = value
			i++
		}
	}
	return nil
}
