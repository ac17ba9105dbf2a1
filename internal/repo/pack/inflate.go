package pack

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var (
	errInflate  = errors.New("the compressed bytes are broken")
	errInflated = fmt.Errorf("%w: they hold more than the head says", errInflate)
	errCutOff   = fmt.Errorf("%w: they are cut off", errInflate)
)

// inflater unpacks zlib streams whose size is known, from memory to memory. The
// libraries do it through a window that they copy from, and keep state for being
// interrupted; with a million small entries that is most of the time. The
// checksum behind a stream is left alone: packs carry one over the compressed
// bytes, which is compared instead.
type inflater struct {
	src, dst []byte
	pos, out int
	bits     uint64 // read ahead from src; more than n may be valid
	n        int
	exact    bool // an end behind dst is an error, and so is none

	literals, distances huffman
	fixed               bool // they are those of fixed blocks
	lengths             [320]uint8
}

// fill unpacks the beginning of src into all of dst.
func (f *inflater) fill(dst, src []byte) error { return f.run(dst, src, false) }

// exactly unpacks src into dst and wants it to end there.
func (f *inflater) exactly(dst, src []byte) error { return f.run(dst, src, true) }

func (f *inflater) run(dst, src []byte, exact bool) error {
	f.src, f.dst, f.pos, f.out, f.bits, f.n, f.exact = src, dst, 2, 0, 0, 0, exact
	if len(src) < 2 || src[0]&0x0f != 8 || src[1]&0x20 != 0 || (int(src[0])<<8|int(src[1]))%31 != 0 {
		return fmt.Errorf("%w: they are no zlib stream", errInflate)
	}
	for last := false; !last; {
		head, ok := f.take(3)
		if !ok {
			return errCutOff
		}
		last = head&1 != 0
		var err error
		switch head >> 1 {
		case 0:
			err = f.stored()
		case 1:
			f.fixedTables()
			err = f.block()
		case 2:
			if err = f.dynamicTables(); err == nil {
				err = f.block()
			}
		default:
			err = fmt.Errorf("%w: a block of no kind", errInflate)
		}
		if err != nil {
			return err
		}
		if !exact && f.out == len(dst) {
			return nil
		}
	}
	if f.out < len(dst) {
		return fmt.Errorf("%w: they hold %d bytes instead of %d", errInflate, f.out, len(dst))
	}
	return nil
}

// refill reads ahead, at least 56 bits where there are so many.
func (f *inflater) refill() {
	if f.pos+8 <= len(f.src) {
		f.bits |= binary.LittleEndian.Uint64(f.src[f.pos:]) << f.n
		f.pos += (63 - f.n) >> 3
		f.n |= 56
		return
	}
	for f.n <= 55 && f.pos < len(f.src) {
		f.bits |= uint64(f.src[f.pos]) << f.n
		f.pos++
		f.n += 8
	}
}

// take takes n bits, no more than 16.
func (f *inflater) take(n int) (uint32, bool) {
	if f.n < n {
		if f.refill(); f.n < n {
			return 0, false
		}
	}
	v := uint32(f.bits & (1<<n - 1))
	f.bits >>= n
	f.n -= n
	return v, true
}

// stored copies a block that is not compressed.
func (f *inflater) stored() error {
	f.pos -= f.n >> 3
	f.bits, f.n = 0, 0
	if f.pos+4 > len(f.src) {
		return errCutOff
	}
	size, check := int(binary.LittleEndian.Uint16(f.src[f.pos:])), int(binary.LittleEndian.Uint16(f.src[f.pos+2:]))
	f.pos += 4
	if size != check^0xffff {
		return fmt.Errorf("%w: a length that is not its own", errInflate)
	}
	if f.pos+size > len(f.src) {
		return errCutOff
	}
	if size > len(f.dst)-f.out && f.exact {
		return errInflated
	}
	f.out += copy(f.dst[f.out:], f.src[f.pos:f.pos+size])
	f.pos += size
	return nil
}

// fastRoom is how far from the ends of both sides block goes without looking
// out for them: a match of the greatest length, copied eight bytes at a time, and
// two reads ahead.
const (
	fastRoom  = 258 + 16
	fastAhead = 16
)

