package secretscan

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/code/unwrap"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// messageKey is where the results on messages are kept from run to run.
const messageKey = "messages"

// messages examines what the commits and annotated tags say that are called oids,
// as far as no earlier run has, and adds it to t. What is known of others is
// forgotten. It tells what it could not read.
func (s *scanner) messages(ctx context.Context, p *check.Pass, r *repo.Repo, oids []string, t *told) (whole bool, _ error) {
	known, fresh := decodeBlobs(p.Memo(), messageKey), newBlobs()
	large, err := s.eachMessage(ctx, r, lacking(known, oids), fresh)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	whole = err == nil
	if !whole {
		p.Problem(brokenOff(err))
	}
	known.add(fresh)
	reachable := make(map[string]bool, len(oids))
	for _, oid := range oids {
		reachable[oid] = true
	}
	known.keep(func(oid string) bool { return reachable[oid] })
	p.Memo().Put(messageKey, known.encode())
	t.placeMessages(known)
	t.Messages, t.Large = known.len(), large
	return whole, nil
}

// eachMessage examines the messages called oids into fresh.
func (s *scanner) eachMessage(ctx context.Context, r *repo.Repo, oids []string, fresh *blobs) (large int, err error) {
	large, err = r.EachMessage(ctx, oids, func(m repo.Message) error {
		result, err := s.readBytes(m.Text, inside{Walk: unwrap.NewWalk(int64(len(m.Text)))})
		for i := range result.sightings {
			result.sightings[i].Said = said(m)
		}
		return fresh.put(m.OID)(result, err)
	})
	return large, errors.Join(err, fresh.err)
}

// placeMessages adds what was seen in messages.
func (t *told) placeMessages(known *blobs) {
	for _, oid := range known.withSightings() {
		for _, g := range known.found[oid] {
			commit, _, _ := cutSaid(g.Said)
			t.Found, t.Commits = append(t.Found, placed{"", g}), append(t.Commits, commit)
		}
	}
}

// lacking lists the oids that known lacks.
func lacking(known *blobs, oids []string) (list []string) {
	for _, oid := range oids {
		if !known.has(oid) {
			list = append(list, oid)
		}
	}
	return list
}

// said is how a sighting in a message keeps which message that is.
func said(m repo.Message) string { return m.Commit + " " + m.Tag }

func cutSaid(text string) (commit, tag string, ok bool) {
	before, after, ok := bytes.Cut([]byte(text), []byte{' '})
	return string(before), string(after), ok
}

// whereSaid says in words where a sighting without a path is.
func whereSaid(p placeOf) string {
	_, tag, ok := cutSaid(p.Said)
	switch {
	case p.path != "":
		return ""
	case !ok:
		return ", in an object that a ref names by itself"
	case tag != "":
		return fmt.Sprintf(", in the message of the tag %s", tag)
	}
	return fmt.Sprintf(", in the message of the commit %.12s", p.commit)
}

// tellMessages says what of them was looked at.
func (s *scanner) tellMessages(p *check.Pass, t told) {
	p.Observe(event.Observation{What: "messages of commits and tags scanned for secrets", Count: int64(t.Messages), Rules: s.ruleIDs()})
	if t.Large > 0 {
		p.Problem(event.Problem{Code: string(fault.TooCostly), Incomplete: true,
			Message: fmt.Sprintf("%d messages of commits or tags are too large to be read and were not scanned", t.Large),
			Hint:    "look at them with git cat-file; nobody writes that much"})
	}
}
