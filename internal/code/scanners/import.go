package scanners

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding/imported"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/sarif"
)

// results gathers what the scanners say.
type results struct {
	pass *check.Pass
	tree *imported.Tree
	all  []*imported.Found
}

func newImport(p *check.Pass) *results {
	return &results{pass: p, tree: imported.NewTree(p.Files(workTree))}
}

// scanner runs one scanner in dir and takes over what it found. What goes wrong
// with it is told, and the others go on.
func (r *results) scanner(ctx context.Context, s product.Scanner, dir string) {
	c, err := commandOf(s, dir)
	if err != nil {
		lack(r.pass, installHint(s.Tool), "the scanner %s is not on this machine: %v", s.Tool, err)
		return
	}
	r.run(ctx, s.Tool, &c, dir)
}

// run runs the command of a tool in dir and takes over what it found.
func (r *results) run(ctx context.Context, tool string, c *command, dir string) {
	data, complaints, err := c.output(ctx, dir)
	if err != nil {
		hint := "run it by hand: " + tool
		if f := fault.All(err); len(f) > 0 && f[0].Hint != "" {
			hint = f[0].Hint
		}
		lack(r.pass, hint, "the scanner %s could not do its work: %v", tool, err)
		return
	}
	text, err := docfile.UTF8(data)
	if err != nil {
		lack(r.pass, "", "reading what %s wrote: %v", tool, err)
		return
	}
	log, err := sarif.Parse(text)
	if err != nil {
		lack(r.pass, "see that its arguments make it write SARIF 2.1.0", "reading what %s wrote: %v", tool, err)
	}
	for i := range log.Runs {
		run := &log.Runs[i]
		run.Faults = append(run.Faults, complaints...)
		c.takeUnread(run)
		r.add(run, tool, err == nil)
		if c.taciturn && err == nil && len(run.Faults)+len(run.Results)+len(run.Rules) == 0 {
			r.pass.Observe(event.Observation{What: "runs to their end that found nothing, of " + imported.Version(run), Tool: run.Tool, Count: 1})
		}
	}
	if c.network {
		r.pass.FreshUntil(r.pass.Now().Add(networkPeriod))
	}
}

// takeUnread makes faults of the run of those results that tell of code which
// the scanner could not read: they are no findings.
func (c *command) takeUnread(run *sarif.Run) {
	run.Results = slices.DeleteFunc(run.Results, func(res sarif.Result) bool {
		unread := slices.Contains(c.unread, res.Rule)
		if unread && len(run.Faults) < mostComplaints {
			run.Faults = append(run.Faults, docfile.OneLine(res.Message, 300))
		}
		return unread
	})
}

// add takes over one run. What was read of a broken file is reported, but says
// nothing of what was looked at.
func (r *results) add(run *sarif.Run, tool string, whole bool) {
	if whole {
		r.pass.Observe(imported.Looked(run))
	}
	for _, why := range run.Faults {
		lack(r.pass, "run "+tool+" by hand, and mend what it names", "%s says that its run was incomplete: %s", run.Tool, why)
	}
	if len(run.Faults) > 0 {
		r.all = append(r.all, &imported.Found{Identity: []string{run.Tool}, Finding: event.Finding{
			Rule: ToolIncomplete, Severity: event.Medium, Confidence: event.Sure, Tool: run.Tool, Path: product.Path, State: event.Open,
			Message: fmt.Sprintf("%s says that its run was incomplete: %s", run.Tool, run.Faults[0])}})
	}
	r.tree.Anchor(run)
	for i := range run.Results {
		f := imported.FromResult(product.Path, run, &run.Results[i])
		r.all = append(r.all, &f)
	}
}

// finish gives every finding its line of source and its fingerprint, and reports it.
func (r *results) finish(ctx context.Context) error {
	if _, err := imported.Quote(ctx, r.tree, r.all, func(path string) ([]byte, error) {
		return r.pass.Read(ctx, workTree, path, imported.MaxSource)
	}); err != nil {
		return err
	}
	slices.SortStableFunc(r.all, func(a, b *imported.Found) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	r.all = slices.CompactFunc(r.all, imported.Same)
	imported.Fingerprint(r.all)
	for _, f := range r.all {
		r.pass.Report(f.Finding)
	}
	return nil
}

func installHint(tool string) string {
	if k, err := known(tool); err == nil {
		return k.Install
	}
	return "install it, or remove it from product.yaml"
}
