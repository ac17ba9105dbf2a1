package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// File verifies the file at path: it is opened once, and what is hashed is what
// that descriptor gives. It is found among the permit's deliverables by size and
// digest; its name is a hint. What happens to the file afterwards is not known
// to anybody: to use what was verified, use Open.
func File(path string, b *Bundle) (Permit, error) {
	h, err := open(path, b, false)
	if err != nil {
		return Permit{}, err
	}
	defer h.Close()
	return h.Permit(), nil
}

// Descriptor verifies an open file, whatever its name is or was.
func Descriptor(f *os.File, b *Bundle) (Permit, error) {
	s, err := stampOf(f)
	if err != nil {
		return Permit{}, err
	}
	h := &Held{file: f}
	if err := h.verify(s, b, false); err != nil {
		return Permit{}, err
	}
	return h.permit, nil
}

// Open verifies the file at path and keeps its descriptor. Held.ReadAt gives
// what was verified and nothing else, even where somebody writes to the file
// afterwards.
func Open(path string, b *Bundle) (*Held, error) { return open(path, b, true) }

func open(path string, b *Bundle, keep bool) (*Held, error) {
	if err := b.ready(); err != nil {
		return nil, err
	}
	f, s, err := fromProcess().regular(path)
	if err != nil {
		return nil, err
	}
	h := &Held{file: f}
	if err := h.verify(s, b, keep); err != nil {
		f.Close()
		return nil, err
	}
	return h, nil
}

// Held is a file that was verified and is kept open.
type Held struct {
	file   *os.File
	permit Permit
	chunks *chunks
}

// Permit is what the verification gave.
func (h *Held) Permit() Permit { return h.permit }

// Size is that of the content.
func (h *Held) Size() int64 { return h.permit.Deliverable().Size }

// Close lets the file go.
func (h *Held) Close() error { return h.file.Close() }

// ReadAt gives verified content. Each chunk is hashed again as it is read, so
// that a write to the file since then is found and refused.
func (h *Held) ReadAt(p []byte, off int64) (int, error) { return h.chunks.ReadAt(p, off) }

// verify finds the deliverable that f is. With keep, the leaves are kept, and
// made where the permit has no tree.
func (h *Held) verify(s stamped, b *Bundle, keep bool) error {
	if err := b.ready(); err != nil {
		return err
	}
	size := s.info.Size()
	candidates := b.candidates(filepath.Base(h.file.Name()), size)
	if len(candidates) == 0 {
		return b.notAmong(h.file.Name(), size, "")
	}
	d, sums, err := match(h.file, size, candidates, keep)
	if changed := s.unchanged(h.file); changed != nil {
		return changed
	}
	switch {
	case errors.Is(err, io.EOF):
		return refuse(Changed, "reading %s: it ended before its size", h.file.Name())
	case err != nil:
		return unreadable(h.file.Name(), err)
	case d == nil:
		return b.notAmong(h.file.Name(), size, sums.digest)
	}
	h.permit = b.grant(*d)
	h.chunks = newChunks(h.file, size, sums.chunk, sums.leaves)
	return b.Remember()
}

// candidates are the files of this size, those with this name first.
func (b *Bundle) candidates(name string, size int64) []Deliverable {
	var named, others []Deliverable
	for _, d := range b.statement.Predicate.Deliverables {
		switch {
		case d.Kind != KindFile || d.Size != size:
		case filepath.Base(d.Name) == name:
			named = append(named, d)
		default:
			others = append(others, d)
		}
	}
	return append(named, others...)
}

// sums are what is known of a file so far; each is computed once.
type sums struct {
	digest string
	chunk  int64
	leaves []byte
	root   string
}

