package assess

import (
	"context"
	"slices"

	"github.com/plimsoll-dev/plimsoll/internal/code/suppressions"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/finding/scope"
	"github.com/plimsoll-dev/plimsoll/internal/finding/suppress"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// readDecisions reads decisions.yaml, which may be larger than what people write
// by hand.
func (a *assessment) readDecisions(ctx context.Context) error {
	f, ok := a.file(finding.DecisionsPath)
	if !ok {
		return nil
	}
	data, err := repo.ReadFile(ctx, a.snapshot, f, finding.MaxDecisions)
	if err != nil {
		return fault.Wrap(fault.Config, err, "write it as a plain file of at most 64 MiB", "reading %s", finding.DecisionsPath)
	}
	a.decisions, err = finding.ParseDecisions(finding.DecisionsPath, data)
	return err
}

// unexamined are the files that checks could not look into to their end, as what
// people decide on: each once, wherever it lies.
func (a *assessment) unexamined() (files []event.Finding) {
	known := map[string]bool{}
	for i := range a.words {
		for j := range a.words[i].Evidence.Problems {
			p := &a.words[i].Evidence.Problems[j]
			if p.Fingerprint != "" && p.Incomplete && !known[p.Fingerprint] {
				known[p.Fingerprint] = true
				files = append(files, finding.UnexaminedFile(p))
			}
		}
	}
	return files
}

// acceptUnexamined makes notes of the files among those that somebody accepted
// as they are. The evidence that is kept goes on to say that they were not
// looked into.
func (a *assessment) acceptUnexamined(ctx context.Context, files []event.Finding) {
	files = slices.Clone(files)
	a.decisions.Apply(files, finding.Now{AsOf: a.AsOf, Look: a.looker(ctx).Look})
	accepted := map[string]*event.Decision{}
	for i := range files {
		if files[i].State == event.Decided {
			accepted[files[i].Fingerprint] = files[i].Decision
		}
	}
	if len(accepted) == 0 {
		return
	}
	for i := range a.words {
		problems := slices.Clone(a.words[i].Evidence.Problems)
		for j := range problems {
			finding.AcceptUnexamined(&problems[j], accepted[problems[j].Fingerprint])
		}
		a.words[i].Evidence.Problems = problems
	}
}

// applyDecisions settles what people have decided, and tells of decisions that
// do not count any more.
func (a *assessment) applyDecisions(ctx context.Context, all []event.Finding, complete bool) []event.Problem {
	for i := range all {
		all[i].Revision = max(all[i].Revision, 1) // other tools do not say which version of a rule it was
	}
	a.undecided, a.complete = slices.Clone(all), complete
	a.silencers = a.comments(ctx)
	return a.settle(all, a.looker(ctx).Look)
}

// settle applies the decisions, and the comments in the code to what they leave.
func (a *assessment) settle(all []event.Finding, look func(*event.Finding) finding.Seen) []event.Problem {
	problems := a.decisions.Apply(all, finding.Now{AsOf: a.AsOf, Complete: a.complete, Look: look})
	if len(a.silencers) == 0 {
		return problems
	}
	return append(problems, suppress.Apply(a.silencers, all, a.AsOf, a.complete, a.knownRules())...)
}

// comments are those in the code that silence findings, read anew from the files
// that the check found them in.
func (a *assessment) comments(ctx context.Context) (all []suppress.Comment) {
	look := a.looker(ctx)
	for _, w := range a.words {
		if w.Check.ID != suppressions.ID {
			continue
		}
		for _, o := range w.Evidence.Observations {
			if o.Path != "" {
				comments, _ := suppress.Find(o.Path, look.Text(o.Path), 1) // the check told what is wrong
				all = append(all, comments...)
			}
		}
	}
	return all
}

// knownRules says which check reports under a rule: one of our own, or one that
// a tool ran or found something under.
func (a *assessment) knownRules() func(string) (string, bool) {
	checks := map[string]string{}
	for _, w := range a.words {
		for _, o := range w.Evidence.Observations {
			for _, rule := range o.Rules {
				checks[rule] = w.Check.ID
			}
		}
		for i := range w.Evidence.Findings {
			checks[w.Evidence.Findings[i].Rule] = w.Check.ID
		}
		for _, r := range w.Check.Rules {
			checks[r.ID] = w.Check.ID
		}
	}
	return func(rule string) (string, bool) {
		check, ok := checks[rule]
		return check, ok
	}
}

// Looker looks at the places of findings in one snapshot, and remembers the file
// that it read last: findings come file by file.
type Looker struct {
	ctx      context.Context
	snapshot repo.Snapshot
	file     func(path string) (repo.File, bool)
	path     string
	text     []byte
}

func (a *assessment) looker(ctx context.Context) *Looker {
	return &Looker{ctx: ctx, snapshot: a.snapshot, file: a.file}
}

// Look says what stands at a finding's place. A credential is bound by its own
// fingerprint, and what stands in history alone does not change.
func (l *Looker) Look(f *event.Finding) (seen finding.Seen) {
	if f.Rule == finding.Unexamined {
		return finding.Seen{Code: f.Code}
	}
	if f.Line == 0 || f.Path == "" || f.Commit != "" {
		return seen
	}
	text := l.Text(f.Path)
	if text == nil {
		return seen
	}
	if f.Check != knowledge.SecretCheck {
		seen.Code = finding.CodeDigest(scope.Statement(text, f.Line))
	}
	if span := scope.Of(f.Path, text, f.Line); span.Name != "" {
		seen.Scope, seen.ScopeCode = span.Name, finding.CodeDigest(span.Text(text))
	}
	return seen
}

// Text is a file's content, nil where it cannot be read or is too large to be
// looked into.
func (l *Looker) Text(path string) []byte {
	if path == l.path {
		return l.text
	}
	l.path, l.text = path, nil
	if f, ok := l.file(path); ok && f.Size <= scope.MaxFile {
		if data, err := repo.ReadFile(l.ctx, l.snapshot, f, scope.MaxFile); err == nil {
			l.text = data
		}
	}
	return l.text
}
