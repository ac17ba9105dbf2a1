package pack

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"
)

// index is a pack's index: names, checksums and offsets of its entries.
type index struct {
	size    int // bytes of a name
	count   int
	fan     []byte
	names   []byte // sorted
	crcs    []byte
	offsets []int64  // in the order of the pack, with its end behind them
	order   []uint32 // places of names, in the order of the pack
	rank    []uint32 // places in the pack, in the order of names
	fine    []uint32 // for many names: by their first two bytes, how many come before
}

var errIndex = errors.New("the index is broken")

// parseIndex reads an index of version 2 for a pack of packSize bytes.
func parseIndex(data []byte, size int, packSize int64) (*index, error) {
	if len(data) < 8+1024+2*size || !bytes.Equal(data[:8], []byte{0xff, 't', 'O', 'c', 0, 0, 0, 2}) {
		return nil, fmt.Errorf("%w: it is no index of version 2", errIndex)
	}
	x := &index{size: size, fan: data[8 : 8+1024]}
	if err := x.checkFan(); err != nil {
		return nil, err
	}
	rest := data[8+1024 : len(data)-2*size]
	n := x.count
	if len(rest)/(size+8) < n {
		return nil, fmt.Errorf("%w: it is cut off", errIndex)
	}
	x.names, rest = rest[:n*size], rest[n*size:]
	x.crcs, rest = rest[:4*n], rest[4*n:]
	if n > manyNames {
		x.refine()
	}
	return x, x.readOffsets(rest[:4*n], rest[4*n:], packSize-int64(size))
}

// manyNames is from how many names on a finer table is worth its memory.
const manyNames = 1 << 13

// refine makes the finer table. Names that are not sorted are not found.
func (x *index) refine() {
	x.fine = make([]uint32, 1<<16+1)
	for n := range uint32(x.count) {
		x.fine[1+int(binary.BigEndian.Uint16(x.name(n)))]++
	}
	for i := range 1 << 16 {
		x.fine[i+1] += x.fine[i]
	}
}

func (x *index) checkFan() error {
	before := uint32(0)
	for i := 0; i < 1024; i += 4 {
		n := binary.BigEndian.Uint32(x.fan[i:])
		if n < before {
			return fmt.Errorf("%w: its table goes back", errIndex)
		}
		before = n
	}
	if before > 1<<30 {
		return fmt.Errorf("%w: %d objects", errIndex, before)
	}
	x.count = int(before)
	return nil
}

// readOffsets reads where the entries stand in a pack whose entries end at end.
// Those of a pack that is cut off stand behind its end, and are found broken when
// they are read.
func (x *index) readOffsets(short, long []byte, end int64) error {
	byName := make([]int64, x.count)
	for i := range byName {
		at := int64(binary.BigEndian.Uint32(short[4*i:]))
		if at&(1<<31) != 0 {
			n := int(at &^ (1 << 31))
			if n >= len(long)/8 {
				return fmt.Errorf("%w: offset %d of %d is not there", errIndex, n, len(long)/8)
			}
			at = int64(binary.BigEndian.Uint64(long[8*n:]))
		}
		if at < 12 || at > 1<<50 {
			return fmt.Errorf("%w: an entry stands at %d", errIndex, at)
		}
		byName[i] = at
	}
	x.order = orderOf(byName)
	x.rank, x.offsets = make([]uint32, x.count), make([]int64, x.count+1)
	for place, name := range x.order {
		x.rank[name], x.offsets[place] = uint32(place), byName[name]
	}
	x.offsets[x.count] = end
	if n := x.count; n > 0 {
		x.offsets[n] = max(end, x.offsets[n-1]+1)
	}
	return nil
}

// orderOf are the places of offsets, smallest first.
func orderOf(offsets []int64) []uint32 {
	const room = 28 // bits for a place; what is left is enough for packs of 64 GiB
	order, keys := make([]uint32, len(offsets)), make([]uint64, len(offsets))
	for i, at := range offsets {
		if at >= 1<<(64-room) || i >= 1<<room {
			return slowOrderOf(offsets)
		}
		keys[i] = uint64(at)<<room | uint64(i)
	}
	slices.Sort(keys)
	for i, key := range keys {
		order[i] = uint32(key & (1<<room - 1))
	}
	return order
}

func slowOrderOf(offsets []int64) []uint32 {
	order := make([]uint32, len(offsets))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortStableFunc(order, func(a, b uint32) int { return cmp.Compare(offsets[a], offsets[b]) })
	return order
}

// find is the place in the pack of the object called id.
func (x *index) find(id *ID) (place uint32, ok bool) {
	low, high := x.among(id)
	for low < high {
		mid := (low + high) / 2
		switch c := bytes.Compare(x.name(mid), id[:x.size]); {
		case c == 0:
			return x.rank[mid], true
		case c < 0:
			low = mid + 1
		default:
			high = mid
		}
	}
	return 0, false
}

// among is the range of names in which id must lie.
func (x *index) among(id *ID) (low, high uint32) {
	if x.fine != nil {
		first := int(binary.BigEndian.Uint16(id[:]))
		return x.fine[first], x.fine[first+1]
	}
	if id[0] > 0 {
		low = binary.BigEndian.Uint32(x.fan[4*int(id[0])-4:])
	}
	return low, binary.BigEndian.Uint32(x.fan[4*int(id[0]):])
}

func (x *index) name(n uint32) []byte { return x.names[int(n)*x.size : (int(n)+1)*x.size] }

// at is the place of the entry that begins at offset.
func (x *index) at(offset int64) (place uint32, ok bool) {
	n := sort.Search(x.count, func(i int) bool { return x.offsets[i] >= offset })
	return uint32(n), n < x.count && x.offsets[n] == offset
}

// crc is the checksum of the bytes of the entry at place.
func (x *index) crc(place uint32) uint32 {
	return binary.BigEndian.Uint32(x.crcs[4*int(x.order[place]):])
}
