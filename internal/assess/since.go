package assess

import (
	"context"
	"fmt"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/gate"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// base is the other side of a comparison: the repository as it was at a
// revision, examined in full by the same checks, rules and clock. A finding is
// the change's when the full result there lacks it, wherever its line stands: so
// what is caused by an edit elsewhere is seen, and nothing fails after the merge
// that did not fail before.
type base struct {
	event.Difference
	repo   *repo.Repo
	brings map[string]bool // the commits that HEAD has and the base lacks
	*assessment

	settled map[string]bool // fingerprints that the base's own decisions settled
	fixed   []event.Finding
}

// findBase resolves the revision to compare with, before any check is called.
func (a *assessment) findBase(ctx context.Context) error {
	if a.Since == "" {
		return nil
	}
	if a.repo.Head() == "" {
		return fault.New(fault.Usage, "commit something first, or run it without --since", "comparing with %s: there is no commit yet", a.Since)
	}
	b := &base{Difference: event.Difference{Since: a.Since, Strict: a.Strict}}
	commit, err := a.repo.CommitOf(ctx, a.Since)
	if err != nil {
		return a.notHere(err)
	}
	if a.repo.Branch(ctx, a.Since) {
		b.MergeBase = true
		if commit, err = a.repo.MergeBase(ctx, a.Since, "HEAD"); err != nil || commit == "" {
			return a.notHere(fault.New(fault.Usage, "name a commit to compare with", "%s and HEAD have no commit in common in this copy of the repository", a.Since))
		}
	}
	b.Base = commit
	if b.repo, err = a.repo.At(ctx, commit); err != nil {
		return a.notHere(err)
	}
	if b.brings, err = a.repo.Between(ctx, commit); err != nil {
		return fault.Wrap(fault.Incomplete, err, "run `git fsck`", "reading what came after %s", a.Since)
	}
	if common, _ := a.repo.MergeBase(ctx, commit, "HEAD"); common != commit {
		a.problems = append(a.problems, event.Problem{Code: "since-apart",
			Message: fmt.Sprintf("HEAD does not build on %s (%s): what that has and HEAD lacks counts as fixed here", a.Since, shortCommit(commit)),
			Hint:    "name a branch, and the last commit in common is compared with"})
	}
	a.base = b
	return nil
}

// notHere says how to get a revision that this copy of the repository lacks.
func (a *assessment) notHere(err error) error {
	hint := "fetch it: git fetch origin " + strings.TrimPrefix(a.Since, "origin/")
	if a.repo.Shallow() {
		hint = "this is a shallow clone: git fetch --unshallow origin; in CI let the checkout fetch everything (fetch-depth: 0)"
	}
	return fault.New(fault.Usage, hint, "comparing with %s: %s", a.Since, fault.All(err)[0].Message)
}

// callBase examines the base: what lay there then, held to what is asked now.
func (a *assessment) callBase(ctx context.Context) {
	if a.base == nil || ctx.Err() != nil {
		return
	}
	then := &assessment{Options: a.Options, subject: a.subject, selected: a.selected}
	a.base.assessment = then
	then.repo, then.dirty, then.problems = a.base.repo, false, nil
	then.identity.Commit, then.identity.Dirty = a.base.Base, false
	then.given, then.asked, then.attestations = nil, nil, nil
	var err error
	if then.snapshot, err = then.repo.Tree(ctx, a.stateDir); err != nil {
		a.problems = append(a.problems, problemOf("", fault.Wrap(fault.Incomplete, err, repo.FetchHint, "reading the files of %s", a.Since)))
		then.snapshot = noFiles{}
	}
	then.readAttestations(ctx)
	then.carryOver(ctx) // what is wrong with these files is told for those of now
	then.holdSentences()
	runner, subject := *a.runner, *a.runner.Subject
	subject.Repo, subject.Snapshot = then.repo, then.snapshot
	runner.Subject, runner.Repository, runner.Revision = &subject, then.identity, a.base.Base
	for _, w := range runner.Run(ctx, unasked(then.checks)) {
		then.words = append(then.words, word{Word: w, current: true, absent: w.Err != nil})
	}
	a.problems = append(a.problems, a.unseen(then.words)...)
	a.problems = append(a.problems, a.lowered(ctx)...)
}

// unseen tells what of the base could not be examined. What it lacks shows as
// introduced, so that it never makes a change look better; but where objects are
// missing or a check failed, the comparison itself is incomplete.
func (a *assessment) unseen(words []word) []event.Problem {
	known := map[string]bool{}
	for _, w := range a.words {
		for _, p := range append(w.Evidence.Problems, w.Problems...) {
			known[p.Check+"\n"+p.Code+"\n"+p.Path] = true
		}
	}
	var out []event.Problem
	for _, w := range words {
		problems := append(append([]event.Problem{}, w.Evidence.Problems...), w.Problems...)
		if w.Err != nil {
			problems = append(problems, problemOf(w.Check.ID, w.Err))
		}
		for _, p := range problems {
			if !p.Incomplete || known[p.Check+"\n"+p.Code+"\n"+p.Path] {
				continue
			}
			p.Incomplete = w.Err != nil || p.Code == string(fault.Missing)
			p.Message = fmt.Sprintf("at %s, which is compared with: %s", shortCommit(a.base.Base), p.Message)
			out = append(out, p)
		}
	}
	return out
}

// noFiles is a snapshot of nothing.
type noFiles struct{ repo.Snapshot }

func (noFiles) Files() []repo.File { return nil }

// fixed are the findings that the base had and that are gone.
func (a *assessment) fixed() []event.Finding {
	if a.base == nil {
		return nil
	}
	return a.base.fixed
}

// evaluate asks the gate: about all there is, or about the change alone.
func (a *assessment) evaluate(in gate.Input) event.Verdict {
	if a.base == nil || a.base.assessment == nil {
		return gate.Evaluate(in)
	}
	b := a.base
	v := gate.EvaluateChange(in, b.gateInput(), func(f *event.Finding) bool {
		return f.Change == event.Introduced || b.settled[f.Fingerprint]
	})
	if a.Strict {
		all := gate.Evaluate(in)
		v.Gate, v.Reason, v.Next = all.Gate, all.Reason, all.Next
	}
	d := b.Difference
	for _, r := range v.Requirements {
		switch {
		case r.Before:
			d.Before = append(d.Before, r.ID)
		case r.Next != "":
			d.Against = append(d.Against, r.ID)
		}
	}
	v.Findings[event.Fixed] += len(b.fixed)
	v.Change = &d
	return v
}

// countChange counts what is told of the change, which is what people see.
func (a *assessment) countChange() {
	d := a.verdict.Change
	if d == nil {
		return
	}
	d.Findings = map[event.Change]int{event.Introduced: 0, event.Unchanged: 0, event.Moved: 0, event.Removed: len(a.base.fixed)}
	for _, w := range a.words {
		for _, f := range w.Evidence.Findings {
			if f.Change != "" {
				d.Findings[f.Change]++
			}
			if f.Change == event.Introduced && f.State == event.Decided {
				d.Decided++
			}
		}
	}
}
