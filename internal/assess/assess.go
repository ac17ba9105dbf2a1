package assess

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding/attention"
	"github.com/plimsoll-dev/plimsoll/internal/finding/precision"
	"github.com/plimsoll-dev/plimsoll/internal/finding/suppress"
	"github.com/plimsoll-dev/plimsoll/internal/gate"
	"github.com/plimsoll-dev/plimsoll/internal/version"
)

// Result is what an assessment came to. The events told it already; these are
// for callers that act on it.
type Result struct {
	Verdict  event.Verdict
	Findings []event.Finding // all, with state and decision
	Problems []event.Problem
	Examined int // files and commits there were to examine
	// Weigh says what the worth of a finding is made of, and what is known of its rule.
	Weigh func(event.Finding) (attention.Parts, precision.Estimate)
}

// Exit is the exit status of the command that shows r.
func (r *Result) Exit() int {
	switch r.Verdict.Gate {
	case event.Met:
		return fault.ExitMet
	case event.IncompleteGate:
		return fault.ExitIncomplete
	}
	if r.incomplete() {
		return fault.ExitIncomplete
	}
	return fault.ExitNotMet
}

func (r *Result) incomplete() bool {
	for _, p := range r.Problems {
		if p.Incomplete {
			return true
		}
	}
	return false
}

// Run assesses. An error means that there is no verdict: the directory, the
// configuration or the checks asked for are wrong, or there is nothing there.
func Run(ctx context.Context, o Options) (*Result, error) {
	a, err := judge(ctx, o.withDefaults())
	if err != nil {
		return nil, err
	}
	if err := a.tell(); err != nil {
		return nil, err
	}
	return a.result(), a.Handler.Flush()
}

// judge comes to a verdict, and has told the configuration alone.
func judge(ctx context.Context, o Options) (*assessment, error) {
	a, err := begin(ctx, o)
	if err != nil {
		return nil, err
	}
	if err := a.selectRequirements(ctx); err != nil {
		return nil, err
	}
	if err := a.findBase(ctx); err != nil {
		return nil, err
	}
	if err := a.emit(a.config()); err != nil {
		return nil, err
	}
	a.words = a.call(ctx)
	a.callBase(ctx)
	a.askIssuers(ctx)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	a.decide(ctx)
	return a, nil
}

// assessment is one run under way.
type assessment struct {
	Options
	subject
	runner   *check.Runner
	selected selection
	words    []word
	problems []event.Problem // of no check
	verdict  event.Verdict
	base     *base // nil where no revision is compared with
	// findings as they were before anybody decided, and whether those are all
	undecided []event.Finding
	complete  bool
	silencers []suppress.Comment // in the code
	// attention is what the places of this run were given away by.
	attention attention.Options

	mu sync.Mutex // held while the handler is called
}

// word is what is known of one check's word.
type word struct {
	check.Word
	current bool   // its inputs are those of the subject
	stale   string // what has moved where they are not
	absent  bool   // there is no evidence
}

func (a *assessment) emit(e event.Event) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.Handler.Handle(e)
}

func (a *assessment) config() *event.Config {
	return &event.Config{
		Protocol: event.Protocol, Tool: "plimsoll", Version: version.Version(), Directory: a.Dir,
		Product: a.product.Name, Commit: a.repo.Head(), Dirty: a.dirty, AsOf: a.AsOf.UTC(),
		Level: a.level(), Facts: a.facts,
	}
}

// level is the level of requirements that this run selects.
func (a *assessment) level() int {
	switch {
	case a.Options.Level > 0:
		return a.Options.Level
	case a.product.Requirements.Level > 0:
		return a.product.Requirements.Level
	}
	return 1
}

// call gets every check's word: from the checks that were asked for, and from
// the evidence there is of the others.
func (a *assessment) call(ctx context.Context) []word {
	called, kept := a.split()
	words := make(map[string]word, len(a.checks))
	for _, w := range a.runner.Run(ctx, called) {
		words[w.Check.ID] = word{Word: w, current: true, absent: w.Err != nil}
	}
	for _, c := range kept {
		if c.Idle != "" {
			words[c.ID] = word{Word: check.Word{Check: c}, absent: true}
			continue
		}
		words[c.ID] = a.recall(ctx, c)
	}
	all := make([]word, len(a.checks))
	for i, c := range a.checks {
		all[i] = words[c.ID]
	}
	return all
}

// split parts the checks into those to call and those whose evidence counts.
func (a *assessment) split() (called, kept []*check.Check) {
	if a.NoCalls {
		return nil, a.checks
	}
	wanted := map[string]bool{}
	for _, id := range a.Only {
		wanted[id] = true
	}
	for _, c := range a.checks {
		if len(wanted) == 0 && c.Ask == "" && c.Idle == "" || wanted[c.ID] || c.Ask != "" && a.SeedDefects {
			called = append(called, c)
		} else {
			kept = append(kept, c)
		}
	}
	return called, kept
}

// recall finds the evidence of a check that is not called: of these very inputs,
// or else the newest, with what has moved since.
func (a *assessment) recall(ctx context.Context, c *check.Check) word {
	w := word{Word: check.Word{Check: c, Memo: true}}
	call, err := a.runner.Call(ctx, c)
	if err != nil {
		w.Err, w.absent = err, true
		return w
	}
	item, ok, err := a.runner.Store.Get(ctx, call, a.identity)
	if err != nil {
		w.Problems = append(w.Problems, problemOf(c.ID, err))
	}
	if ok {
		w.Evidence, w.current = item, !a.AsOf.Before(item.AsOf)
		if !w.current {
			w.stale = "its word is for " + item.AsOf.UTC().Format(time.DateOnly) + " and later"
		}
		return w
	}
	if item, ok = a.runner.Store.Latest(ctx, c.ID, a.identity); ok {
		w.Evidence, w.stale = item, whatMoved(item.Record, call, a.identity)
		return w
	}
	w.absent = true
	return w
}

