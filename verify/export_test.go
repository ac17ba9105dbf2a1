package verify

import (
	"io"
	"os"
)

// DescriptorThrough is Descriptor, with something between the file and who reads
// it, so that a test can change the file at a moment of its choice.
func DescriptorThrough(f *os.File, b *Bundle, through func(io.ReaderAt) io.ReaderAt) (*Held, error) {
	s, err := stampOf(f)
	if err != nil {
		return nil, err
	}
	h := &Held{file: f, from: through(f)}
	return h, h.verify(s, b, true)
}

// ReadAtFrom reads from the beginning of r as ReadAt would, were it the file.
func (h *Held) ReadAtFrom(r io.ReaderAt, p []byte) (int, error) {
	return newChunks(r, h.chunks.size, h.chunks.chunk, h.chunks.leaves).ReadAt(p, 0)
}

// FollowOCI reads a document of the layout at dir and verifies what it names, as
// OCI does once a permit names it.
func FollowOCI(dir string, data []byte, media string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	d, err := readOCI("a document", data, media)
	if err != nil {
		return err
	}
	return newOCIWalk(ociLayout{root}).follow("a document", d, 0)
}

// CheckName is checkName.
func CheckName(s string) error { return checkName("the name", s) }

// Unambiguous is unambiguous.
func Unambiguous(data []byte) error { return unambiguous("it", data) }

// DecodeSigned is decodeSigned.
func DecodeSigned(data []byte, into any) error { return decodeSigned("it", data, into) }
