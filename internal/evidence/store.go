package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Store is the evidence of one repository on this machine: one envelope a file,
// <dir>/<check>/<digest of the call>.json.
type Store struct {
	dir  string
	keys *Keys

	mu    sync.Mutex
	known []Key // nil until first asked for
}

// OpenStore uses the folder dir, which need not exist.
func OpenStore(dir string, keys *Keys) *Store { return &Store{dir: dir, keys: keys} }

// Keys are the keys that the store signs and verifies with.
func (s *Store) Keys() *Keys { return s.keys }

// Item is evidence that was verified.
type Item struct {
	Record
	Digest string // of the payload
	Path   string // of the envelope
}

func (s *Store) path(call Call) string {
	return filepath.Join(s.dir, call.Check, call.Digest()+".json")
}

// Put signs a record and files it. When it returns nil, the evidence outlives a
// crash.
func (s *Store) Put(ctx context.Context, r Record) (Item, error) {
	key, err := s.keys.Private()
	if err != nil {
		return Item{}, err
	}
	envelope, digest, err := sign(ctx, NewStatement(r), key)
	if err != nil {
		return Item{}, err
	}
	path := s.path(r.Call)
	if err := durable.WriteFile(path, envelope, 0o644); err != nil {
		return Item{}, fmt.Errorf("keeping evidence: %w", err)
	}
	s.mu.Lock()
	s.known = nil // the key may be new
	s.mu.Unlock()
	s.prune(filepath.Dir(path))
	return Item{Record: r, Digest: digest, Path: path}, nil
}

// Get returns the evidence of a call, verified. Ok is false where there is
// none; an error says why what there is cannot be believed.
func (s *Store) Get(ctx context.Context, call Call, repository Repository) (item Item, ok bool, err error) {
	item, err = s.open(ctx, s.path(call))
	if errors.Is(err, fs.ErrNotExist) {
		return Item{}, false, nil
	}
	if err != nil {
		return Item{}, false, err
	}
	if err := item.believable(call, repository); err != nil {
		return Item{}, false, err
	}
	return item, true, nil
}

// believable refuses true evidence about something else: a file can be copied
// from another repository or renamed.
func (i Item) believable(call Call, repository Repository) error {
	if !i.Repository.Same(repository) {
		return broken(filepath.Base(i.Path), "it is about another repository, whose first commit is %s", firstRoot(i.Repository))
	}
	if i.Call.Digest() != call.Digest() {
		return broken(filepath.Base(i.Path), "it records another call than its name says")
	}
	return nil
}

func firstRoot(r Repository) string {
	if len(r.Roots) == 0 {
		return "none yet"
	}
	return short(r.Roots[0])
}

func (s *Store) open(ctx context.Context, path string) (Item, error) {
	file, err := os.Open(path)
	if err != nil {
		return Item{}, err
	}
	defer file.Close()
	envelope, err := io.ReadAll(io.LimitReader(file, maxEnvelope))
	if err != nil {
		return Item{}, fmt.Errorf("reading evidence: %w", err)
	}
	keys, err := s.publicKeys()
	if err != nil {
		return Item{}, err
	}
	record, digest, err := Open(ctx, filepath.Base(path), envelope, keys)
	return Item{Record: record, Digest: digest, Path: path}, err
}

func (s *Store) publicKeys() ([]Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		known, err := s.keys.All()
		if err != nil {
			return nil, err
		}
		s.known = known
	}
	return s.known, nil
}

// Each calls fn with every piece of evidence, or with why it cannot be
// believed, sorted by check and then newest first.
func (s *Store) Each(ctx context.Context, repository Repository, fn func(Item, error)) error {
	checks, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("listing evidence: %w", err)
	}
	for _, check := range checks {
		if !check.IsDir() {
			continue
		}
		for _, path := range newestFirst(filepath.Join(s.dir, check.Name())) {
			item, err := s.open(ctx, path)
			if err == nil && !item.Repository.Same(repository) {
				err = item.believable(item.Call, repository)
			}
			item.Path = path
			fn(item, err)
		}
	}
	return nil
}

// Latest is the newest believable evidence of a check, whatever its inputs were;
// what was said of an earlier commit is not the latest.
func (s *Store) Latest(ctx context.Context, check string, repository Repository) (Item, bool) {
	for _, path := range newestFirst(filepath.Join(s.dir, check)) {
		item, err := s.open(ctx, path)
		if err == nil && item.Repository.Same(repository) && item.Revision == "" {
			return item, true
		}
	}
	return Item{}, false
}

// Find returns the evidence whose payload digest, or file name, begins with
// prefix. It returns a *fault.Error: NotFound for none, Usage for several.
func (s *Store) Find(ctx context.Context, prefix string, repository Repository) (Item, error) {
	var found []Item
	var refused error
	hex := strings.TrimPrefix(prefix, "sha256:")
	err := s.Each(ctx, repository, func(i Item, err error) {
		named := strings.HasPrefix(filepath.Base(i.Path), hex)
		switch {
		case err != nil && named:
			refused = err
		case err == nil && (named || strings.HasPrefix(strings.TrimPrefix(i.Digest, "sha256:"), hex)):
			found = append(found, i)
		}
	})
	switch {
	case err != nil:
		return Item{}, err
	case len(found) == 1:
		return found[0], nil
	case len(found) > 1:
		return Item{}, fault.New(fault.Usage, "give more digits", "%d pieces of evidence begin with %s", len(found), prefix)
	case refused != nil:
		return Item{}, refused
	}
	return Item{}, fault.New(fault.NotFound, "`plimsoll evidence list` shows what there is", "no evidence begins with %s", prefix)
}

// keep is how many records of one check stay: enough to see how it went, and
// to take up an earlier branch without work.
const keep = 24

// prune drops the oldest evidence of one check. What is still in use is newest.
func (s *Store) prune(dir string) {
	paths := newestFirst(dir)
	for _, path := range paths[min(keep, len(paths)):] {
		_ = os.Remove(path)
	}
}

// newestFirst lists the envelopes in a folder by the time they were written.
func newestFirst(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	type dated struct {
		path string
		at   time.Time
	}
	var files []dated
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && info.Mode().IsRegular() && strings.HasSuffix(e.Name(), ".json") {
			files = append(files, dated{filepath.Join(dir, e.Name()), info.ModTime()})
		}
	}
	sort.Slice(files, func(i, j int) bool {
		if files[i].at.Equal(files[j].at) {
			return files[i].path < files[j].path
		}
		return files[i].at.After(files[j].at)
	})
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.path
	}
	return paths
}
