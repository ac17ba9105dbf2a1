package cli

import (
	"context"

	"github.com/plimsoll-dev/plimsoll/internal/release/approval"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// approved verifies the approvals of a prepared release: by people of the
// product, with their keys, on these very bytes, as many as the release needs.
func (app *App) approved(ctx context.Context, dir string, p record.Prepared, raw []byte, approvals [][]byte) ([]verify.Approved, error) {
	desk, err := app.desk(ctx, dir)
	if err != nil {
		return nil, err
	}
	return approval.Ready(p, raw, approvals, desk.Product().Owners)
}
