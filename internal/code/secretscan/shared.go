package secretscan

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/code/unwrap"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// file examines a file of the work tree, of about size bytes: one that is a blob
// of the history just examined is known already.
func (s *scanner) file(r io.Reader, size int64) (*examined, error) {
	if size > repo.WindowSize {
		return s.read(r, size)
	}
	buffer := s.buffers.get(size + 1)
	defer s.buffers.put(buffer)
	n, err := io.ReadFull(r, buffer)
	if err == nil { // it grew while it was read
		return s.read(io.MultiReader(bytes.NewReader(buffer), r), -1)
	}
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	data := buffer[:n]
	if s.history != nil {
		if known, ok := s.history.result(s.history.nameOf(data)); ok {
			return known, nil
		}
	}
	return s.readBytes(data, inside{Walk: unwrap.NewWalk(size)})
}

// buffers are memory to use again: nothing that is told of a text shares its bytes.
type buffers struct{ sync.Pool }

func (b *buffers) get(size int64) []byte {
	if old, _ := b.Get().(*[]byte); old != nil && int64(cap(*old)) >= size {
		return (*old)[:size]
	}
	return make([]byte, size, max(size, 64<<10))
}

func (b *buffers) put(buffer []byte) { b.Put(&buffer) }

// nameOf is the name that git gives a blob with the content data, by the hash
// that the names at hand are made with.
func (b *blobs) nameOf(data []byte) string {
	var h hash.Hash = sha1.New()
	if b.long {
		h = sha256.New()
	}
	fmt.Fprintf(h, "blob %d\x00", len(data))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// result is what was seen in a blob.
func (b *blobs) result(oid string) (*examined, bool) {
	size, ok := b.sizes[oid]
	if !ok {
		return nil, false
	}
	return &examined{sightings: b.found[oid], bytes: size, skipped: int(b.cut[oid][0]), more: b.cut[oid][1] > 0,
		walk: b.inside[oid], pointer: b.lfs[oid]}, true
}