// match finds the candidate that f is, nil if it is none of them.
func match(f *os.File, size int64, candidates []Deliverable, keep bool) (*Deliverable, sums, error) {
	var s sums
	for i, d := range candidates {
		var err error
		switch {
		case d.Tree != nil:
			err = s.tree(f, size, d.Tree.Chunk)
		case keep && size > 0 && s.leaves == nil:
			err = s.both(f, size)
		default:
			err = s.whole(f, size)
		}
		if err != nil {
			return nil, s, err
		}
		if d.Tree != nil && s.root == d.Tree.Root || d.Tree == nil && s.digest == d.Digest {
			return &candidates[i], s, nil
		}
	}
	return nil, s, nil
}

func (s *sums) tree(f *os.File, size, chunk int64) error {
	if s.chunk == chunk {
		return nil
	}
	t, leaves, err := BuildTree(f, size, chunk)
	if err != nil {
		return err
	}
	s.chunk, s.leaves, s.root = chunk, leaves, t.Root
	return nil
}

func (s *sums) whole(f *os.File, size int64) error {
	if s.digest != "" {
		return nil
	}
	h := sha256.New()
	if err := feed(h, f, 0, size, make([]byte, readSize)); err != nil {
		return err
	}
	s.digest = digestOf(h.Sum(nil))
	return nil
}

// both hashes the whole and the chunks of the very same bytes, so that what the
// leaves stand for later is what the digest stood for.
func (s *sums) both(f io.ReaderAt, size int64) error {
	h := sha256.New()
	chunk := int64(DefaultChunk)
	for size > chunk*maxLeaves {
		chunk *= 2
	}
	buf, leaves := make([]byte, min(chunk, size)), []byte(nil)
	for off := int64(0); off < size; off += chunk {
		part := buf[:min(chunk, size-off)]
		if n, err := f.ReadAt(part, off); n < len(part) {
			return err
		}
		leaf := leafOf(part)
		h.Write(part)
		leaves = append(leaves, leaf[:]...)
	}
	s.digest, s.chunk, s.leaves, s.root = digestOf(h.Sum(nil)), chunk, leaves, digestOf(rootOf(leaves))
	return nil
}

func digestOf(sum []byte) string { return "sha256:" + hex.EncodeToString(sum) }

// chunks reads content whose leaves are known, a chunk at a time.
type chunks struct {
	r           io.ReaderAt
	size, chunk int64
	leaves      []byte

	mu   sync.Mutex
	buf  []byte
	held int64 // number of the chunk in buf, -1 for none
}

func newChunks(r io.ReaderAt, size, chunk int64, leaves []byte) *chunks {
	return &chunks{r: r, size: size, chunk: chunk, leaves: leaves, held: -1}
}

// ReadAt implements io.ReaderAt. Not a byte of a chunk is given before all of it
// was hashed. It keeps one chunk, since most who read go on from there.
func (c *chunks) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, refuse(Malformed, "reading verified content: a position of %d", off)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for n < len(p) && off < c.size {
		if err := c.load(off / c.chunk); err != nil {
			return n, err
		}
		got := copy(p[n:], c.buf[off%c.chunk:])
		n, off = n+got, off+int64(got)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (c *chunks) load(i int64) error {
	if c.held == i {
		return nil
	}
	c.held = -1
	want := min(c.chunk, c.size-i*c.chunk)
	if int64(cap(c.buf)) < want {
		c.buf = make([]byte, min(c.chunk, c.size))
	}
	c.buf = c.buf[:want]
	if n, err := c.r.ReadAt(c.buf, i*c.chunk); int64(n) < want {
		if errors.Is(err, io.EOF) {
			return refuse(Changed, "reading verified content: it ends at byte %d, expected %d", i*c.chunk+int64(n), c.size)
		}
		return unreadable("verified content", err)
	}
	leaf := leafOf(c.buf)
	if !bytes.Equal(leaf[:], c.leaves[i*sha256.Size:(i+1)*sha256.Size]) {
		return refuse(Changed, "reading verified content: chunk %d (bytes %d to %d) is not what the permit names", i, i*c.chunk, i*c.chunk+want)
	}
	c.held = i
	return nil
}
