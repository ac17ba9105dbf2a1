package pack

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
)

// loose reads the objects that stand in files of their own.
type loose struct {
	dirs []string
	size int
}

// maxLooseHead is more than the bytes of "commit <size>\0".
const maxLooseHead = 32

// open opens the object called id and reads its head.
func (l *loose) open(id *ID) (kind Kind, size int64, r io.ReadCloser, err error) {
	name := id.Hex(l.size)
	for _, dir := range l.dirs {
		file, err := os.Open(filepath.Join(dir, name[:2], name[2:]))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return None, 0, nil, err
		}
		kind, size, r, err := readLoose(file)
		if err != nil {
			file.Close()
			return None, 0, nil, &Fault{ID: *id, Err: fmt.Errorf("the loose object %s: %w", name, err)}
		}
		return kind, size, r, nil
	}
	return None, 0, nil, fs.ErrNotExist
}

// looseContent is the content of an open loose object.
type looseContent struct {
	io.Reader
	file io.Closer
}

func (c looseContent) Close() error { return c.file.Close() }

// readLoose reads the head of the loose object in file.
func readLoose(file io.ReadCloser) (Kind, int64, io.ReadCloser, error) {
	z, err := zlib.NewReader(file)
	if err != nil {
		return None, 0, nil, fmt.Errorf("%w: %w", errInflate, err)
	}
	head := make([]byte, maxLooseHead)
	n, err := io.ReadFull(z, head)
	if err != nil && err != io.ErrUnexpectedEOF {
		return None, 0, nil, fmt.Errorf("%w: %w", errInflate, err)
	}
	kind, size, length, err := looseHead(head[:n])
	if err != nil {
		return None, 0, nil, err
	}
	rest := bytes.NewReader(head[min(length, n):n])
	return kind, size, looseContent{io.LimitReader(io.MultiReader(rest, z), size), file}, nil
}

// get reads the whole object called id.
func (l *loose) get(id *ID, r *reader) (Kind, []byte, error) {
	name := id.Hex(l.size)
	for _, dir := range l.dirs {
		packed, err := r.file(filepath.Join(dir, name[:2], name[2:]))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if errors.Is(err, ErrLarge) {
			return None, nil, err
		}
		var kind Kind
		var data []byte
		if err == nil {
			kind, data, err = r.inf.loose(packed, r.room)
		}
		if err != nil && !errors.Is(err, ErrLarge) {
			err = &Fault{ID: *id, Err: fmt.Errorf("the loose object %s: %w", name, err)}
		}
		return kind, data, err
	}
	return None, nil, fs.ErrNotExist
}

// file reads a file that may have as many bytes as an object in memory. They are
// valid until the next call.
func (r *reader) file(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > maxObject {
		return nil, ErrLarge
	}
	if int64(cap(r.large)) < info.Size() {
		r.large = make([]byte, 2*info.Size())
	}
	data := r.large[:info.Size()]
	_, err = io.ReadFull(file, data)
	return data, err
}

// room is memory for n bytes of an object: new, or that of the last object where
// whoever asks has done with it.
func (r *reader) room(n int) []byte {
	if !r.lends {
		return make([]byte, n)
	}
	if cap(r.lent) < n {
		r.lent = make([]byte, n+n/4)
	}
	return r.lent[:n]
}

// loose unpacks an object with its head before it, into what room gives.
func (f *inflater) loose(packed []byte, room func(int) []byte) (Kind, []byte, error) {
	var start [maxLooseHead]byte
	head := start[:]
	if err := f.fill(head, packed); err != nil && f.out == 0 {
		return None, nil, err
	}
	kind, size, length, err := looseHead(head[:f.out])
	if err != nil {
		return None, nil, err
	}
	if size > maxObject {
		return kind, nil, ErrLarge
	}
	data := room(length + int(size))
	if err := f.exactly(data, packed); err != nil {
		return kind, nil, err
	}
	if end := f.pos - f.n>>3; end+4 > len(packed) || binary.BigEndian.Uint32(packed[end:]) != adler32.Checksum(data) {
		return kind, nil, fmt.Errorf("%w: their checksum is another", errInflate)
	}
	return kind, data[length:], nil
}

// looseHead reads "<kind> <size>\0" at the beginning of head.
func looseHead(head []byte) (kind Kind, size int64, length int, err error) {
	text, _, ok := bytes.Cut(head, []byte{0})
	name, number, spaced := bytes.Cut(text, []byte{' '})
	size, err = strconv.ParseInt(string(number), 10, 64)
	kind = kindNamed(string(name))
	if !ok || !spaced || err != nil || size < 0 || kind == None {
		return None, 0, 0, fmt.Errorf("its head %q is broken", head)
	}
	return kind, size, len(text) + 1, nil
}

// EachLoose calls fn with the name of every loose object.
func (s *Store) EachLoose(fn func(id ID) error) error {
	for _, dir := range s.loose.dirs {
		for b := range 256 {
			prefix := fmt.Sprintf("%02x", b)
			entries, err := os.ReadDir(filepath.Join(dir, prefix))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return err
			}
			for _, e := range entries {
				if id, ok := ParseID(prefix + e.Name()); ok && len(e.Name()) == 2*s.size-2 {
					if err := fn(id); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

func (l *loose) has(id *ID) bool {
	name := id.Hex(l.size)
	for _, dir := range l.dirs {
		if _, err := os.Stat(filepath.Join(dir, name[:2], name[2:])); err == nil {
			return true
		}
	}
	return false
}

// LooseSize is the kind and the size of an object in a file of its own.
func (s *Store) LooseSize(id *ID) (Kind, int64, error) {
	kind, size, r, err := s.loose.open(id)
	if err != nil {
		return None, 0, err
	}
	return kind, size, r.Close()
}
