package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// explainFacts lists every fact with the place where it was seen.
func (app *App) explainFacts(ctx context.Context, dir string) error {
	facts, err := assess.ProductFacts(ctx, assess.Options{Dir: dir, Getenv: app.Getenv, Clock: app.Clock})
	if err != nil {
		return err
	}
	if len(facts) == 0 {
		_, err := fmt.Fprintln(app.Stdout, "nothing is known of this product: state the facts in .plimsoll/product.yaml (plimsoll init)")
		return err
	}
	for _, f := range facts {
		fmt.Fprintf(app.Stdout, "%-18s %-20s %-12s %s\n", f.Name, clean.Line(f.Value), certainty(f), clean.Line(seenAt(f)))
	}
	return nil
}

func certainty(f event.Fact) string {
	if f.Origin == "declared" {
		return "declared"
	}
	return string(f.Confidence)
}

// seenAt is where a fact was seen, and what was seen there.
func seenAt(f event.Fact) string {
	var parts []string
	if f.Path != "" {
		parts = append(parts, fault.Place{Path: f.Path, Line: f.Line}.String())
	}
	if f.Because != "" {
		parts = append(parts, f.Because)
	}
	return strings.Join(parts, ": ")
}
