package unwrap

import (
	"compress/bzip2"
	"io"
)

// Bounds of what is read of a stream of bzip2, which takes ten times as long to
// unpack as others do: text has a fifth of its size there, and only what was made
// to be packed well has less than a sixteenth.
const (
	slowRatio = 16
	slowFree  = 4 << 20
)

// slow is what a stream of bzip2 holds, within its own bounds.
type slow struct {
	walk   *Walk
	packed *counted
	r      io.Reader
	n      int64
}

func (w *Walk) bzip2(r io.Reader) io.Reader {
	packed := &counted{r: r}
	return &slow{w, packed, bzip2.NewReader(packed), 0}
}

func (s *slow) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if n > 0 && s.n >= slowFree+slowRatio*s.packed.n {
		s.walk.cut("it holds more than %d times its size, and more than %d MiB, in bzip2, which is slow to unpack", slowRatio, slowFree>>20)
		return 0, io.EOF
	}
	s.n += int64(n)
	return n, err
}

// counted counts the bytes that are read through it.
type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}
