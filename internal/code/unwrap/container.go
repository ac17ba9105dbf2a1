package unwrap

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Each calls fn with everything in the container that r reads. Content is only
// valid during the call. An error is fn's; what is wrong with the container is
// noted in w.
func (w *Walk) Each(kind Kind, r io.Reader, fn func(Entry) error) error {
	w.Opened++
	switch kind {
	case Zip:
		data, release := w.Hold(r)
		if release == nil {
			return nil
		}
		defer release()
		return w.zip(data, fn)
	case Tar:
		return w.tar(r, fn)
	}
	stream, err := w.decompress(kind, bufio.NewReader(r))
	if err != nil {
		w.Broken = true
		return nil
	}
	w.Texts++
	return fn(Entry{Content: w.meter(stream), Size: -1})
}

// maxWindow is the largest window of a zstd stream that is kept in memory. Those
// made with the usual levels have 8 MiB at most.
const maxWindow = 16 << 20

func (w *Walk) decompress(kind Kind, r io.Reader) (io.Reader, error) {
	switch kind {
	case Gzip:
		return gzip.NewReader(r)
	case Bzip2:
		return w.bzip2(r), nil
	case Zstd:
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	case Zlib:
		return zlib.NewReader(r)
	}
	return nil, errors.New("no reader for " + string(kind))
}

func (w *Walk) tar(r io.Reader, fn func(Entry) error) error {
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil && !errors.Is(err, tar.ErrInsecurePath) {
			w.Broken = true
			return nil
		}
		if !w.enter() {
			return nil
		}
		if header.Typeflag != tar.TypeReg && header.Typeflag != tar.TypeGNUSparse || header.Size == 0 {
			continue
		}
		if isSparse(header) && header.Size > min(w.left, MaxEntry) {
			w.CannotRead(Sparse)
			continue
		}
		w.Texts++
		if err := fn(Entry{Name: clip(header.Name), Content: w.meter(archive), Size: header.Size}); err != nil || w.left == 0 {
			return err
		}
	}
}

// isSparse says whether the reader makes up zeros for what an entry leaves out.
func isSparse(h *tar.Header) bool {
	if h.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for key := range h.PAXRecords {
		if strings.HasPrefix(key, "GNU.sparse.") {
			return true
		}
	}
	return false
}
