package secretscan

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/repo/pack"
)

// memoKey is where the results on blobs are kept from run to run.
const memoKey = "blobs"

// runHistory finds what the history holds: from an earlier run while nothing
// has moved, or else by examining the blobs that no run has examined yet.
func (s *scanner) runHistory(ctx context.Context, p *check.Pass, r *repo.Repo) (told, error) {
	now, err := position(ctx, r)
	if err != nil {
		return told{}, err
	}
	whole, ok := remembered(p.Memo(), now)
	if !ok {
		if whole, ok = s.grow(ctx, p, r, now); !ok {
			if whole, ok, err = s.walk(ctx, p, r, now); err != nil {
				return told{}, err
			}
		}
		whole.Inside.digestCut(ctx, r)
		remember(p.Memo(), whole, ok)
	}
	return whole, nil
}

// walk examines every blob that a ref reaches and that no earlier run has
// examined. What a blob holds never changes, so its result stands forever. The
// result is not whole where the history broke off.
func (s *scanner) walk(ctx context.Context, p *check.Pass, r *repo.Repo, t told) (_ told, whole bool, _ error) {
	whole = true
	in, err := r.Introductions(ctx)
	if in == nil {
		return t, false, fmt.Errorf("scanning the history: %w", err)
	}
	if err != nil {
		whole = false
		p.Problem(brokenOff(err))
	}
	known := decodeBlobs(p.Memo(), memoKey)
	fresh := newBlobs()
	unread, err := s.eachBlob(ctx, p, r, in, known, fresh)
	if ctx.Err() != nil {
		return t, false, ctx.Err()
	}
	if err != nil && whole { // not the same words twice
		whole = false
		p.Problem(brokenOff(err))
	}
	if p.Thorough() {
		if err := s.thorough(ctx, p, r, fresh); err != nil {
			return t, false, err
		}
	}
	fromMemo := known.len() > 0 // what is fresh is reachable
	known.add(fresh)
	known.keep(func(oid string) bool {
		if !fromMemo {
			return true
		}
		_, _, reachable := in.Of(oid)
		return reachable
	})
	s.history = known
	encoded := make(chan []byte, 1)
	go func() { encoded <- known.encode() }() // while the messages are read
	defer func() { p.Memo().Put(memoKey, <-encoded) }()
	s.place(&t, known, in)
	if unread != nil {
		t.Missing = len(unread.Missing)
		t.Lacking = unread.Missing[:min(t.Missing, maxLacking)]
		for _, f := range unread.Broken {
			whole = false
			p.Problem(broken(f))
		}
	}
	t.Blobs, t.Reachable = known.len(), in.Len()
	t.Bytes, t.Skipped, t.More, t.Pointers = known.bytes, known.skipped, known.more, len(known.lfs)
	t.Extent = r.Extent()
	oids, err := r.Messages(ctx)
	if err != nil {
		return t, false, nil // told of already
	}
	said, err := s.messages(ctx, p, r, oids, &t)
	return t, whole && said, err
}

// eachBlob examines the blobs that known lacks, on all cores, into fresh.
func (s *scanner) eachBlob(ctx context.Context, p *check.Pass, r *repo.Repo, in *repo.Introductions, known, fresh *blobs) (*repo.Unread, error) {
	unread, err := r.EachVersionOf(ctx, in, repo.Versions{
		Wanted: func(oid string) bool { return !known.has(oid) },
		Version: func(v repo.Version) (any, error) {
			result, kept, err := s.version(v)
			if v.Wanted {
				err = fresh.put(v.OID)(result, err)
			}
			if n := fresh.count(); v.Wanted && n%5000 == 0 && p != nil {
				p.Progress("%d blobs of the history", n)
			}
			return kept, err
		},
		Large: func(oid string, size int64, content io.Reader) error { return fresh.put(oid)(s.read(content, size)) },
	})
	return unread, errors.Join(err, fresh.err)
}

// tellHistory says what was looked at and what could not be.
// What was cut of the work tree is told of there.
func (s *scanner) tellHistory(p *check.Pass, t told, tree *lookedInto) {
	p.Observe(event.Observation{What: "blobs of the history scanned for secrets", Count: int64(t.Blobs), Rules: s.ruleIDs()})
	p.Observe(event.Observation{What: "bytes of the history scanned for secrets", Count: t.Bytes})
	inside := t.Inside.without(tree)
	inside.tell(p, "the history")
	tellPointers(p, int64(t.Pointers), "the history")
	s.tellMessages(p, t)
	if t.Missing > 0 {
		p.Problem(event.Problem{
			Code: string(fault.Missing), Incomplete: true,
			Message: fmt.Sprintf("%d of %d blobs of the history are not in this copy of the repository and were not scanned", t.Missing, t.Reachable),
			Hint:    repo.FetchHint,
		})
	}
	if t.Skipped > 0 {
		p.Problem(skipped(t.Skipped, "the history"))
	}
	if t.More > 0 {
		p.Problem(event.Problem{Code: string(fault.TooCostly), Incomplete: true,
			Message: fmt.Sprintf("%d blobs of the history hold more than %d credentials each; the rest is not listed", t.More, maxSightings),
			Hint:    "deal with those that are listed first"})
	}
}

func brokenOff(err error) event.Problem {
	return event.Problem{
		Code: string(fault.Incomplete), Incomplete: true,
		Message: "the history could not be read to its end: " + err.Error(),
		Hint:    "run git fsck; fetch the repository again where it is damaged",
	}
}

func broken(f *pack.Fault) event.Problem {
	return event.Problem{
		Code: string(fault.Incomplete), Incomplete: true,
		Message: "an object of the history could not be read: " + f.Error(),
		Hint:    "run git fsck; fetch the repository again where it is damaged",
	}
}
