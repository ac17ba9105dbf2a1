package pack

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
)

var errInflate = errors.New("the compressed bytes are broken")

// inflater unpacks zlib streams. The checksum behind a stream is left alone:
// packs carry one over the compressed bytes, which is compared instead.
type inflater struct {
	in   bytes.Reader
	flat io.ReadCloser
}

// fill unpacks the beginning of src into all of dst.
func (f *inflater) fill(dst, src []byte) error {
	if len(src) < 2 || src[0]&0x0f != 8 || src[1]&0x20 != 0 || (int(src[0])<<8|int(src[1]))%31 != 0 {
		return fmt.Errorf("%w: they are no zlib stream", errInflate)
	}
	f.in.Reset(src[2:])
	if f.flat == nil {
		f.flat = flate.NewReader(&f.in)
	} else if err := f.flat.(flate.Resetter).Reset(&f.in, nil); err != nil {
		return err
	}
	if _, err := io.ReadFull(f.flat, dst); err != nil {
		return fmt.Errorf("%w: %w", errInflate, err)
	}
	return nil
}

// exactly unpacks src into dst and wants it to end there.
func (f *inflater) exactly(dst, src []byte) error {
	if err := f.fill(dst, src); err != nil {
		return err
	}
	var more [1]byte
	if n, err := f.flat.Read(more[:]); n != 0 || err != io.EOF {
		return fmt.Errorf("%w: they hold more than %d bytes", errInflate, len(dst))
	}
	return nil
}
