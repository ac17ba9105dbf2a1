package repo

import (
	"bytes"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// log is the commits that some tips reach, in the order in which `git log` lists
// them: newest first.
type log struct {
	commits []logged
	index   map[pack.ID]uint32
}

// logged is one commit of the log.
type logged struct {
	id, tree pack.ID
	parents  []pack.ID
	date     uint64 // the committer's, seconds
}

// queued is a commit that waits for its turn in the log.
type queued struct {
	logged
	turn int
}

// queue gives out the latest commit first, and of those of one second the one
// that came first, as git does.
type queue []queued

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].date > q[j].date || q[i].date == q[j].date && q[i].turn < q[j].turn
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)   { *q = append(*q, x.(queued)) }
func (q *queue) Pop() any {
	last := len(*q) - 1
	x := (*q)[last]
	*q = (*q)[:last]
	return x
}

// errKnown ends the log at a commit and is no fault.
var errKnown = errors.New("known already")

// readLog walks from the tips to the first commits, or to those that commit
// answers with errKnown. What cannot be read is an error beside the log of the rest.
func readLog(ctx context.Context, tips []pack.ID, commit func(id *pack.ID) (logged, error)) (*log, error) {
	l := &log{index: map[pack.ID]uint32{}}
	var q queue
	var failed error
	seen, turn := map[pack.ID]bool{}, 0
	push := func(id pack.ID) {
		if seen[id] {
			return
		}
		seen[id] = true
		c, err := commit(&id)
		if err == errKnown {
			return
		}
		if err != nil {
			failed = errors.Join(failed, firstOf(failed, err))
			return
		}
		heap.Push(&q, queued{c, turn})
		turn++
	}
	for _, id := range tips {
		push(id)
	}
	for len(q) > 0 {
		if len(l.commits)%1000 == 0 && ctx.Err() != nil {
			return l, ctx.Err()
		}
		c := heap.Pop(&q).(queued)
		l.index[c.id] = uint32(len(l.commits))
		l.commits = append(l.commits, c.logged)
		for _, p := range c.parents {
			push(p)
		}
	}
	return l, failed
}

// firstOf is err where nothing has failed before: one broken object must not
// bring a thousand messages.
func firstOf(failed, err error) error {
	if failed != nil {
		return nil
	}
	return err
}

var errCommit = errors.New("the commit's head is broken")

// parseLogged reads the head of a commit.
func parseLogged(id *pack.ID, raw []byte) (logged, error) {
	c := logged{id: *id}
	line, rest, _ := bytes.Cut(raw, []byte{'\n'})
	tree, ok := pack.ParseID(string(bytes.TrimPrefix(line, []byte("tree "))))
	if !ok {
		return c, errCommit
	}
	c.tree = tree
	for {
		line, more, _ := bytes.Cut(rest, []byte{'\n'})
		name, isParent := bytes.CutPrefix(line, []byte("parent "))
		if !isParent {
			break
		}
		parent, ok := pack.ParseID(string(name))
		if !ok {
			return c, errCommit
		}
		c.parents, rest = append(c.parents, parent), more
	}
	c.date = commitDate(rest)
	return c, nil
}

// commitDate is the committer's date in seconds, 0 where it cannot be read.
func commitDate(rest []byte) uint64 {
	line, rest, _ := bytes.Cut(rest, []byte{'\n'})
	if !bytes.HasPrefix(line, []byte("author")) {
		return 0
	}
	line, _, _ = bytes.Cut(rest, []byte{'\n'})
	if !bytes.HasPrefix(line, []byte("committer")) {
		return 0
	}
	text := bytes.TrimLeft(line[bytes.LastIndexByte(line, '>')+1:], " \t")
	digits := 0
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		digits++
	}
	date, _ := strconv.ParseUint(string(text[:digits]), 10, 64)
	return date
}

// history is the commits of the repository and where they are entered.
type history struct {
	store  *pack.Store
	starts *starts
	log    *log
}

// readHistory reads the commits. Where some cannot be read, it comes with an error.
func (r *Repo) readHistory(ctx context.Context) (*history, error) {
	store, err := r.store()
	if err != nil {
		return nil, err
	}
	get := store.NewGetter()
	tips, err := r.readTips(ctx, get)
	if tips == nil {
		return nil, err
	}
	log, logErr := readLog(ctx, tips.entered(), r.readCommit(get))
	return &history{store, tips, log}, errors.Join(err, logErr)
}

// named are the commits that refs and HEADs reach, without those that only the
// stash remembers.
func (h *history) named() []pack.ID {
	reached, stack := make([]bool, len(h.log.commits)), slices.Clone(h.starts.commits)
	for len(stack) > 0 {
		i, here := h.log.index[stack[len(stack)-1]]
		stack = stack[:len(stack)-1]
		if here && !reached[i] {
			reached[i] = true
			stack = append(stack, h.log.commits[i].parents...)
		}
	}
	var ids []pack.ID
	for i := range h.log.commits {
		if reached[i] {
			ids = append(ids, h.log.commits[i].id)
		}
	}
	return ids
}

// openStore opens the object store.
func (r *Repo) openStore() (*pack.Store, error) { return pack.Open(r.objectDirs(), r.idSize) }

// readCommit reads commits with g, but not beyond where a shallow copy ends.
func (r *Repo) readCommit(g *pack.Getter) func(id *pack.ID) (logged, error) {
	ends := r.shallowEnds()
	return func(id *pack.ID) (logged, error) {
		kind, raw, err := g.Get(id)
		if errors.Is(err, fs.ErrNotExist) {
			return logged{}, fmt.Errorf("the commit %s is not in this copy of the repository", r.hexOf(*id))
		}
		if err != nil {
			return logged{}, err
		}
		if kind != pack.Commit {
			return logged{}, fmt.Errorf("%s is a %s where a commit should be", r.hexOf(*id), kind)
		}
		c, err := parseLogged(id, raw)
		if err != nil {
			return logged{}, fmt.Errorf("%s: %w", r.hexOf(*id), err)
		}
		if ends[*id] {
			c.parents = nil
		}
		return c, nil
	}
}

// shallowEnds are the commits whose parents a shallow copy leaves out.
func (r *Repo) shallowEnds() map[pack.ID]bool {
	data, err := os.ReadFile(filepath.Join(r.gitDir, "shallow"))
	if err != nil {
		return nil
	}
	ends := map[pack.ID]bool{}
	for line := range bytes.Lines(data) {
		if id, ok := pack.ParseID(string(bytes.TrimSpace(line))); ok {
			ends[id] = true
		}
	}
	return ends
}

func (r *Repo) hexOf(id pack.ID) string { return id.Hex(r.idSize) }
