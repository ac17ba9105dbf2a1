package pack

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
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
	text, rest, ok := bytes.Cut(head[:n], []byte{0})
	name, length, spaced := bytes.Cut(text, []byte{' '})
	size, err := strconv.ParseInt(string(length), 10, 64)
	kind := kindNamed(string(name))
	if !ok || !spaced || err != nil || size < 0 || kind == None {
		return None, 0, nil, fmt.Errorf("its head %q is broken", head[:n])
	}
	return kind, size, looseContent{io.LimitReader(io.MultiReader(bytes.NewReader(rest), z), size), file}, nil
}

// get reads the whole object called id.
func (l *loose) get(id *ID) (Kind, []byte, error) {
	kind, size, r, err := l.open(id)
	if err != nil {
		return None, nil, err
	}
	defer r.Close()
	if size > maxObject {
		return kind, nil, ErrLarge
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		return kind, nil, &Fault{ID: *id, Err: fmt.Errorf("the loose object %s: %w: %w", id.Hex(l.size), errInflate, err)}
	}
	return kind, data, nil
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
