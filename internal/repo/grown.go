package repo

import (
	"context"
	"errors"

	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// Extent is how far a history reached at some time.
type Extent struct {
	Starts []string `json:"starts"` // the objects that refs, HEADs and the stash named, tags included
	Latest uint64   `json:"latest"` // the latest date of its commits
}

// Growth is what a history has beyond an earlier extent.
type Growth struct {
	Introductions *Introductions
	Messages      []string // commits and tags, see Repo.Messages
	Extent        Extent   // of all
}

// Extent is how far the history reaches.
func (r *Repo) Extent() Extent {
	h, err := r.walked()
	if h == nil || err != nil {
		return Extent{}
	}
	return h.extent(0)
}

func (h *history) extent(latest uint64) Extent {
	e := Extent{Latest: latest}
	for _, list := range [][]pack.ID{h.starts.commits, h.starts.stashed, h.starts.tags, h.starts.others} {
		for _, id := range list {
			e.Starts = append(e.Starts, id.Hex(h.store.IDSize()))
		}
	}
	for i := range h.log.commits {
		e.Latest = max(e.Latest, h.log.commits[i].date)
	}
	return e
}

// maxGrown is the most new commits that are looked at one by one.
const maxGrown = 5000

// Grown finds what has come since an earlier extent whose commits known has. Ok
// is false where all has to be read again: where something is reachable no more,
// or where a new commit is dated before old ones, and so might be the oldest to
// hold what they hold.
func (r *Repo) Grown(ctx context.Context, then Extent, known func(commit string) bool) (g *Growth, ok bool) {
	store, err := r.store()
	if err != nil || len(then.Starts) == 0 {
		return nil, false
	}
	get := store.NewGetter()
	h := &history{store: store}
	if h.starts, err = r.readTips(ctx, get); err != nil {
		return nil, false
	}
	reached := map[string]bool{}
	for _, id := range append(append([]pack.ID{}, h.starts.tags...), h.starts.others...) {
		reached[r.hexOf(id)] = true
	}
	read := r.readCommit(get)
	h.log, err = readLog(ctx, h.starts.entered(), func(id *pack.ID) (logged, error) {
		name := r.hexOf(*id)
		if known(name) {
			reached[name] = true
			return logged{}, errKnown
		}
		c, err := read(id)
		if err == nil && c.date <= then.Latest {
			err = errors.New("a commit from the past")
		}
		return c, err
	})
	for _, start := range then.Starts {
		if !reached[start] {
			return nil, false
		}
	}
	if err != nil || len(h.log.commits) > maxGrown || !h.sameOthers(then, r) {
		return nil, false
	}
	return r.growth(ctx, h, get, read, then)
}

// sameOthers says whether every tree and blob that a ref names by itself was
// named before.
func (h *history) sameOthers(then Extent, r *Repo) bool {
	old := map[string]bool{}
	for _, start := range then.Starts {
		old[start] = true
	}
	for _, id := range h.starts.others {
		if !old[r.hexOf(id)] {
			return false
		}
	}
	return true
}

func (r *Repo) growth(ctx context.Context, h *history, get *pack.Getter, read func(*pack.ID) (logged, error), then Extent) (*Growth, bool) {
	work := &introducer{repo: r, log: h.log, trees: newTrees(h.store), get: get, paths: map[string]uint32{}, older: read}
	if err := work.run(ctx); err != nil {
		return nil, false
	}
	g := &Growth{Introductions: work.result(), Extent: h.extent(then.Latest)}
	for i := range h.log.commits {
		g.Messages = append(g.Messages, r.hexOf(h.log.commits[i].id))
	}
	for _, id := range h.starts.tags {
		g.Messages = append(g.Messages, r.hexOf(id))
	}
	return g, true
}

// HasAny says whether one of the objects called oids is in this copy.
func (r *Repo) HasAny(oids []string) bool {
	store, err := r.store()
	for _, oid := range oids {
		if id, ok := pack.ParseID(oid); err != nil || !ok || store.Has(&id) {
			return true
		}
	}
	return false
}
