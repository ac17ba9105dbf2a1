package repo

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// starts are where the history is entered: objects that refs name, those of HEADs,
// and what the stash was.
type starts struct {
	commits []pack.ID
	stashed []pack.ID // commits that were stashed before the one that a ref names
	tags    []pack.ID // annotated tags, outermost first
	others  []pack.ID // trees and blobs that a ref names
}

// entered are the commits from which the history is walked.
func (t *starts) entered() []pack.ID { return append(slices.Clip(t.commits), t.stashed...) }

// maxTagDepth is how many tags of tags are followed.
const maxTagDepth = 100

// readTips finds the tips of all refs in git's order: refs by name, HEAD, the
// HEADs of other work trees, and at the end the older entries of the stash.
func (r *Repo) readTips(ctx context.Context, g *pack.Getter) (*starts, error) {
	if !r.whole() {
		id, _ := pack.ParseID(r.head)
		return &starts{commits: []pack.ID{id}}, nil
	}
	refs, err := r.Refs(ctx)
	if err != nil {
		return nil, err
	}
	t, seen := &starts{}, map[pack.ID]bool{}
	add := func(oid, kind string) {
		if id, ok := pack.ParseID(oid); ok && !seen[id] {
			seen[id] = true
			err = errors.Join(err, firstOf(err, t.add(g, id, kind)))
		}
	}
	for _, ref := range refs {
		add(ref.OID, ref.Type)
	}
	add(r.head, "commit")
	for _, oid := range r.otherHeads() {
		add(oid, "")
	}
	for _, oid := range r.stashed() {
		if id, ok := pack.ParseID(oid); ok && !seen[id] {
			seen[id] = true
			t.stashed = append(t.stashed, id)
		}
	}
	return t, err
}

// add takes an object of a kind, "" where that is not known yet.
func (t *starts) add(g *pack.Getter, id pack.ID, kind string) error {
	for range maxTagDepth {
		if kind == "commit" {
			t.commits = append(t.commits, id)
			return nil
		}
		is, raw, err := g.Get(&id)
		if err != nil && !errors.Is(err, pack.ErrLarge) {
			return err
		}
		switch is {
		case pack.Commit:
			t.commits = append(t.commits, id)
			return nil
		case pack.Tag:
			t.tags = append(t.tags, id)
		default:
			t.others = append(t.others, id)
			return nil
		}
		line, _, _ := bytes.Cut(raw, []byte{'\n'})
		target, ok := pack.ParseID(string(bytes.TrimPrefix(line, []byte("object "))))
		if !ok {
			return nil // git shows the tag and follows it nowhere
		}
		id, kind = target, ""
	}
	return nil
}

// maxGitText bounds what is read of git's own small files.
const maxGitText = 16 << 20

// otherHeads are the commits of HEAD in other work trees of this repository,
// where they are on no branch.
func (r *Repo) otherHeads() (oids []string) {
	names, err := filepath.Glob(filepath.Join(r.gitDir, "worktrees", "*", "HEAD"))
	if err != nil {
		return nil
	}
	for _, name := range append(names, filepath.Join(r.gitDir, "HEAD")) {
		if data, err := readSmall(name); err == nil {
			oids = append(oids, string(bytes.TrimSpace(data)))
		}
	}
	return oids
}

// stashed are the entries of the stash, all but the newest of which no ref names.
func (r *Repo) stashed() (oids []string) {
	data, err := readSmall(filepath.Join(r.gitDir, "logs", "refs", "stash"))
	if err != nil {
		return nil
	}
	for line := range bytes.Lines(data) {
		if fields := bytes.Fields(line); len(fields) > 1 {
			oids = append(oids, string(fields[1]))
		}
	}
	return oids
}

func readSmall(name string) ([]byte, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxGitText {
		return nil, errors.New("no small file")
	}
	return os.ReadFile(name)
}
