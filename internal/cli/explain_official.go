package cli

import (
	"context"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
	"github.com/plimsoll-dev/plimsoll/internal/requirement/official"
)

// official shows what the publisher says, with the terms under which it may be
// passed on; nothing where the text was not imported.
func (p *page) official(t official.Text) {
	if t.Text == "" {
		return
	}
	p.field("official", clean.Line(strings.Join(strings.Fields(t.Text), " ")))
	p.field("advice", clean.Line(strings.Join(strings.Fields(t.Guidance), " ")))
	p.field("source", clean.Line(t.Attribution))
}

// explainImported explains a requirement of an imported catalogue for which
// there is no plan of ours. It is false where there is none.
func (app *App) explainImported(ctx context.Context, dir, id string) (bool, error) {
	t, ok, err := assess.OfficialText(ctx, assess.Options{Dir: dir}, id)
	if err != nil || !ok {
		return false, err
	}
	p := app.page()
	p.line("%s  %s\n", clean.Line(t.ID), clean.Line(t.Title))
	p.field("catalogue", clean.Line(t.Catalogue+" "+t.Version))
	p.field("section", clean.Line(strings.TrimSpace(t.Section+" "+t.SectionTitle)))
	p.official(t)
	p.field("verified", "by a person: plimsoll attest "+clean.Line(t.ID))
	return true, app.write(p)
}
