package repo

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"sync"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
)

// digests remembers the digest of each file by what lstat says of it, so that a
// second run reads no file that has not changed. It is only a memory: a broken
// one is dropped and every file is read again.
type digests struct {
	old     map[string]stamp // as loaded; read only
	written time.Time        // when old was written

	mu  sync.Mutex
	new map[string]stamp
}

// stamp is what lstat tells of a file, and the SHA-256 of its content then, and
// the name that git gives it.
type stamp struct {
	size, mtime, ctime int64
	inode              uint64
	sum                [sha256.Size]byte
	blob               [sha256.Size]byte // zeros behind a shorter name, and for none
}

const digestsMagic = "plimsoll digests 2\n"

// racy is how close to our own writing a file's time may be and still be
// trusted: within it, a change might leave size and time as they were.
const racy = 2 * time.Second

func (d *digests) lookup(path string, info fs.FileInfo) (stamp, bool) {
	was, ok := d.old[path]
	now := stampOf(info)
	now.sum, now.blob = was.sum, was.blob
	if !ok || now != was || time.Unix(0, max(was.mtime, was.ctime)).After(d.written.Add(-racy)) {
		return stamp{}, false
	}
	d.mu.Lock()
	d.new[path] = was
	d.mu.Unlock()
	return was, true
}

// tell puts what is known of the content into f. Names have idSize bytes.
func (s *stamp) tell(f *File, idSize int) {
	f.Digest = "sha256:" + hex.EncodeToString(s.sum[:])
	if s.blob != [sha256.Size]byte{} {
		f.Blob = hex.EncodeToString(s.blob[:idSize])
	}
}

func (d *digests) put(path string, s stamp) {
	d.mu.Lock()
	d.new[path] = s
	d.mu.Unlock()
}

func stampOf(info fs.FileInfo) stamp {
	s := stamp{size: info.Size(), mtime: info.ModTime().UnixNano()}
	s.ctime, s.inode = systemStamp(info)
	return s
}

func digestsPath(stateDir string) string { return filepath.Join(stateDir, "digests") }

func loadDigests(stateDir string) *digests {
	d := &digests{old: map[string]stamp{}, new: map[string]stamp{}}
	if stateDir == "" {
		return d
	}
	file, err := os.Open(digestsPath(stateDir))
	if err != nil {
		return d
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return d
	}
	old, err := readDigests(bufio.NewReaderSize(file, 1<<20))
	if err != nil {
		return d
	}
	d.old, d.written = old, info.ModTime()
	return d
}

// readDigests reads what save wrote; any oddity is an error.
func readDigests(r io.Reader) (map[string]stamp, error) {
	data, err := durable.ReadSealed(r, digestsMagic)
	if err != nil {
		return nil, err
	}
	old := make(map[string]stamp, len(data)/128)
	for len(data) > 0 {
		if len(data) < 2 {
			return nil, io.ErrUnexpectedEOF
		}
		n := int(binary.LittleEndian.Uint16(data))
		const fixed = 8*4 + 2*sha256.Size
		if len(data) < 2+n+fixed {
			return nil, io.ErrUnexpectedEOF
		}
		path, rest := string(data[2:2+n]), data[2+n:]
		s := stamp{
			size:  int64(binary.LittleEndian.Uint64(rest)),
			mtime: int64(binary.LittleEndian.Uint64(rest[8:])),
			ctime: int64(binary.LittleEndian.Uint64(rest[16:])),
			inode: binary.LittleEndian.Uint64(rest[24:]),
		}
		copy(s.sum[:], rest[32:])
		copy(s.blob[:], rest[32+sha256.Size:])
		old[path] = s
		data = rest[fixed:]
	}
	return old, nil
}

// save writes the digests for the next run, where they differ from those that
// were loaded. Failing to is no fault of the run: it only costs the next one time.
func (d *digests) save(stateDir string) {
	if stateDir == "" || d.unchanged() {
		return
	}
	paths := make([]string, 0, len(d.new))
	for path := range d.new {
		if len(path) < 1<<16 {
			paths = append(paths, path)
		}
	}
	sort.Strings(paths)
	var data []byte
	for _, path := range paths {
		s := d.new[path]
		data = binary.LittleEndian.AppendUint16(data, uint16(len(path)))
		data = append(data, path...)
		for _, n := range []uint64{uint64(s.size), uint64(s.mtime), uint64(s.ctime), s.inode} {
			data = binary.LittleEndian.AppendUint64(data, n)
		}
		data = append(append(data, s.sum[:]...), s.blob[:]...)
	}
	_ = durable.WriteSealed(digestsPath(stateDir), digestsMagic, data)
}

func (d *digests) unchanged() bool {
	if len(d.old) != len(d.new) {
		return false
	}
	for path, s := range d.new {
		if d.old[path] != s {
			return false
		}
		// Racy when it was loaded, settled now: write it once more, so that the
		// next run need not read the file.
		if time.Unix(0, max(s.mtime, s.ctime)).After(d.written.Add(-racy)) {
			return false
		}
	}
	return true
}
