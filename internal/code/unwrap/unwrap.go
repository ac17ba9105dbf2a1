// Package unwrap finds what is written inside a file: in archives, in
// compressed streams, in notebooks, in base64 and other encodings.
//
// It exists because a credential is as public in a committed jar or in the
// base64 of a manifest as it is in plain text, and a reader of bytes doesn't
// see it there. Everything here is meant for hostile input: it looks at bytes
// and never at names, writes nothing to disk, and a Walk bounds what may come
// out of one file, so that no archive can cost more than its size explains.
package unwrap

import (
	"fmt"
	"io"
)

// Bounds of what is looked into. They hold for one file together with all that
// is nested in it.
const (
	// MaxDepth is how many containers and encodings are opened inside one another.
	MaxDepth = 4
	// MaxHeld is the largest archive that is kept in memory, and all that is
	// kept of one file at a time.
	MaxHeld = 64 << 20
	// MaxTotal is the most bytes that come out of one file.
	MaxTotal = 256 << 20
	// MaxRatio is how many times its own size a file may hold beyond freeBytes.
	MaxRatio = 200
	// MaxEntry is the most bytes that one entry of an archive may have.
	MaxEntry = 128 << 20
	// MaxEntries is the most entries of all archives in one file.
	MaxEntries = 50_000
	// MaxName is how many bytes of an entry's name are kept.
	MaxName = 200

	freeBytes = 16 << 20
)

// Walk is the looking into one file. It belongs to one goroutine.
type Walk struct {
	Opened  int          `json:"o,omitempty"` // archives, compressed streams and notebooks
	Texts   int          `json:"t,omitempty"` // that came out of them
	Decoded int          `json:"d,omitempty"` // runs of encoded text
	Bytes   int64        `json:"n,omitempty"` // of all that came out
	Cut     string       `json:"c,omitempty"` // the first bound that was met; empty where nothing was left out
	Broken  bool         `json:"b,omitempty"` // something begins like an archive and could not be read to its end
	Unread  map[Kind]int `json:"u,omitempty"` // what there is no reader for, by kind

	left    int64
	entries int
	held    int64
}

// NewWalk begins the looking into a file of size bytes.
func NewWalk(size int64) *Walk {
	return &Walk{left: min(MaxTotal, freeBytes+MaxRatio*max(min(size, MaxTotal), 0))}
}

// Entry is one text or file inside a container.
type Entry struct {
	Name    string // as the archive has it, cut; empty in a compressed stream
	Content io.Reader
	Size    int64 // about; less than 0 where it is not known
	// Tagged is set for text amid tags, as in the documents of office programs.
	Tagged bool
}

// Tells says whether there was anything to look into.
func (w *Walk) Tells() bool {
	return w.Opened+w.Decoded > 0 || w.Cut != "" || w.Broken || len(w.Unread) > 0
}

func (w *Walk) cut(format string, args ...any) {
	if w.Cut == "" {
		w.Cut = fmt.Sprintf(format, args...)
	}
}

// TooDeep notes that something lies deeper than MaxDepth.
func (w *Walk) TooDeep() { w.cut("it holds more than %d things inside one another", MaxDepth) }

// TooLarge notes that an archive is larger than MaxHeld.
func (w *Walk) TooLarge() { w.cut("it is, or holds, an archive of more than %d MiB", MaxHeld>>20) }

// CannotRead notes something of a kind that there is no reader for.
func (w *Walk) CannotRead(kind Kind) {
	if w.Unread == nil {
		w.Unread = map[Kind]int{}
	}
	w.Unread[kind]++
}

// Hold reads r, which has at most MaxHeld bytes, into memory. Release gives the
// memory back; it is nil where r is too large, and then that is noted.
func (w *Walk) Hold(r io.Reader) (data []byte, release func()) {
	room := MaxHeld - w.held
	data, err := io.ReadAll(io.LimitReader(r, room+1))
	if err != nil {
		w.Broken = true
	}
	size := int64(len(data))
	if size > room {
		w.TooLarge()
		return nil, nil
	}
	w.held += size
	return data, func() { w.held -= size }
}

// decode charges for n bytes that a run of encoded text gives.
func (w *Walk) decode(n int) bool {
	if int64(n) > w.left {
		w.tooMuch()
		return false
	}
	w.left -= int64(n)
	w.Bytes += int64(n)
	return true
}

func (w *Walk) tooMuch() {
	w.cut("it holds more than %d times its size, or more than %d MiB", MaxRatio, MaxTotal>>20)
}

// metered is an entry's content under the bounds of w. What is broken ends
// early: what came before counts.
type metered struct {
	r    io.Reader
	walk *Walk
	left int64
}

func (w *Walk) meter(r io.Reader) io.Reader { return &metered{r, w, MaxEntry} }

func (m *metered) Read(p []byte) (int, error) {
	room := min(int64(len(p)), m.left, m.walk.left)
	if room == 0 && len(p) > 0 {
		return 0, m.atLimit()
	}
	n, err := m.r.Read(p[:room])
	m.left -= int64(n)
	m.walk.left -= int64(n)
	m.walk.Bytes += int64(n)
	if err != nil && err != io.EOF {
		m.walk.Broken, err = true, io.EOF
	}
	return n, err
}

// atLimit tells an end from a cut.
func (m *metered) atLimit() error {
	var one [1]byte
	for range 100 {
		n, err := m.r.Read(one[:])
		if n > 0 {
			if m.left == 0 {
				m.walk.cut("it has an entry of more than %d MiB", MaxEntry>>20)
			}
			m.walk.tooMuch()
			return io.EOF
		}
		if err != nil {
			break
		}
	}
	return io.EOF
}

// enter counts an entry; it is false where there were too many.
func (w *Walk) enter() bool {
	if w.entries++; w.entries > MaxEntries {
		w.cut("it has more than %d entries", MaxEntries)
		return false
	}
	return true
}

// clip cuts a name to MaxName bytes.
func clip(name string) string {
	if len(name) > MaxName {
		return name[:MaxName-len("…")] + "…"
	}
	return name
}
