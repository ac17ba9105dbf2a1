package history

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// said is what the history of some refs gave under some policy. A change of the
// work tree alone changes none of it, so that the walk through all commits need
// not be made again for one changed file.
type said struct {
	Findings     []event.Finding     `json:"findings,omitempty"`
	Observations []event.Observation `json:"observations,omitempty"`
	Objects      int64               `json:"objects"`
	Large        []blob              `json:"large,omitempty"`
	// problems says how many there were; what was incomplete is not kept.
	problems int
}

// reportHistory tells of commits, tags and objects.
func (e *exam) reportHistory(ctx context.Context, r *repo.Repo) error {
	digest, err := r.RefsDigest(ctx)
	if err != nil {
		return err
	}
	s := &said{}
	key := fmt.Sprintf("history %s %s %t", digest, e.asked, isShallow(r))
	if data, ok := e.p.Memo().Get(key); ok && json.Unmarshal(data, s) == nil {
		for _, f := range s.Findings {
			e.p.Report(f)
		}
		for _, o := range s.Observations {
			e.p.Observe(o)
		}
	} else if s, err = e.walk(ctx, r); err != nil {
		return err
	} else if data, err := json.Marshal(s); err == nil && s.problems == 0 {
		e.p.Memo().Put(key, data)
	}
	e.reportLargeBlobs(s)
	return e.reportMoved(ctx)
}

// walk examines the history itself.
func (e *exam) walk(ctx context.Context, r *repo.Repo) (*said, error) {
	e.keep = &said{}
	defer func() { e.keep = nil }()
	refs, err := r.Refs(ctx)
	if err != nil {
		return nil, err
	}
	g, err := readGraph(ctx, r, e.policy.Keyring())
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		e.problem(event.Problem{Code: string(fault.Incomplete), Incomplete: true, Message: "the history could not be read to its end: " + err.Error(),
			Hint: "run `git fsck`, or fetch what is missing"})
	}
	if g.broken > 0 {
		e.problem(event.Problem{Code: string(fault.Incomplete), Incomplete: true, Message: plural(g.broken, "commit has", "commits have") + " headers that cannot be read",
			Hint: "run `git fsck --strict`"})
	}
	e.reportPeople(g, branches(refs), r.Head())
	if err := e.reportTags(ctx, r, g, refs); err != nil {
		return nil, err
	}
	e.keep.Large, e.keep.Objects, err = e.largeBlobs(ctx, r)
	return e.keep, err
}
