package assess

import (
	"context"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Facts infers the facts of the repository in o.Dir, without what a person has
// written about them.
func Facts(ctx context.Context, o Options) (*repo.Repo, []event.Fact, error) {
	a, err := begin(ctx, o.withDefaults())
	if err != nil {
		return nil, nil, err
	}
	return a.repo, a.inferred, nil
}

// ProductFacts are the facts that an assessment goes by: inferred, and what
// people have written.
func ProductFacts(ctx context.Context, o Options) ([]event.Fact, error) {
	a, err := begin(ctx, o.withDefaults())
	if err != nil {
		return nil, err
	}
	return a.facts, nil
}
