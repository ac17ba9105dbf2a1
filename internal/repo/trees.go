package repo

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// trees are the folders of the history. Objects have numbers here: those of the
// packs their own, others the numbers behind them.
type trees struct {
	store *pack.Store
	bulk  [][]treeEntry // by number, of trees in packs

	mu     sync.Mutex
	names  map[string]uint32
	texts  []string
	others map[pack.ID]uint32
	ids    []pack.ID
}

// treeEntry is an entry of a folder. Submodules are left out.
type treeEntry struct {
	object uint32
	name   uint32 // with isFolder for a folder
}

const isFolder = 1 << 31

const (
	// manyObjects is the number of objects from which trees are read in bulk.
	manyObjects = 300
	// maxEntries bounds the entries of all folders in memory: 8 bytes each.
	maxEntries = 40 << 20
)

var errEntries = fmt.Errorf("%w: the folders of the history have more than %d entries", pack.ErrUnsupported, maxEntries)

func newTrees(s *pack.Store) *trees {
	return &trees{store: s, names: map[string]uint32{}, others: map[pack.ID]uint32{}}
}

// id is the name of an object by number.
func (t *trees) id(object uint32) pack.ID {
	if n := t.store.Len(); int(object) >= n {
		return t.ids[int(object)-n]
	}
	return t.store.ID(object)
}

