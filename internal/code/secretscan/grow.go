package secretscan

import (
	"context"
	"maps"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// maxLacking is how many missing blobs are remembered by name.
const maxLacking = 1000

// grow adds to the result of the last run what has come since: new commits are
// compared with their parents, and nothing old is read. It gives what walk would
// give, or nothing where that is not sure.
func (s *scanner) grow(ctx context.Context, p *check.Pass, r *repo.Repo, now told) (told, bool) {
	t, ok := last(p.Memo())
	if !ok || t.Missing > len(t.Lacking) || t.Large > 0 || p.Thorough() || r.HasAny(t.Lacking) {
		return told{}, false
	}
	messages := decodeBlobs(p.Memo(), messageKey)
	g, ok := r.Grown(ctx, t.Extent, messages.has)
	if !ok {
		return told{}, false
	}
	known, fresh := decodeBlobs(p.Memo(), memoKey), newBlobs()
	unread, err := s.eachBlob(ctx, p, r, g.Introductions, known, fresh)
	if err != nil || len(unread.Missing)+len(unread.Broken) > 0 {
		return told{}, false
	}
	said := newBlobs()
	large, err := s.eachMessage(ctx, r, lacking(messages, g.Messages), said)
	if err != nil || large > 0 {
		return told{}, false
	}
	s.place(&t, fresh, g.Introductions)
	t.placeMessages(said)
	known.add(fresh)
	messages.add(said)
	all := func(string) bool { return true }
	known.keep(all)
	t.Refs, t.Objects, t.Extent = now.Refs, now.Objects, g.Extent
	t.Blobs, t.Reachable, t.Messages = known.len(), known.len()+t.Missing, messages.len()
	t.Bytes, t.Skipped, t.More, t.Pointers = known.bytes, known.skipped, known.more, len(known.lfs)
	if fresh.len() > 0 {
		p.Memo().Put(memoKey, known.encode())
	}
	if said.len() > 0 {
		p.Memo().Put(messageKey, messages.encode())
	}
	return t, true
}

// place adds to t what was seen in blobs, at the places that in has for them.
func (s *scanner) place(t *told, known *blobs, in *repo.Introductions) {
	for _, oid := range known.withSightings() {
		commit, path, _ := in.Of(oid)
		for _, g := range s.choose(path, known.found[oid]) {
			t.Found, t.Commits = append(t.Found, placed{path, g}), append(t.Commits, commit)
		}
	}
	s.pathsOf(known, in, t)
	for _, oid := range slices.Sorted(maps.Keys(known.inside)) {
		_, path, _ := in.Of(oid)
		t.Inside.add(path, gitName+oid, known.inside[oid])
	}
}
