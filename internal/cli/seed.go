package cli

import (
	"fmt"
	"slices"

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
	slices.SortStableFunc(p.findings, func(a, b *event.Finding) int { return b.Severity.Rank() - a.Severity.Rank() })
	for _, f := range p.findings {
		out.field(fmt.Sprintf("  %s", f.Severity), clean.Line(f.Message))
	}
	return p.app.write(out)
}
