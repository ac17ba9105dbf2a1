package repo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// introducer finds out which commit brought which blob in first. It takes the
// commits from the oldest to the newest, so that each tree is read once: what an
// older commit holds is known, and nothing in it is new again.
//
// That is right where every parent comes before its children. With wrong clocks
// one may come after, and then a commit's tree holds what only its parent brought
// in. Such a commit and those after it, as long as the parent has not come, are
// compared with their parents entry by entry, as git does.
type introducer struct {
	repo  *Repo
	log   *log
	trees *trees
	get   *pack.Getter

	byObject []introduced // by number
	visited  []uint32     // by number of a tree: +1, the place of the commit that came to it first
	paths    map[string]uint32
	texts    []string
	// older, where not nil, reads commits from before the log: those have been
	// taken, and every commit is compared with its parents.
	older  func(*pack.ID) (logged, error)
	others []pack.ID // that a ref names and that are no commits
	steps  int       // left for one commit
	failed error
}

// introduced is where a blob was first seen: +1, so that 0 is nowhere.
type introduced struct{ commit, path uint32 }

const (
	// maxTreeDepth is how deep folders may lie in one another.
	maxTreeDepth = 2048
	// maxSteps bounds the entries looked at for one commit: few trees, each twice
	// in the next, make a folder of more files than there are atoms.
	maxSteps = 20 << 20
)

var errBomb = errors.New("the tree has too many or too deep folders")

func (in *introducer) run(ctx context.Context) error {
	complete := newCompletion(in.log)
	for i := len(in.log.commits) - 1; i >= 0; i-- {
		if i%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		c := &in.log.commits[i]
		in.steps = maxSteps
		var err error
		if complete.parents(i) && in.older == nil {
			err = in.visit(in.trees.number(&c.tree), uint32(i), nil, 0)
		} else {
			err = in.compareCommit(c, uint32(i))
		}
		if err != nil {
			in.failed = errors.Join(in.failed, firstOf(in.failed, fmt.Errorf("reading the files of the commit %s: %w", in.repo.hexOf(c.id), err)))
		}
		complete.done(i)
	}
	return in.failed
}

// direct takes what lies in the trees and blobs that a ref names by themselves.
func (in *introducer) direct(others []pack.ID) (failed error) {
	in.others = others
	for i := range others {
		at := uint32(len(in.log.commits) + i)
		object := in.trees.number(&others[i])
		kind, _, err := in.get.Get(&others[i])
		in.steps = maxSteps
		switch {
		case err != nil && !errors.Is(err, pack.ErrLarge):
		case kind == pack.Tree:
			err = in.visit(object, at, nil, 0)
		default:
			err = nil
			in.take(object, at, nil, in.trees.name(nil))
		}
		failed = errors.Join(failed, firstOf(failed, err))
	}
	return failed
}

// grow makes room for the numbers given out so far.
func (in *introducer) grow(object uint32) {
	if n := in.trees.count(); int(object) >= len(in.byObject) {
		in.byObject = append(in.byObject, make([]introduced, n-len(in.byObject))...)
		in.visited = append(in.visited, make([]uint32, n-len(in.visited))...)
	}
}

// visit takes all that lies in a tree that no older commit holds.
func (in *introducer) visit(tree, commit uint32, path []byte, depth int) error {
	in.grow(tree)
	if at := in.visited[tree]; at != 0 && at != commit+1 {
		return nil
	}
	if depth > maxTreeDepth {
		return errBomb
	}
	entries, err := in.trees.entries(in.get, tree)
	if err != nil {
		return err
	}
	if in.steps -= len(entries); in.steps < 0 {
		return errBomb
	}
	in.visited[tree] = commit + 1
	var failed error
	for _, e := range entries {
		switch {
		case e.object == submodule:
		case e.name&isFolder != 0:
			if in.grow(e.object); in.visited[e.object] == 0 || in.visited[e.object] == commit+1 {
				err := in.visit(e.object, commit, append(join(path, in.trees.texts[e.name&^isFolder]), '/'), depth+1)
				failed = errors.Join(failed, firstOf(failed, err))
			}
		default:
			in.take(e.object, commit, path, e.name)
		}
	}
	return failed
}

// take notes a blob that an entry of a commit names, unless an older one has it.
// The last path of a commit counts, as it does where git's log is read.
func (in *introducer) take(object, commit uint32, path []byte, name uint32) {
	in.grow(object)
	at := &in.byObject[object]
	if at.commit != 0 && at.commit != commit+1 {
		return
	}
	full := join(path, in.trees.texts[name])
	n, seen := in.paths[string(full)]
	if !seen {
		n = uint32(len(in.texts))
		text := string(full)
		in.paths[text] = n
		in.texts = append(in.texts, text)
	}
	*at = introduced{commit + 1, n}
}

// join is path with name behind it. The bytes are valid until path is joined again.
func join(path []byte, name string) []byte {
	return append(path[:len(path):cap(path)], name...)
}

// version is an entry as git compares it: by name, mode and object.
type version struct {
	mode uint32
	name []byte
	id   pack.ID
}

