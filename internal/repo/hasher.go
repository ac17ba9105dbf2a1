package repo

import (
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
)

// hasher hashes files one after another with one buffer.
type hasher struct {
	buf    []byte
	digest hash.Hash
	blob   hash.Hash // of git's kind
}

// newHasher makes a hasher that gives blobs names of idSize bytes.
func newHasher(idSize int) *hasher {
	h := &hasher{buf: make([]byte, 256<<10), digest: sha256.New(), blob: sha1.New()}
	if idSize == sha256.Size {
		h.blob = sha256.New()
	}
	return h
}

// file adds to at what the bytes are of the file that Lstat told of; no name of
// git's where they were not as many as Lstat said.
func (h *hasher) file(root *os.Root, name string, info fs.FileInfo, at *stamp) error {
	file, err := openSame(root, name, info)
	if err != nil {
		return err
	}
	defer file.Close()
	h.digest.Reset()
	h.blob.Reset()
	fmt.Fprintf(h.blob, "blob %d\x00", info.Size())
	size := int64(0)
	for {
		n, err := file.Read(h.buf)
		h.digest.Write(h.buf[:n])
		h.blob.Write(h.buf[:n])
		size += int64(n)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	h.digest.Sum(at.sum[:0])
	if size == info.Size() {
		h.blob.Sum(at.blob[:0])
	}
	return nil
}
