package repo

import (
	"bytes"
	"context"
	"errors"
	"io/fs"

	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// Message is what a commit or an annotated tag says.
type Message struct {
	OID    string // of the commit or the tag
	Commit string // the commit itself, or what the tag names
	Tag    string // its name; "" for a commit
	Text   []byte // valid during the call
}

// Messages lists the commits and annotated tags that any ref reaches, the stash
// and its older entries included, by the names of the objects.
func (r *Repo) Messages(ctx context.Context) ([]string, error) {
	h, err := r.walked()
	if h == nil {
		return nil, err
	}
	var oids []string
	for i := range h.log.commits {
		oids = append(oids, r.hexOf(h.log.commits[i].id))
	}
	for _, id := range h.starts.tags {
		oids = append(oids, r.hexOf(id))
	}
	return oids, err
}

// fewObjects is up to how many objects are read one by one: reading in bulk looks
// at every entry of the packs first.
const fewObjects = 500

// EachMessage calls fn, from several goroutines, with the messages of the commits
// and tags called oids. What is larger than maxCommit is left out and counted.
func (r *Repo) EachMessage(ctx context.Context, oids []string, fn func(Message) error) (large int, err error) {
	store, err := r.store()
	if err != nil {
		return 0, err
	}
	wanted, rest := make([]bool, store.Len()), []pack.ID{}
	for _, oid := range oids {
		id, _ := pack.ParseID(oid)
		if no, ok := store.Find(&id); ok && len(oids) > fewObjects {
			wanted[no] = true
		} else {
			rest = append(rest, id)
		}
	}
	for _, kind := range []pack.Kind{pack.Commit, pack.Tag} {
		if len(oids) <= fewObjects {
			break
		}
		walked, err := store.Walk(ctx, kind, func(no uint32) bool { return wanted[no] }, func(_ int, o pack.Object, _ any) (any, error) {
			if !wanted[o.No] {
				return nil, nil
			}
			return nil, fn(r.message(o.ID, kind, o.Data))
		})
		if err != nil {
			return 0, err
		}
		for _, no := range walked.Large {
			rest = append(rest, store.ID(no))
		}
		for _, f := range walked.Faults {
			rest = append(rest, f.ID)
		}
	}
	return r.eachMessageOf(ctx, store.NewGetter(), rest, fn)
}

// eachMessageOf reads the messages one by one.
func (r *Repo) eachMessageOf(ctx context.Context, g *pack.Getter, ids []pack.ID, fn func(Message) error) (large int, failed error) {
	for i := range ids {
		if ctx.Err() != nil {
			return large, ctx.Err()
		}
		kind, raw, err := g.Get(&ids[i])
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case errors.Is(err, pack.ErrLarge):
			large++
		case err != nil:
			failed = errors.Join(failed, firstOf(failed, err))
		case kind == pack.Commit || kind == pack.Tag:
			if err := fn(r.message(ids[i], kind, raw)); err != nil {
				return large, err
			}
		}
	}
	return large, failed
}

// message takes apart the bytes of a commit or a tag.
func (r *Repo) message(id pack.ID, kind pack.Kind, raw []byte) Message {
	head, text, _ := bytes.Cut(raw, []byte("\n\n"))
	m := Message{OID: r.hexOf(id), Text: text}
	m.Commit = m.OID
	if kind == pack.Commit {
		return m
	}
	m.Tag = "?"
	for line := range bytes.Lines(head) {
		line = bytes.TrimSuffix(line, []byte{'\n'})
		if target, ok := bytes.CutPrefix(line, []byte("object ")); ok {
			m.Commit = string(target)
		}
		if name, ok := bytes.CutPrefix(line, []byte("tag ")); ok && len(name) > 0 {
			m.Tag = string(name)
		}
	}
	return m
}