// number is the number of an object, here or missing.
func (t *trees) number(id *pack.ID) uint32 {
	if no, ok := t.store.Find(id); ok {
		return no
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	no, known := t.others[*id]
	if !known {
		no = uint32(t.store.Len() + len(t.ids))
		t.others[*id] = no
		t.ids = append(t.ids, *id)
	}
	return no
}

// count is how many numbers have been given out.
func (t *trees) count() int { return t.store.Len() + len(t.ids) }

func (t *trees) name(text []byte) uint32 {
	t.mu.Lock()
	defer t.mu.Unlock()
	n, known := t.names[string(text)]
	if !known {
		n = uint32(len(t.texts))
		name := string(text)
		t.names[name] = n
		t.texts = append(t.texts, name)
	}
	return n
}

// placedEntry is an entry with where it stands in its tree.
type placedEntry struct {
	treeEntry
	from, to uint32
}

// folder is a tree while others are made from it.
type folder struct{ entries []placedEntry }

// read reads all trees of the packs, of each only the entries that it does not
// have from the tree that it is made from.
func (t *trees) read(ctx context.Context) error {
	t.bulk = make([][]treeEntry, t.store.Len())
	arenas := make([]arena, runtime.GOMAXPROCS(0))
	var mu sync.Mutex
	total := 0
	result, err := t.store.Walk(ctx, pack.Tree, func(uint32) bool { return true }, func(worker int, o pack.Object, base any) (any, error) {
		from, _ := base.(*folder)
		f, err := t.parse(o.Data, o.Runs, from)
		if err != nil {
			return nil, nil // it is read again when it is needed, and told of then
		}
		t.bulk[o.No] = arenas[worker].keep(f.entries)
		mu.Lock()
		defer mu.Unlock()
		if total += len(f.entries); total > maxEntries {
			return nil, errEntries
		}
		return f, nil
	})
	if err == nil && len(result.Large) > 0 {
		err = fmt.Errorf("reading trees: %w", pack.ErrLarge)
	}
	return err
}

// arena keeps entries in few large pieces.
type arena struct{ rest []treeEntry }

func (a *arena) keep(entries []placedEntry) []treeEntry {
	if len(a.rest) < len(entries) {
		a.rest = make([]treeEntry, max(1<<15, len(entries)))
	}
	kept := a.rest[:len(entries):len(entries)]
	a.rest = a.rest[len(entries):]
	for i, e := range entries {
		kept[i] = e.treeEntry
	}
	return kept
}

var errTree = errors.New("the tree is broken")

// parse reads the entries of a tree. Those that lie whole in a run are those of
// base, which have been read.
func (t *trees) parse(data []byte, runs []pack.Run, base *folder) (*folder, error) {
	f := &folder{}
	if base != nil {
		f.entries = make([]placedEntry, 0, len(base.entries)+8)
	}
	known := 0 // of base's entries
	for pos := 0; pos < len(data); {
		for len(runs) > 0 && pos >= runs[0].To+runs[0].Len {
			runs = runs[1:]
			known = 0
		}
		if base != nil && len(runs) > 0 && pos >= runs[0].To {
			var ok bool
			if pos, known, ok = f.carry(pos, runs[0], base, known); ok {
				continue
			}
		}
		e, ok := t.parseEntry(data, pos)
		if !ok {
			return nil, errTree
		}
		pos = int(e.to)
		f.entries = append(f.entries, e)
	}
	return f, nil
}

// carry takes over the entries of base from the one at pos to the end of run.
func (f *folder) carry(pos int, run pack.Run, base *folder, known int) (int, int, bool) {
	from, end := uint32(pos-run.To+run.From), uint32(run.From+run.Len)
	if known == 0 {
		known = firstFrom(base.entries, from)
	}
	began := pos
	for ; known < len(base.entries); known++ {
		e := base.entries[known]
		if e.from < from {
			continue
		}
		if e.from > from || e.to > end {
			break
		}
		from = e.to
		length := e.to - e.from
		e.from, e.to = uint32(pos), uint32(pos)+length
		pos += int(length)
		f.entries = append(f.entries, e)
	}
	return pos, known, pos > began
}

// firstFrom is the first of entries that begins at from or later.
func firstFrom(entries []placedEntry, from uint32) int {
	low, high := 0, len(entries)
	for low < high {
		if mid := (low + high) / 2; entries[mid].from < from {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// submodule stands for the object of an entry that is not followed.
const submodule = 1<<32 - 1

// parseEntry reads the entry at pos: "<mode> <name>\0<object>".
func (t *trees) parseEntry(data []byte, pos int) (e placedEntry, ok bool) {
	mode, name, id, to, ok := splitEntry(data, pos, t.store.IDSize())
	if !ok {
		return e, false
	}
	e.from, e.to = uint32(pos), uint32(to)
	if mode&0o170000 == 0o160000 {
		e.object = submodule
		return e, true
	}
	e.object, e.name = t.number(&id), t.name(name)
	if mode&0o170000 == 0o040000 {
		e.name |= isFolder
	}
	return e, true
}

func splitEntry(data []byte, pos, size int) (mode uint32, name []byte, id pack.ID, to int, ok bool) {
	at := pos
	for ; at < len(data) && data[at] != ' '; at++ {
		if data[at] < '0' || data[at] > '7' || at-pos > 8 {
			return 0, nil, id, 0, false
		}
		mode = mode<<3 | uint32(data[at]-'0')
	}
	end := bytes.IndexByte(data[min(at, len(data)):], 0)
	if end < 2 || at+end+1+size > len(data) {
		return 0, nil, id, 0, false
	}
	end += at
	copy(id[:], data[end+1:end+1+size])
	return mode, data[at+1 : end], id, end + 1 + size, true
}

// entries are those of the tree with that number, from g where they have not
// been read in bulk.
func (t *trees) entries(g *pack.Getter, object uint32) ([]treeEntry, error) {
	if int(object) < len(t.bulk) && t.bulk[object] != nil {
		return t.bulk[object], nil
	}
	id := t.id(object)
	data, err := readTree(g, &id, t.store.IDSize())
	if err != nil {
		return nil, err
	}
	f, err := t.parse(data, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id.Hex(t.store.IDSize()), err)
	}
	var a arena
	return a.keep(f.entries), nil
}

func readTree(g *pack.Getter, id *pack.ID, size int) ([]byte, error) {
	kind, data, err := g.Get(id)
	if errors.Is(err, fs.ErrNotExist) && isEmptyTree(id, size) {
		return nil, nil // git knows it without having it
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the tree %s is not in this copy of the repository", id.Hex(size))
	}
	if err == nil && kind != pack.Tree {
		err = fmt.Errorf("%s is a %s where a tree should be", id.Hex(size), kind)
	}
	return data, err
}

// isEmptyTree says whether id is the name of the tree without entries.
func isEmptyTree(id *pack.ID, size int) bool {
	head := binary.BigEndian.Uint64(id[:])
	return size == 20 && head == 0x4b825dc642cb6eb9 || size == 32 && head == 0x6ef19b41225c5369
}
