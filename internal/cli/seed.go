package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/code/seed"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// planted collects what was told of planted defects, to say it once more at the
// end in one place.
type planted struct {
	app      *App
	counts   map[string]int64
	findings []*event.Finding
	until    time.Time // its word stands
}

func (app *App) planted() *planted { return &planted{app: app, counts: map[string]int64{}} }

func (p *planted) Handle(e event.Event) error {
	switch e := e.(type) {
	case *event.Observation:
		if e.Check == seed.CheckID {
			p.counts[e.What] += e.Count
		}
	case *event.Finding:
		if e.Check == seed.CheckID {
			p.findings = append(p.findings, e)
		}
	case *event.Evidence:
		if e.Check == seed.CheckID {
			p.until = e.FreshUntil
		}
	}
	return nil
}

// Flush writes how much was planted and caught, and each of the rest.
func (p *planted) Flush() error {
	out := p.app.page()
	n := p.counts[seed.Planted]
	if n == 0 {
		out.line("\nNothing could be planted: the repository has no file of a kind that holds credentials.")
		return p.app.write(out)
	}
	out.line("\nPlanted %d fresh credentials of %d kinds among files like those here: %d were caught.", n, p.counts[seed.Kinds], p.counts[seed.Caught])
	p.each(out)
	return p.app.write(out)
}

// each lists what was not caught, the worst first.
func (p *planted) each(out *page) {
	slices.SortStableFunc(p.findings, func(a, b *event.Finding) int { return b.Severity.Rank() - a.Severity.Rank() })
	for _, f := range p.findings {
		out.field(fmt.Sprintf("  %s", f.Severity), clean.Line(f.Message))
	}
}

// recalled is the handler of a run that only recalls: it keeps what was planted
// last, and writes nothing.
type recalled struct{ *planted }

func (recalled) Flush() error { return nil }

// explainRecall says what came of the defects that were planted last.
func (app *App) explainRecall(ctx context.Context, dir string, p *page) error {
	last := app.planted()
	options := app.plainOptions(dir)
	options.NoCalls, options.Handler = true, recalled{last}
	switch _, err := assess.Run(ctx, options); {
	case assess.Outside(err):
		return nil
	case err != nil:
		return err
	}
	n, caught := last.counts[seed.Planted], last.counts[seed.Caught]
	switch {
	case n == 0:
		p.field("last result", "none yet")
	case !last.until.After(app.Clock()):
		p.field("last result", fmt.Sprintf("%d of %d planted credentials of %d kinds were caught; its word stood until %s", caught, n, last.counts[seed.Kinds], last.until.UTC().Format(time.DateOnly)))
	default:
		p.field("last result", fmt.Sprintf("%d of %d planted credentials of %d kinds were caught; its word stands until %s, unless what it rests on moves", caught, n, last.counts[seed.Kinds], last.until.UTC().Format(time.DateOnly)))
	}
	last.each(p)
	return nil
}
