package cli

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

// decide takes one decision on each of the findings, or one wide decision.
func (app *App) decide(d *assess.Docket, chosen []*event.Finding, f triageFlags, verdict, by string) error {
	ds, err := app.draft(d, chosen, f, verdict, by)
	if err != nil {
		return err
	}
	all := pointers(d.Findings())
	wide := len(ds) == 1 && ds[0].Wide()
	if wide {
		cover := ds[0].Cover(all, d.Look)
		ds[0].Remember(cover)
		if f.dryRun {
			return app.showCover(&ds[0], cover)
		}
		if len(cover.Findings) == 0 {
			return fault.New(fault.Usage, "decide on it by itself: --scope place", "the decision would cover no open finding: what is in view is too severe or too certain for it")
		}
	} else if f.dryRun {
		return app.showChosen(chosen, ds)
	}
	what := fmt.Sprintf("%s on %s", said(ds[0].Verdict), countOf(len(ds), "finding"))
	if wide {
		what = said(ds[0].Verdict) + " on " + ds[0].Rule + ", " + ds[0].Reach()
	}
	if err := d.Change(what, ds, nil); err != nil {
		return err
	}
	return app.showDecided(ds)
}

func said(verdict string) string { return strings.ReplaceAll(verdict, "-", " ") }

func countOf(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func pointers(findings []event.Finding) []*event.Finding {
	all := make([]*event.Finding, len(findings))
	for i := range findings {
		all[i] = &findings[i]
	}
	return all
}

// draft is what the flags ask for, bound to the findings.
func (app *App) draft(d *assess.Docket, chosen []*event.Finding, f triageFlags, verdict, by string) (finding.Decisions, error) {
	today := app.Clock().UTC()
	wide := f.scope != "" && f.scope != finding.ScopePlace
	if wide && len(chosen) > 1 && f.scope != finding.ScopePattern {
		return nil, fault.New(fault.Usage, "name the one finding that is in view", "a decision on a %s is taken with one finding in view, got %d", f.scope, len(chosen))
	}
	if wide {
		chosen = worstFirst(chosen)[:1]
	}
	var ds finding.Decisions
	for _, g := range chosen {
		one := finding.Decision{Verdict: verdict, Because: strings.TrimSpace(f.because), By: by, Owner: f.owner, Scope: f.scope,
			On: today.Format(time.DateOnly), Until: f.until, Place: placeOf(*g)}
		if f.again {
			if g.Earlier == nil {
				return nil, fault.New(fault.Usage, "give --false-positive, --accept or --fix", "nothing was decided on %s that could be said again", g.Fingerprint[:12])
			}
			one.Verdict, one.Because = g.Earlier.Verdict, cmp.Or(one.Because, g.Earlier.Because)
			one.Owner = cmp.Or(one.Owner, g.Earlier.Owner)
		}
		if f.scope == finding.ScopePattern {
			if err := aim(&one, g, f.filter); err != nil {
				return nil, err
			}
		}
		one = one.Bind(g, d.Look(g))
		if one.Until == "" {
			one.Until = today.AddDate(0, 0, finding.DefaultDays(one.Verdict, one.Scope)).Format(time.DateOnly)
		}
		if err := possible(&one); err != nil {
			return nil, err
		}
		ds = append(ds, one)
	}
	stampBatch(ds, today)
	return ds, nil
}

// stampBatch marks decisions that are taken together.
func stampBatch(ds finding.Decisions, at time.Time) {
	if len(ds) < 2 {
		return
	}
	batch := finding.Fingerprint("batch", ds[0].By, ds[0].Fingerprint, at.Format(time.RFC3339Nano))[:12]
	for i := range ds {
		ds[i].Batch = batch
	}
}

// aim sets which files a pattern takes: those that the flags name, else those of
// the class of the finding in view.
func aim(d *finding.Decision, f *event.Finding, q finding.Filter) error {
	d.Class = q.Class
	switch {
	case strings.ContainsAny(q.Path, "*?["):
		d.Paths = []string{q.Path}
	case q.Path != "":
		return fault.New(fault.Usage, `write it as a pattern, for instance --path "**/testdata/**"`, "%q is no pattern of paths", q.Path)
	case q.Class == "" && f.Class == string(finding.Production):
		return fault.New(fault.Usage, "say which files with --path or --class", "a pattern over all production code would be too wide")
	case q.Class == "":
		d.Class = f.Class
	}
	return nil
}

// possible says what is wrong with a decision before it is written.
func possible(d *finding.Decision) error {
	if d.Scope == finding.ScopeFunction && d.Function == "" {
		return fault.New(fault.Usage, "use --scope place", "no function or section is known around %s", d.Place)
	}
	if d.Scope == finding.ScopeGroup && d.Group == "" {
		return fault.New(fault.Usage, "use --scope place", "the finding at %s belongs to no group", d.Place)
	}
	if _, err := finding.ParseDecisions("the decision", finding.Decisions{*d}.Encode()); err != nil {
		first := fault.All(err)[0]
		return fault.New(fault.Usage, first.Hint, "%s", first.Message)
	}
	return nil
}

func worstFirst(all []*event.Finding) []*event.Finding {
	worst := 0
	for i, f := range all {
		if f.Severity.Rank() > all[worst].Severity.Rank() {
			worst = i
		}
	}
	return append([]*event.Finding{all[worst]}, append(all[:worst:worst], all[worst+1:]...)...)
}

// mostShown is how many findings a preview lists.
const mostShown = 20

func (app *App) showCover(d *finding.Decision, c finding.Cover) error {
	fmt.Fprintf(app.Stdout, "%s on %s, %s, until %s would cover %s:\n", said(d.Verdict), d.Rule, clean.Line(d.Reach()), d.Until, countOf(len(c.Findings), "open finding"))
	app.listShort(c.Findings)
	if len(c.Severe) > 0 {
		fmt.Fprintf(app.Stdout, "not covered, since too severe or too certain (%d):\n", len(c.Severe))
		app.listShort(c.Severe)
	}
	fmt.Fprintln(app.Stdout, "nothing was decided (--dry-run)")
	return nil
}

func (app *App) showChosen(chosen []*event.Finding, ds finding.Decisions) error {
	fmt.Fprintf(app.Stdout, "%s until %s would be decided on %s:\n", said(ds[0].Verdict), ds[0].Until, countOf(len(chosen), "finding"))
	app.listShort(chosen)
	fmt.Fprintln(app.Stdout, "nothing was decided (--dry-run)")
	return nil
}

func (app *App) listShort(findings []*event.Finding) {
	for _, f := range findings[:min(len(findings), mostShown)] {
		fmt.Fprintln(app.Stdout, "  "+clean.Start(shortLine(f)))
	}
	if more := len(findings) - mostShown; more > 0 {
		fmt.Fprintf(app.Stdout, "  and %d more\n", more)
	}
}

// shortLine is a finding in one line.
func shortLine(f *event.Finding) string {
	return fmt.Sprintf("%-12s %-8s %-8s %s  %s", f.Fingerprint[:min(12, len(f.Fingerprint))], f.Severity, finding.StateOf(f), clean.Line(f.Rule), clean.Line(placeOf(*f)))
}

func (app *App) showDecided(ds finding.Decisions) error {
	for i := range ds[:min(len(ds), mostShown)] {
		d := &ds[i]
		if d.Wide() {
			fmt.Fprintf(app.Stdout, "%s: %s, %s, until %s; it covers %s now, in %s\n", d.Verdict, d.Rule, clean.Line(d.Reach()), d.Until,
				countOf(len(strings.Fields(d.Covered)), "finding"), finding.DecisionsPath)
			continue
		}
		what := d.Rule
		if d.Place != "" {
			what += " at " + clean.Line(d.Place)
		}
		fmt.Fprintf(app.Stdout, "%s: %s, %s, in %s\n", d.Verdict, what, standsFor(d), finding.DecisionsPath)
	}
	if more := len(ds) - mostShown; more > 0 {
		fmt.Fprintf(app.Stdout, "and %d more\n", more)
	}
	return nil
}

// standsFor says how long a decision stands.
func standsFor(d *finding.Decision) string {
	on, _ := time.Parse(time.DateOnly, d.On)
	until, _ := time.Parse(time.DateOnly, d.Until)
	return "for " + countOf(int(until.Sub(on).Hours()/24), "day")
}
