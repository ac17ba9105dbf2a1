package cli

import (
	"context"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// explainCustom explains a requirement that the organisation words itself. Outside
// of a repository there is none.
func (app *App) explainCustom(ctx context.Context, dir, id string) (found bool, err error) {
	r, ok, err := assess.FindCustom(ctx, assess.Options{Dir: dir, Getenv: app.Getenv, Clock: app.Clock}, id)
	if code := fault.CodeOf(err); code == fault.Usage || code == fault.Nothing {
		return false, nil
	}
	if err != nil || !ok {
		return false, err
	}
	for _, text := range []*string{&r.ID, &r.Title, &r.Statement, &r.Why, &r.Applies, &r.Fix, &r.Plan.Evidence, &r.Written} {
		*text = clean.Line(*text)
	}
	for i := range r.Maps {
		r.Maps[i] = clean.Line(r.Maps[i])
	}
	return true, app.explainRequirement(ctx, dir, r)
}