// decide applies the decisions and asks the gate.
func (a *assessment) decide(ctx context.Context) {
	var all []event.Finding
	for i := range a.words {
		all = append(all, a.words[i].Evidence.Findings...)
	}
	a.describe(all)
	a.compare(ctx, all)
	files := a.unexamined()
	a.acceptUnexamined(ctx, files)
	all = append(all, files...) // they are decided on with the findings, and are none
	a.problems = append(a.problems, a.applyDecisions(ctx, all, a.saidAll())...)
	for i := range a.words { // hand the decided copies back
		n := len(a.words[i].Evidence.Findings)
		a.words[i].Evidence.Findings, all = all[:n:n], all[n:]
	}
	clusters := a.witnesses()
	a.problems = append(a.problems, a.clock()...)
	a.problems = append(a.problems, a.mappedToNothing(ctx)...)
	in := a.gateInput()
	a.verdict = a.evaluate(in)
	a.problems = append(a.problems, gate.Problems(in, a.verdict)...)
	a.merge(clusters)
	a.route()
	a.countChange()
	a.verdict.Due = a.dues(ctx)
	a.problems = append(a.problems, a.notices()...)
}

// saidAll says whether every check that is not asked for by itself has told all
// that there is.
func (a *assessment) saidAll() bool {
	for i := range a.words {
		w := &a.words[i]
		if w.Check.Ask == "" && w.Check.Idle == "" && (w.absent || !w.current || w.incomplete()) {
			return false
		}
	}
	return true
}

func (w word) incomplete() bool {
	for _, p := range append(w.Evidence.Problems, w.Problems...) {
		if p.Incomplete {
			return true
		}
	}
	return false
}

// clock tells of evidence from the future: then either this machine's clock or
// the one that made the evidence is wrong, and nothing dated can be trusted.
func (a *assessment) clock() []event.Problem {
	const drift = 10 * time.Minute
	now := a.Options.Clock()
	for _, w := range a.words {
		made := w.Evidence.Finished
		if made.After(now.Add(drift)) {
			return []event.Problem{{Code: "clock", Incomplete: true,
				Message: fmt.Sprintf("this machine's clock says %s, but evidence of %s was made at %s", now.UTC().Format(time.RFC3339), w.Check.ID, made.UTC().Format(time.RFC3339)),
				Hint:    "set the clock; if it is right, run again with --no-memo"}}
		}
	}
	return nil
}

// tell emits what there is to say, check by check in the order of the table.
func (a *assessment) tell() error {
	for _, w := range a.words {
		if err := a.tellWord(w); err != nil {
			return err
		}
	}
	for i := range a.fixed() {
		if err := a.emit(&a.base.fixed[i]); err != nil {
			return err
		}
	}
	for i := range a.problems {
		if err := a.emit(&a.problems[i]); err != nil {
			return err
		}
	}
	return a.emit(&a.verdict)
}

func (a *assessment) tellWord(w word) error {
	var events []event.Event
	for i := range w.Evidence.Observations {
		events = append(events, &w.Evidence.Observations[i])
	}
	for i := range w.Evidence.Findings {
		events = append(events, &w.Evidence.Findings[i])
	}
	events = append(events, a.testEvents(w)...)
	problems := append(append([]event.Problem{}, w.Evidence.Problems...), w.Problems...)
	if w.Err != nil {
		problems = append(problems, problemOf(w.Check.ID, w.Err))
	}
	for i := range problems {
		events = append(events, &problems[i])
	}
	if w.Evidence.Digest != "" {
		events = append(events, &event.Evidence{Check: w.Check.ID, Digest: w.Evidence.Digest, FreshUntil: w.Evidence.FreshUntil, Memo: w.Memo})
	}
	for _, e := range events {
		if err := a.emit(e); err != nil {
			return err
		}
	}
	return nil
}

// problemOf is an error as a problem that leaves the run incomplete.
func problemOf(checkID string, err error) event.Problem {
	f := fault.All(err)[0]
	p := event.Problem{Check: checkID, Code: string(f.Code), Message: f.Message, Hint: f.Hint, Incomplete: true}
	if f.Place != nil {
		p.Path, p.Line, p.Column, p.Source = f.Place.Path, f.Place.Line, f.Place.Column, f.Place.Source
	}
	if f.Code == fault.Internal {
		p.Message = "internal error: " + p.Message
	}
	return p
}

func (a *assessment) result() *Result {
	r := &Result{Verdict: a.verdict, Problems: a.problems, Examined: len(a.snapshot.Files()), Weigh: a.attention.Weigh}
	r.Findings = append(r.Findings, a.fixed()...)
	for _, w := range a.words {
		r.Findings = append(r.Findings, w.Evidence.Findings...)
		r.Problems = append(append(r.Problems, w.Evidence.Problems...), w.Problems...)
		if w.Err != nil {
			r.Problems = append(r.Problems, problemOf(w.Check.ID, w.Err))
		}
	}
	return r
}

// unknownChecks is the fault for ids in --only that no check has.
func unknownChecks(only []string, checks []*check.Check) error {
	known := map[string]bool{}
	var ids []string
	for _, c := range checks {
		known[c.ID] = true
		ids = append(ids, c.ID)
	}
	sort.Strings(ids)
	var errs []error
	for _, id := range only {
		if !known[id] {
			errs = append(errs, fault.New(fault.Usage, "use one of: "+strings.Join(ids, ", "), "there is no check %q", id))
		}
	}
	return errors.Join(errs...)
}
