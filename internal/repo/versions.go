package repo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// Version is a blob of the history as the packs hold it: whole, and with what it
// was made from.
type Version struct {
	OID    string
	Data   []byte // valid during the call
	Wanted bool   // false where it is only what a wanted one is made from
	// Base is what was returned for the blob that this one is made from, nil where
	// it stands by itself; Runs is what it has from there.
	Base any
	Runs []pack.Run
}

// Unread is what a walk could not hand over.
type Unread struct {
	Missing []string // named by the history, and not in this copy
	Broken  []*pack.Fault
}

// Versions are called with the blobs of a history. Several goroutines call them.
type Versions struct {
	// Wanted says which blobs to read.
	Wanted func(oid string) bool
	// Version reads a blob in memory, after the one that it is made from.
	Version func(Version) (any, error)
	// Large reads one that is too large for that.
	Large func(oid string, size int64, content io.Reader) error
}

// EachVersion hands over every blob that a ref reaches, once each, those of the
// packs in the order in which each is made from what came before.
func (r *Repo) EachVersion(ctx context.Context, v Versions) (*Unread, error) {
	in, historyErr := r.Introductions(ctx) // where it breaks off, what it gave is still read
	if in == nil {
		return nil, historyErr
	}
	unread, err := r.EachVersionOf(ctx, in, v)
	return unread, errors.Join(historyErr, err)
}

// EachVersionOf hands over the blobs of in.
func (r *Repo) EachVersionOf(ctx context.Context, in *Introductions, v Versions) (*Unread, error) {
	store, err := r.store()
	if errors.Is(err, pack.ErrUnsupported) {
		return r.eachVersionOfGit(ctx, v)
	}
	if err != nil {
		return nil, err
	}
	w := &versionWalk{Versions: v, repo: r, store: store, unread: &Unread{}}
	err = w.run(ctx, in)
	slices.Sort(w.unread.Missing)
	return w.unread, err
}

// versionWalk is one call of EachVersion.
type versionWalk struct {
	Versions
	repo   *Repo
	store  *pack.Store
	mu     sync.Mutex
	unread *Unread
	wanted []bool // by number
	count  int
	loose  []pack.ID // that are read one by one
	large  []pack.ID
}

func (w *versionWalk) run(ctx context.Context, in *Introductions) error {
	w.wanted = make([]bool, w.store.Len())
	for id := range in.byBlob {
		w.sort(pack.ID(id))
	}
	if err := w.packed(ctx); err != nil {
		return err
	}
	if err := w.eachAlone(ctx); err != nil {
		return err
	}
	return w.eachLarge(ctx)
}

// packed reads the blobs of the packs in bulk, few of them one by one.
func (w *versionWalk) packed(ctx context.Context) error {
	if w.count <= fewObjects {
		for no, wanted := range w.wanted {
			if wanted {
				w.loose = append(w.loose, w.store.ID(uint32(no)))
			}
		}
		return nil
	}
	walked, err := w.store.Walk(ctx, pack.Blob, func(no uint32) bool { return w.wanted[no] }, func(_ int, o pack.Object, base any) (any, error) {
		return w.Version(Version{OID: w.repo.hexOf(o.ID), Data: o.Data, Wanted: w.wanted[o.No], Base: base, Runs: o.Runs})
	})
	if err != nil {
		return err
	}
	for _, no := range walked.Large {
		if w.wanted[no] {
			w.large = append(w.large, w.store.ID(no))
		}
	}
	again := w.store.NewGetter() // another copy of what is broken may be sound
	for _, f := range append(w.store.Faults(), walked.Faults...) {
		if no, ok := w.store.Find(&f.ID); ok && w.wanted[no] {
			if err := w.alone(again, f.ID, f); err != nil {
				return err
			}
			w.wanted[no] = false // told of
		}
	}
	return nil
}

// sort puts a blob where it will be read.
func (w *versionWalk) sort(id pack.ID) {
	if w.Wanted != nil && !w.Wanted(w.repo.hexOf(id)) {
		return
	}
	if no, ok := w.store.Find(&id); ok {
		w.wanted[no] = true
		w.count++
	} else {
		w.loose = append(w.loose, id)
	}
}

// eachAlone reads, on all cores, what is read one by one.
func (w *versionWalk) eachAlone(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			g := w.store.NewLender()
			for ctx.Err() == nil {
				i := next.Add(1) - 1
				if i >= int64(len(w.loose)) {
					return
				}
				if err := w.alone(g, w.loose[i], nil); err != nil {
					cancel(err)
				}
			}
		})
	}
	group.Wait()
	return context.Cause(ctx)
}

// alone reads one blob by its name. Why says what was wrong with it in a pack.
func (w *versionWalk) alone(g *pack.Getter, id pack.ID, why *pack.Fault) error {
	kind, data, err := g.Get(&id)
	if err == nil {
		if kind == pack.Blob {
			_, err = w.Version(Version{OID: w.repo.hexOf(id), Data: data, Wanted: true})
		}
		return err
	}
	fault, broken := errors.AsType[*pack.Fault](err)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		w.unread.Missing = append(w.unread.Missing, w.repo.hexOf(id))
	case errors.Is(err, pack.ErrLarge):
		w.large = append(w.large, id)
	case why != nil:
		w.unread.Broken = append(w.unread.Broken, why)
	case broken:
		w.unread.Broken = append(w.unread.Broken, fault)
	default:
		w.unread.Broken = append(w.unread.Broken, &pack.Fault{ID: id, Err: err})
	}
	return nil
}

// eachLarge lets git read what is not for memory.
func (w *versionWalk) eachLarge(ctx context.Context) error {
	if len(w.large) == 0 {
		return nil
	}
	var names bytes.Buffer
	for _, id := range w.large {
		names.WriteString(w.repo.hexOf(id) + "\n")
	}
	return w.repo.batch(ctx, &names, func(o object, content io.Reader) error {
		if o.missing {
			w.unread.Missing = append(w.unread.Missing, o.oid)
			return nil
		}
		if o.kind != "blob" {
			return nil
		}
		return w.Large(o.oid, o.size, content)
	})
}

// eachVersionOfGit reads all blobs through the git program, each as one that
// stands by itself.
func (r *Repo) eachVersionOfGit(ctx context.Context, v Versions) (*Unread, error) {
	missing, err := r.EachBlob(ctx, v.Wanted, v.Large)
	return &Unread{Missing: missing}, err
}
