package cli

import (
	"context"
	"os"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/prepare"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// approved verifies the approvals of a prepared release: by people of the
// product, with their keys, on these very bytes, as many as the release needs.
// What it needs is taken from the policy and the history, not from its own word.
func (app *App) approved(ctx context.Context, dir string, trust *verify.Trust, p record.Prepared, raw []byte, approvals [][]byte) ([]verify.Approved, error) {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := again(ctx, desk, trust, p); err != nil {
		return nil, err
	}
	return approval.Ready(p, raw, approvals, desk.Product().Owners)
}

// again holds a prepared release against the policy and the history here.
func again(ctx context.Context, desk *assess.Desk, trust *verify.Trust, p record.Prepared) error {
	return prepare.Again(ctx, prepare.Product{Product: desk.Product(), Repo: desk.Repo(), Roots: desk.Identity().Roots, Trust: trust}, p)
}

// trustIfAny is the trust file for a repository, nil where there is none yet: a
// product can be prepared and approved before its organisation has one.
func (app *App) trustIfAny(dir string) (*verify.Trust, error) {
	if _, err := os.Stat(trustIn(dir)); err == nil {
		return app.repositoryTrust("", dir)
	}
	if _, err := app.trustPath(""); err != nil {
		return nil, nil
	}
	return app.trust("")
}
