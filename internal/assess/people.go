package assess

import (
	"context"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
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

// Identify says which repository stands in o.Dir, and the digest of each of its
// files by path.
func Identify(ctx context.Context, o Options) (*repo.Repo, evidence.Repository, map[string]string, error) {
	a, err := begin(ctx, o.withDefaults())
	if err != nil {
		return nil, evidence.Repository{}, nil, err
	}
	digests := map[string]string{}
	for _, f := range a.snapshot.Files() {
		digests[f.Path] = f.Digest
	}
	return a.repo, a.identity, digests, nil
}

// PeopleKeys lists the public keys of the product's people, a line each.
func PeopleKeys(ctx context.Context, o Options) ([]string, error) {
	a, err := begin(ctx, o.withDefaults())
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, owner := range a.product.Owners {
		lines = append(lines, owner.Keys...)
	}
	return lines, nil
}
