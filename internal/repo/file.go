package repo

import (
	"context"
	"io"
)

// File is one file of the snapshot under examination.
type File struct {
	Path   string // slash-separated, relative to the snapshot's root
	Size   int64  // bytes
	Mode   Mode
	Digest string // "sha256:<hex>" of the bytes, or "git:<hex>" for a file read from an object
	// Tracked is false for a file of the work tree that git does not know.
	Tracked bool
	// Blob is the name that git gives these bytes, in hex, where reading the listing
	// gave it; "" where it did not. Whoever examined that blob knows the file.
	Blob string
}

// Mode says what kind of thing a path holds.
type Mode uint8

const (
	Regular Mode = iota
	Executable
	Symlink
	Submodule // a commit of another repository; has no content here
)

// Snapshot is the set of files under examination: a work tree, or the tree of a
// commit where there is no work tree. It is read once and does not change.
type Snapshot interface {
	// Files lists all files, sorted by path. The slice is shared: do not write to it.
	Files() []File
	// Open opens a regular file's content. It never follows a symbolic link and
	// never leaves the root.
	Open(ctx context.Context, f File) (io.ReadCloser, error)
}

// WindowSize is the most bytes that Windows hands over at once, and Overlap how
// many of them a window shares with the one before it.
const (
	WindowSize = 8 << 20
	Overlap    = 64 << 10
)

// Window is a run of a file's bytes.
type Window struct {
	Data   []byte
	Offset int64 // of Data[0] in the file
	Line   int   // number of the line in which Data[0] stands, from 1
	Fresh  int   // Data[:Fresh] was the end of the window before
}

// Windows reads r to its end and calls fn with overlapping windows of it, in
// order, so that a file of any size is read in constant memory. A file of up to
// WindowSize bytes is one window. The window's bytes are only valid during the
// call. Size is a hint and may be wrong.
func Windows(r io.Reader, size int64, fn func(Window) error) error {
	n := int64(WindowSize)
	if size >= 0 && size < n {
		n = size + 512
	}
	buf := make([]byte, n)
	w := Window{Line: 1}
	have := 0
	for {
		read, err := io.ReadFull(r, buf[have:])
		have += read
		if err == nil && len(buf) < WindowSize { // size was too small a hint
			buf = append(buf, make([]byte, WindowSize-len(buf))...)
			continue
		}
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return err
		}
		w.Data = buf[:have]
		if err := fn(w); err != nil || last {
			return err
		}
		keep := buf[have-Overlap : have]
		w.Line += countLines(buf[:have-Overlap])
		w.Offset += int64(have - Overlap)
		w.Fresh = copy(buf, keep)
		have = w.Fresh
	}
}