func (v *version) folder() bool { return v.mode&0o170000 == 0o040000 }

// order compares names as git sorts them: that of a folder ends in a slash.
func (v *version) order(w *version) int {
	n := min(len(v.name), len(w.name))
	if c := bytes.Compare(v.name[:n], w.name[:n]); c != 0 {
		return c
	}
	return int(v.after(n)) - int(w.after(n))
}

func (v *version) after(n int) byte {
	switch {
	case n < len(v.name):
		return v.name[n]
	case v.folder():
		return '/'
	}
	return 0
}

// compareCommit takes what differs from every parent.
func (in *introducer) compareCommit(c *logged, commit uint32) error {
	var parents []*pack.ID
	for _, p := range c.parents {
		i, here := in.log.index[p]
		if here {
			parents = append(parents, &in.log.commits[i].tree)
			continue
		}
		if in.older == nil {
			return fmt.Errorf("its parent %s is missing", in.repo.hexOf(p))
		}
		old, err := in.older(&p)
		if err != nil {
			return err
		}
		parents = append(parents, &old.tree)
	}
	if len(parents) == 0 {
		return in.visit(in.trees.number(&c.tree), commit, nil, 0)
	}
	return in.compare(&c.tree, parents, commit, nil, 0)
}

// compare takes what the tree has otherwise than every one of parents, where nil
// is a folder that a parent does not have.
func (in *introducer) compare(tree *pack.ID, parents []*pack.ID, commit uint32, path []byte, depth int) error {
	if slices.ContainsFunc(parents, func(p *pack.ID) bool { return p != nil && *p == *tree }) {
		return nil
	}
	if depth > maxTreeDepth {
		return errBomb
	}
	mine, err := in.versions(tree)
	if err != nil {
		return err
	}
	theirs := make([][]version, len(parents))
	for i, p := range parents {
		if p == nil {
			continue
		}
		if theirs[i], err = in.versions(p); err != nil {
			return err
		}
	}
	if in.steps -= len(mine); in.steps < 0 {
		return errBomb
	}
	for i := range mine {
		if err := in.compareEntry(&mine[i], theirs, commit, path, depth); err != nil {
			return err
		}
	}
	return nil
}

// compareEntry takes v, or what lies in it, where no parent has the same.
func (in *introducer) compareEntry(v *version, theirs [][]version, commit uint32, path []byte, depth int) error {
	parents := make([]*pack.ID, len(theirs))
	for i := range theirs {
		for len(theirs[i]) > 0 && theirs[i][0].order(v) < 0 {
			theirs[i] = theirs[i][1:]
		}
		if len(theirs[i]) == 0 || theirs[i][0].order(v) != 0 {
			continue
		}
		if w := &theirs[i][0]; w.id == v.id && w.mode == v.mode {
			return nil
		} else if w.folder() {
			parents[i] = &w.id
		}
	}
	switch {
	case v.mode&0o170000 == 0o160000:
	case v.folder():
		return in.compare(&v.id, parents, commit, append(join(path, string(v.name)), '/'), depth+1)
	default:
		in.take(in.trees.number(&v.id), commit, path, in.trees.name(v.name))
	}
	return nil
}

// versions reads the entries of a tree.
func (in *introducer) versions(id *pack.ID) (list []version, err error) {
	data, err := readTree(in.get, id, in.repo.idSize)
	if err != nil {
		return nil, err
	}
	for pos := 0; pos < len(data); {
		mode, name, id, to, ok := splitEntry(data, pos, in.repo.idSize)
		if !ok {
			return nil, errTree
		}
		if mode&0o170000 == 0o100000 { // git knows two modes of a file
			mode = 0o100644 | mode&0o100 | mode&0o100>>3 | mode&0o100>>6
		}
		list, pos = append(list, version{mode, name, id}), to
	}
	return list, nil
}

// completion knows which commits have come together with all their ancestors.
type completion struct {
	log     *log
	come    []bool
	whole   []bool
	waiting map[uint32][]uint32 // by parent: children that came before it was whole
}

func newCompletion(l *log) *completion {
	n := len(l.commits)
	return &completion{l, make([]bool, n), make([]bool, n), map[uint32][]uint32{}}
}

// parents says whether all ancestors of commit i have come.
func (c *completion) parents(i int) bool {
	for _, p := range c.log.commits[i].parents {
		if n, here := c.log.index[p]; here && !c.whole[n] {
			return false
		}
	}
	return true
}

// done notes that commit i has come, and what is whole by that.
func (c *completion) done(i int) {
	c.come[i] = true
	stack := []uint32{uint32(i)}
	for len(stack) > 0 {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if !c.come[at] || c.whole[at] {
			continue
		}
		ready := true
		for _, p := range c.log.commits[at].parents {
			if n, here := c.log.index[p]; here && !c.whole[n] {
				c.waiting[n] = append(c.waiting[n], at)
				ready = false
				break
			}
		}
		if ready {
			c.whole[at] = true
			stack = append(stack, c.waiting[at]...)
			delete(c.waiting, at)
		}
	}
}
