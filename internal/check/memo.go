package check

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
)

// Memo is what one check keeps between runs: byte strings by key. It belongs to
// the check, its rules and the tool; when any of them is another, it is empty.
// Its methods may be called from several goroutines.
type Memo struct {
	path, magic string

	mu    sync.Mutex
	old   map[string][]byte // as loaded; read only
	lent  map[string][]byte // of another memo; read only, and asked before old
	used  map[string][]byte // asked for or put in this run
	moved bool              // used differs from old
}

// NewMemo is a memo that is kept in no file.
func NewMemo() *Memo { return &Memo{old: map[string][]byte{}, used: map[string][]byte{}} }

// OpenMemo reads the memo called name of identity from the folder dir. A memo
// that is broken or somebody else's is an empty one, and so is that of no folder.
func OpenMemo(dir, name, identity string) *Memo {
	m := NewMemo()
	if dir == "" {
		return m
	}
	m.path = filepath.Join(dir, name)
	m.magic = "plimsoll memo 1\n" + identity + "\n"
	file, err := os.Open(m.path)
	if err != nil {
		return m
	}
	defer file.Close()
	data, err := durable.ReadSealed(file, m.magic)
	if err != nil {
		return m
	}
	if entries, err := decodeMemo(data); err == nil {
		m.old, m.used = entries, make(map[string][]byte, len(entries)+1)
	}
	return m
}

// Get returns what was put under key. The bytes are shared: do not write to them.
func (m *Memo) Get(key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if value, ok := m.used[key]; ok {
		return value, true
	}
	if value, ok := m.lent[key]; ok {
		m.used[key], m.moved = value, true
		return value, true
	}
	value, ok := m.old[key]
	if ok {
		m.used[key] = value
	}
	return value, ok
}

// Borrow lets m answer with what another memo of the same identity was loaded
// with. It is for examining another state of the same files: what a file gives is
// the same there, and neither memo forgets what the other needs.
func (m *Memo) Borrow(other *Memo) { m.lent = other.old }

// Put keeps value under key.
func (m *Memo) Put(key string, value []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.used[key] = value
	m.moved = true
}

// Save writes what this run used; what it did not ask for is forgotten.
func (m *Memo) Save() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.path == "" || (!m.moved && len(m.used) == len(m.old)) {
		return nil
	}
	return durable.WriteSealed(m.path, m.magic, encodeMemo(m.used))
}

func encodeMemo(entries map[string][]byte) []byte {
	keys, size := make([]string, 0, len(entries)), 0
	for key, value := range entries {
		keys = append(keys, key)
		size += len(key) + len(value) + 2*binary.MaxVarintLen32
	}
	slices.Sort(keys)
	data := make([]byte, 0, size)
	for _, key := range keys {
		data = binary.AppendUvarint(data, uint64(len(key)))
		data = append(data, key...)
		data = binary.AppendUvarint(data, uint64(len(entries[key])))
		data = append(data, entries[key]...)
	}
	return data
}

var errMemo = errors.New("the memo is cut off")

// decodeMemo reads what encodeMemo wrote. The values share data's memory.
func decodeMemo(data []byte) (map[string][]byte, error) {
	entries := map[string][]byte{}
	for len(data) > 0 {
		key, rest, err := field(data)
		if err != nil {
			return nil, err
		}
		value, rest, err := field(rest)
		if err != nil {
			return nil, err
		}
		entries[string(key)] = value
		data = rest
	}
	return entries, nil
}

// field takes a length and that many bytes off the front of data.
func field(data []byte) (value, rest []byte, err error) {
	n, size := binary.Uvarint(data)
	if size <= 0 || n > uint64(len(data)-size) {
		return nil, nil, errMemo
	}
	end := size + int(n)
	return data[size:end:end], data[end:], nil
}
