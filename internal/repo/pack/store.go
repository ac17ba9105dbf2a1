package pack

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Store is the objects of one repository. Objects in packs have numbers, in the
// order of the packs, so that tables can be kept by number. It is read once; only
// where an object is not there any more it is looked for in what came later.
type Store struct {
	size  int // bytes of a name
	packs []*packFile
	first []uint32 // number of the first object of each pack, and of none behind the last
	loose *loose
	heads heads

	again    sync.Once
	reopened *Store // see since
}

// packFile is one open pack.
type packFile struct {
	*index
	name  string // of the file, for people
	file  *os.File
	start uint32 // number of the first object
}

// ErrUnsupported is the cause where an object store is sound, for all we know,
// but made in a way that this package does not read.
var ErrUnsupported = errors.New("not supported")

// maxIndex bounds the index that is taken into memory: about 60 million objects.
const maxIndex = 2 << 30

// Open opens the object folders of a repository whose names have size bytes.
func Open(dirs []string, size int) (*Store, error) {
	s := &Store{size: size, first: []uint32{0}}
	for _, dir := range dirs {
		if err := s.openPacks(filepath.Join(dir, "pack")); err != nil {
			s.Close()
			return nil, err
		}
	}
	s.loose = &loose{dirs: dirs, size: size}
	return s, nil
}

// since is the store as it is on disk now, nil where that cannot be read. Git
// packs loose objects behind our back once they are many, and takes them away.
func (s *Store) since() *Store {
	s.again.Do(func() {
		if later, err := Open(s.loose.dirs, s.size); err == nil {
			s.reopened = later
		}
	})
	return s.reopened
}

// Close closes the packs.
func (s *Store) Close() {
	if s.reopened != nil {
		s.reopened.Close()
	}
	for _, p := range s.packs {
		p.file.Close()
	}
}

func (s *Store) openPacks(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, e := range entries {
		base, isPack := strings.CutSuffix(e.Name(), ".pack")
		if !isPack {
			continue
		}
		p, err := openPack(filepath.Join(dir, base), s.size)
		if errors.Is(err, fs.ErrNotExist) {
			continue // a pack without an index is one that is being written
		}
		if err != nil {
			return fmt.Errorf("opening the pack %s: %w", e.Name(), err)
		}
		p.start = s.first[len(s.packs)]
		n := p.start + uint32(p.count)
		if n >= 1<<31 {
			p.file.Close()
			return fmt.Errorf("opening the pack %s: %w: more than %d objects", e.Name(), ErrUnsupported, 1<<31)
		}
		s.packs, s.first = append(s.packs, p), append(s.first, n)
	}
	return nil
}

// openPack opens base.pack with base.idx.
func openPack(base string, size int) (*packFile, error) {
	info, err := os.Stat(base + ".idx")
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxIndex {
		return nil, fmt.Errorf("%w: an index of %d bytes", ErrUnsupported, info.Size())
	}
	data, err := os.ReadFile(base + ".idx")
	if err != nil {
		return nil, err
	}
	file, err := os.Open(base + ".pack")
	if err != nil {
		return nil, err
	}
	p := &packFile{name: filepath.Base(base) + ".pack", file: file}
	if err := p.init(data, size); err != nil {
		file.Close()
		return nil, err
	}
	return p, nil
}

func (p *packFile) init(data []byte, size int) error {
	info, err := p.file.Stat()
	if err != nil {
		return err
	}
	var head [12]byte
	if _, err := p.file.ReadAt(head[:], 0); err != nil {
		return err
	}
	if version := binary.BigEndian.Uint32(head[4:]); string(head[:4]) != "PACK" || version != 2 && version != 3 {
		return fmt.Errorf("%w: it begins with %q", ErrUnsupported, head[:8])
	}
	p.index, err = parseIndex(data, size, info.Size())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	return nil
}

// Len is how many numbers there are. An object that is in two packs has two.
func (s *Store) Len() int { return int(s.first[len(s.packs)]) }

// IDSize is the bytes of a name.
func (s *Store) IDSize() int { return s.size }

// Find is the number of the object called id, where a pack has it.
func (s *Store) Find(id *ID) (no uint32, ok bool) {
	for i, p := range s.packs {
		if place, ok := p.find(id); ok {
			return s.first[i] + place, true
		}
	}
	return 0, false
}

// ID is the name of object no.
func (s *Store) ID(no uint32) ID {
	p, place := s.where(no)
	return idOf(p.nameAt(place))
}

// nameAt is the name of the entry at place.
func (p *packFile) nameAt(place uint32) []byte { return p.index.name(p.order[place]) }

// where is the pack of object no and its place there.
func (s *Store) where(no uint32) (*packFile, uint32) {
	i, found := slices.BinarySearch(s.first, no)
	if !found {
		i--
	}
	for s.packs[i].count == 0 {
		i++
	}
	return s.packs[i], no - s.first[i]
}

// Fault is an object that cannot be read.
type Fault struct {
	ID     ID
	Pack   string // or the folder of loose objects
	Offset int64
	Err    error
}

func (f *Fault) Error() string {
	if f.Pack == "" {
		return f.Err.Error()
	}
	return fmt.Sprintf("%s at offset %d: %v", f.Pack, f.Offset, f.Err)
}

func (f *Fault) Unwrap() error { return f.Err }

func (s *Store) fault(no uint32, err error) *Fault {
	p, place := s.where(no)
	return &Fault{s.ID(no), p.name, p.offsets[place], err}
}

// Has says whether the object called id is in a pack or in a file of its own.
func (s *Store) Has(id *ID) bool {
	if _, packed := s.Find(id); packed || s.loose.has(id) {
		return true
	}
	if later := s.since(); later != nil {
		_, packed := later.Find(id)
		return packed
	}
	return false
}
