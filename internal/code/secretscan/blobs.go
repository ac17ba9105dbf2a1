package secretscan

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/code/unwrap"
)

// blobs is what is known of the blobs of a history: which were examined, how
// large they were, and what was seen in those few that hold anything.
type blobs struct {
	mu      sync.Mutex
	sizes   map[string]int64 // by name in hex, of every blob examined
	found   map[string][]sighting
	cut     map[string][2]int64     // places skipped; 1 where there were too many credentials
	inside  map[string]*unwrap.Walk // what they held, of those that are containers or hold encoded text
	lfs     map[string]bool         // the Git LFS pointers among them
	bytes   int64
	skipped int64
	more    int64
	err     error
	long    bool // the names are SHA-256
}

func newBlobs() *blobs {
	return &blobs{sizes: map[string]int64{}, found: map[string][]sighting{}, cut: map[string][2]int64{}, inside: map[string]*unwrap.Walk{}, lfs: map[string]bool{}}
}

// put returns what takes the result on the blob called oid.
func (b *blobs) put(oid string) func(*examined, error) error {
	return func(result *examined, err error) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if err != nil {
			b.err = err
			return err
		}
		b.sizes[oid] = result.bytes
		b.long = len(oid) == 2*sha256.Size
		if len(result.sightings) > 0 {
			b.found[oid] = result.sightings
		}
		if result.walk != nil {
			b.inside[oid] = result.walk
		}
		if result.pointer {
			b.lfs[oid] = true
		}
		if result.skipped > 0 || result.more {
			limit := [2]int64{int64(result.skipped), 0}
			if result.more {
				limit[1] = 1
			}
			b.cut[oid] = limit
		}
		return nil
	}
}

func (b *blobs) has(oid string) bool { _, ok := b.sizes[oid]; return ok }

func (b *blobs) len() int { return len(b.sizes) }

func (b *blobs) count() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.sizes)
}

// add takes over what other knows, which is not used any more.
func (b *blobs) add(other *blobs) {
	b.long = b.long || other.long
	if b.len() == 0 {
		b.sizes, b.found, b.cut, b.inside, b.lfs = other.sizes, other.found, other.cut, other.inside, other.lfs
		return
	}
	maps.Copy(b.sizes, other.sizes)
	maps.Copy(b.found, other.found)
	maps.Copy(b.cut, other.cut)
	maps.Copy(b.inside, other.inside)
	maps.Copy(b.lfs, other.lfs)
}

// keep forgets the blobs that keep is false for, and adds up the rest.
func (b *blobs) keep(keep func(oid string) bool) {
	b.bytes, b.skipped, b.more = 0, 0, 0
	for oid, size := range b.sizes {
		if !keep(oid) {
			delete(b.sizes, oid)
			delete(b.found, oid)
			delete(b.cut, oid)
			delete(b.inside, oid)
			delete(b.lfs, oid)
			continue
		}
		b.bytes += size
	}
	for _, cut := range b.cut {
		b.skipped += cut[0]
		b.more += cut[1]
	}
}

// withSightings lists the blobs that hold something, sorted.
func (b *blobs) withSightings() []string { return slices.Sorted(maps.Keys(b.found)) }

// encode writes the names and sizes, sorted, and then as JSON what is rare.
func (b *blobs) encode() []byte {
	var data []byte
	names := slices.Sorted(maps.Keys(b.sizes))
	data = binary.AppendUvarint(data, uint64(len(names)))
	for _, oid := range names {
		raw, err := hex.DecodeString(oid)
		if err != nil {
			return nil // a name that git would not give: keep nothing
		}
		data = append(data, byte(len(raw)))
		data = append(data, raw...)
		data = binary.AppendUvarint(data, uint64(b.sizes[oid]))
	}
	rest, err := json.Marshal(rareParts{b.found, b.cut, b.inside, b.lfs})
	if err != nil {
		return nil
	}
	return append(data, rest...)
}

// rareParts are the parts of blobs that few of them have.
type rareParts struct {
	Found  map[string][]sighting   `json:"found"`
	Cut    map[string][2]int64     `json:"cut"`
	Inside map[string]*unwrap.Walk `json:"inside"`
	LFS    map[string]bool         `json:"lfs"`
}

// decodeBlobs reads what encode wrote under key of memo; anything broken gives
// no blobs at all, and they are examined again.
func decodeBlobs(memo *check.Memo, key string) *blobs {
	data, _ := memo.Get(key)
	b := newBlobs()
	n, size := binary.Uvarint(data)
	if size <= 0 {
		return b
	}
	data = data[size:]
	for ; n > 0; n-- {
		if len(data) == 0 || len(data) <= int(data[0]) {
			return newBlobs()
		}
		end := 1 + int(data[0])
		oid := hex.EncodeToString(data[1:end])
		length, size := binary.Uvarint(data[end:])
		if size <= 0 {
			return newBlobs()
		}
		b.sizes[oid] = int64(length)
		data = data[end+size:]
	}
	var rare rareParts
	if err := json.NewDecoder(bytes.NewReader(data)).Decode(&rare); err != nil {
		return newBlobs()
	}
	if rare.Found != nil {
		b.found = rare.Found
	}
	if rare.Cut != nil {
		b.cut = rare.Cut
	}
	if rare.Inside != nil {
		b.inside = rare.Inside
	}
	if rare.LFS != nil {
		b.lfs = rare.LFS
	}
	return b
}