// quick unpacks by the tables for as long as there is room on both sides, where
// nothing needs to be asked but what the code is. It says whether the block ended.
func (f *inflater) quick() (ended bool, _ error) {
	src, dst := f.src, f.dst
	bits, n, out, pos := f.bits, f.n, f.out, f.pos
	literals, distances := &f.literals.table, &f.distances.table
	primary, distancePrimary := f.literals.primary&31, f.distances.primary&31
	literalMask, distanceMask := uint64(1)<<primary-1, uint64(1)<<distancePrimary-1
	lastOut, lastPos := len(dst)-fastRoom, len(src)-fastAhead
	for out <= lastOut && pos <= lastPos {
		bits |= binary.LittleEndian.Uint64(src[pos:]) << (n & 63)
		pos += (63 - n) >> 3
		n |= 56
		e := literals[bits&literalMask]
		if e.isLiteral() {
			bits >>= e & 31
			n -= e.length()
			dst[out] = byte(e >> 16)
			out++
			if e = literals[bits&literalMask]; e.isLiteral() {
				bits >>= e & 31
				n -= e.length()
				dst[out] = byte(e >> 16)
				out++
				if e = literals[bits&literalMask]; e.isLiteral() {
					bits >>= e & 31
					n -= e.length()
					dst[out] = byte(e >> 16)
					out++
					continue
				}
			}
			bits |= binary.LittleEndian.Uint64(src[pos:]) << (n & 63)
			pos += (63 - n) >> 3
			n |= 56
		}
		if e.kind() == subTable {
			e = literals[uint64(e.value())+bits>>primary&(1<<(e>>8&31)-1)]
		}
		bits >>= e & 31
		n -= e.length()
		if e.kind() != match {
			if e.isLiteral() {
				dst[out] = byte(e >> 16)
				out++
				continue
			}
			f.bits, f.n, f.out, f.pos = bits, n, out, pos
			if e.kind() == endOfBlock {
				return true, nil
			}
			return false, fmt.Errorf("%w: a code that there is not", errInflate)
		}
		length := e.value() + int(bits&(1<<(e>>8&31)-1))
		bits >>= e >> 8 & 31
		n -= e.extra()
		e = distances[bits&distanceMask]
		if e.kind() == subTable {
			e = distances[uint64(e.value())+bits>>distancePrimary&(1<<(e>>8&31)-1)]
		}
		bits >>= e & 31
		distance := e.value() + int(bits&(1<<(e>>8&31)-1))
		bits >>= e >> 8 & 31
		n -= e.length() + e.extra()
		if e.kind() != match || distance > out {
			return false, fmt.Errorf("%w: a copy from before the beginning", errInflate)
		}
		if distance < 8 || length > 64 {
			repeat(dst, out, distance, length)
			out += length
			continue
		}
		from, to := dst[out-distance:], dst[out:]
		for i := 0; i < length; i += 8 {
			binary.LittleEndian.PutUint64(to[i:], binary.LittleEndian.Uint64(from[i:]))
		}
		out += length
	}
	f.bits, f.n, f.out, f.pos = bits, n, out, pos
	return false, nil
}

// block unpacks a block by the tables.
func (f *inflater) block() error {
	if ended, err := f.quick(); ended || err != nil {
		return err
	}
	src, dst := f.src, f.dst
	bits, n, out := f.bits, f.n, f.out
	literals, distances := &f.literals.table, &f.distances.table
	literalMask, distanceMask := uint64(1)<<f.literals.primary-1, uint64(1)<<f.distances.primary-1
	for {
		if f.pos+8 <= len(src) {
			bits |= binary.LittleEndian.Uint64(src[f.pos:]) << n
			f.pos += (63 - n) >> 3
			n |= 56
		} else {
			f.bits, f.n = bits, n
			f.refill()
			bits, n = f.bits, f.n
		}
		e := literals[bits&literalMask]
		if e.kind() == subTable {
			e = literals[uint64(e.value())+bits>>f.literals.primary&(1<<e.extra()-1)]
		}
		if n -= e.length(); n < 0 {
			return errCutOff
		}
		bits >>= e.length()
		switch e.kind() {
		case literal:
			if out == len(dst) {
				return f.full(out)
			}
			dst[out] = byte(e.value())
			out++
			continue
		case endOfBlock:
			f.bits, f.n, f.out = bits, n, out
			return nil
		case noCode:
			return fmt.Errorf("%w: a code that there is not", errInflate)
		}
		length := e.value() + int(bits&(1<<e.extra()-1))
		bits >>= e.extra()
		n -= e.extra()
		e = distances[bits&distanceMask]
		if e.kind() == subTable {
			e = distances[uint64(e.value())+bits>>f.distances.primary&(1<<e.extra()-1)]
		}
		bits >>= e.length()
		distance := e.value() + int(bits&(1<<e.extra()-1))
		bits >>= e.extra()
		if n -= e.length() + e.extra(); n < 0 {
			return errCutOff
		}
		if e.kind() != match || distance > out {
			return fmt.Errorf("%w: a copy from before the beginning", errInflate)
		}
		if length > len(dst)-out {
			if f.exact {
				return errInflated
			}
			repeat(dst, out, distance, len(dst)-out)
			return f.full(len(dst))
		}
		repeat(dst, out, distance, length)
		out += length
	}
}

// full ends the unpacking at the end of dst, where there would be more.
func (f *inflater) full(out int) error {
	f.out = out
	if f.exact {
		return errInflated
	}
	return nil
}

// repeat copies length bytes of dst from distance before out to out. They may overlap.
func repeat(dst []byte, out, distance, length int) {
	if distance >= length {
		copy(dst[out:out+length], dst[out-distance:])
		return
	}
	end := out + length
	for out < end { // each time what is there has doubled
		out += copy(dst[out:end], dst[out-distance:out])
		distance += distance
	}
}
