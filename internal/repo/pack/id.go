// Package pack reads git's object store by itself: packs, loose objects and
// those of repositories borrowed from.
//
// It exists for speed. A history is mostly deltas: each version of a file is
// stored as what it copies from another version and what it adds. Asked through
// the git program, every version comes whole and one at a time, and whoever
// looks at all of them reads the same bytes again and again. Here every entry of
// a pack is inflated once, each version is handed over together with the
// stretches that it copies, and whoever reads can do with what is new.
//
// An object store is hostile. Sizes are bounded before anything is allocated,
// chains may not lead in circles, the checksum of every entry is compared, and
// what is broken is named with its pack and offset while the rest goes on.
// What is sound but beyond the bounds is left to the git program.
package pack

import "encoding/hex"

// ID is an object's name in binary: SHA-1 or SHA-256, zero padded.
type ID [32]byte

// ParseID reads a name in hex.
func ParseID(text string) (id ID, ok bool) {
	if len(text) != 40 && len(text) != 64 {
		return id, false
	}
	_, err := hex.Decode(id[:], []byte(text))
	return id, err == nil
}

// Hex is the name as git writes it, for names of size bytes.
func (id ID) Hex(size int) string { return hex.EncodeToString(id[:size]) }

func idOf(raw []byte) (id ID) {
	copy(id[:], raw)
	return id
}

// Kind says what an object is. The numbers are those in packs.
type Kind uint8

const (
	None   Kind = 0
	Commit Kind = 1
	Tree   Kind = 2
	Blob   Kind = 3
	Tag    Kind = 4

	offsetDelta Kind = 6
	nameDelta   Kind = 7
)

func (k Kind) String() string {
	switch k {
	case Commit:
		return "commit"
	case Tree:
		return "tree"
	case Blob:
		return "blob"
	case Tag:
		return "tag"
	}
	return "unknown"
}

// kindNamed is the kind that a loose object's head names.
func kindNamed(name string) Kind {
	for k := Commit; k <= Tag; k++ {
		if k.String() == name {
			return k
		}
	}
	return None
}
