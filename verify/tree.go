package verify

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
)

// DefaultChunk is how large the chunks of a tree are where nobody chose: large
// enough that a leaf is 1/8192 of what it stands for, small enough that reading
// one byte of a file does not mean hashing much of it.
const DefaultChunk = 256 << 10

const (
	// maxLeaves bounds a tree: 128 MB of leaves, a TiB in chunks of DefaultChunk.
	maxLeaves = 4 << 20
	// readSize is what a worker reads at a time. It stays in the processor's
	// nearest cache between reading and hashing, which a whole chunk would not.
	readSize = 32 << 10
)

// BuildTree hashes size bytes of r in chunks, as many at a time as there are
// processors, and returns the tree and its leaves, 32 bytes each. Tree.Leaves is
// left to the caller, who knows whether the leaves are kept. Nothing grows with
// the size but the leaves.
func BuildTree(r io.ReaderAt, size, chunk int64) (Tree, []byte, error) {
	if chunk < minChunk || chunk > maxChunk || size <= 0 {
		return Tree{}, nil, refuse(Malformed, "building a tree: %d bytes in chunks of %d; chunks have %d to %d bytes, and what is empty has no tree", size, chunk, minChunk, maxChunk)
	}
	n := (size + chunk - 1) / chunk
	if n > maxLeaves {
		return Tree{}, nil, refuse(TooLarge, "building a tree: %d chunks, more than %d; choose larger ones", n, maxLeaves)
	}
	leaves := make([]byte, n*sha256.Size)
	if err := hashLeaves(r, size, chunk, leaves); err != nil {
		return Tree{}, nil, err
	}
	return Tree{Chunk: chunk, Root: digestOf(rootOf(leaves))}, leaves, nil
}

// hashLeaves fills leaves. Workers take the next chunk each, so that a slow one
// holds up nobody.
func hashLeaves(r io.ReaderAt, size, chunk int64, leaves []byte) error {
	n := int64(len(leaves) / sha256.Size)
	workers := int(min(int64(runtime.GOMAXPROCS(0)), n))
	errs := make([]error, workers)
	var next atomic.Int64
	var wait sync.WaitGroup
	for w := range workers {
		wait.Go(func() {
			l := newLeafHasher()
			for i := next.Add(1) - 1; i < n; i = next.Add(1) - 1 {
				off := i * chunk
				if errs[w] = l.hash(r, off, min(chunk, size-off), leaves[i*sha256.Size:]); errs[w] != nil {
					next.Store(n) // the others need not go on
					return
				}
			}
		})
	}
	wait.Wait()
	return errors.Join(errs...)
}

// leafHasher is what a worker keeps: its buffer and its state.
type leafHasher struct {
	h   hash.Hash
	buf []byte
}

func newLeafHasher() *leafHasher {
	return &leafHasher{h: sha256.New(), buf: make([]byte, readSize)}
}

// hash puts the leaf of size bytes at off into the front of into.
func (l *leafHasher) hash(r io.ReaderAt, off, size int64, into []byte) error {
	l.h.Reset()
	l.h.Write([]byte{0})
	if err := feed(l.h, r, off, size, l.buf); err != nil {
		return err
	}
	l.h.Sum(into[:0])
	return nil
}

// feed reads exactly size bytes at off into w.
func feed(w io.Writer, r io.ReaderAt, off, size int64, buf []byte) error {
	for size > 0 {
		n, err := r.ReadAt(buf[:min(size, int64(len(buf)))], off)
		if n == 0 && err != nil {
			return err
		}
		if _, err := w.Write(buf[:n]); err != nil {
			return err
		}
		off, size = off+int64(n), size-int64(n)
	}
	return nil
}

// leafOf is the leaf of a chunk that is in memory.
func leafOf(chunk []byte) (sum [sha256.Size]byte) {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(chunk)
	h.Sum(sum[:0])
	return sum
}

// rootOf is the root over leaves (RFC 6962, 2.1). It keeps one node for each
// level: after leaf i those trees are full that end where i's binary form ends
// in ones.
func rootOf(leaves []byte) []byte {
	var stack [][sha256.Size]byte
	for i := 0; i*sha256.Size < len(leaves); i++ {
		node := [sha256.Size]byte(leaves[i*sha256.Size:])
		for level := i; level&1 == 1; level >>= 1 {
			node = nodeOf(stack[len(stack)-1], node)
			stack = stack[:len(stack)-1]
		}
		stack = append(stack, node)
	}
	root := stack[len(stack)-1]
	for i := len(stack) - 2; i >= 0; i-- {
		root = nodeOf(stack[i], root)
	}
	return root[:]
}

func nodeOf(left, right [sha256.Size]byte) [sha256.Size]byte {
	var both [1 + 2*sha256.Size]byte
	both[0] = 1
	copy(both[1:], left[:])
	copy(both[1+sha256.Size:], right[:])
	return sha256.Sum256(both[:])
}
