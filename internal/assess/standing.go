package assess

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results"
	"github.com/plimsoll-dev/plimsoll/knowledge"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Standing is how a product stands when it is to be released: the verdict, and
// what preconditions ask about besides.
type Standing struct {
	*Result
	Product *product.Product
	Repo    *repo.Repo
	Roots   []string
	Dirty   string // something that is in no commit, for people; "" for nothing
	AsOf    time.Time

	Checks   []string             // all that there are
	Made     map[string]time.Time // when the evidence of each was made
	Rules    []string             // all that can have findings, and those that have
	Evidence []verify.Evidence
	TestsRan int
}

// Stand assesses as Run does, and tells more of it.
func Stand(ctx context.Context, o Options) (*Standing, error) {
	a, err := judge(ctx, o.withDefaults())
	if err != nil {
		return nil, err
	}
	if err := a.tell(); err != nil {
		return nil, err
	}
	s := &Standing{Result: a.result(), Product: a.product, Repo: a.repo, Roots: a.identity.Roots, AsOf: a.AsOf, Made: map[string]time.Time{}}
	if err := s.rules(a); err != nil {
		return nil, err
	}
	if s.Dirty, err = a.changed(ctx); err != nil {
		return nil, err
	}
	for _, w := range a.words {
		s.word(w)
	}
	return s, a.Handler.Flush()
}

// changed names something in the work tree that is in no commit, "" for nothing.
// What releasing itself has written is no part of the product, so that a version
// can be prepared again before it is committed.
func (a *assessment) changed(ctx context.Context) (string, error) {
	for _, f := range a.snapshot.Files() {
		if !f.Tracked && !a.product.NamesResult(f.Path) && !strings.HasPrefix(f.Path, record.Dir+"/") {
			return f.Path + " is not tracked by git", nil
		}
	}
	dirty, err := a.repo.Dirty(ctx)
	if err != nil || !dirty {
		return "", err
	}
	return "files that git tracks were changed", nil
}

// rules lists every rule that an expression may ask about.
func (s *Standing) rules(a *assessment) error {
	all, err := knowledge.AllRules()
	if err != nil {
		return err
	}
	for _, r := range all {
		s.Rules = append(s.Rules, r.ID)
	}
	for _, c := range a.checks {
		for _, r := range c.Rules {
			s.Rules = append(s.Rules, r.ID)
		}
	}
	for _, f := range s.Findings {
		s.Rules = append(s.Rules, f.Rule)
	}
	slices.Sort(s.Rules)
	s.Rules = slices.Compact(s.Rules)
	return nil
}

func (s *Standing) word(w word) {
	s.Checks = append(s.Checks, w.Check.ID)
	if w.Evidence.Digest == "" || w.absent {
		return
	}
	s.Made[w.Check.ID] = w.Evidence.Finished
	e := verify.Evidence{Digest: w.Evidence.Digest, Of: w.Check.ID}
	if until := w.Evidence.FreshUntil.UTC(); !until.IsZero() {
		e.FreshUntil = &until
	}
	s.Evidence = append(s.Evidence, e)
	for _, o := range w.Evidence.Observations {
		if w.current && slices.Contains(o.Rules, results.FailedTest) {
			s.TestsRan += int(o.Count)
		}
	}
}

// Complete says that nothing was left unexamined.
func (s *Standing) Complete() bool {
	return s.Verdict.Gate != event.IncompleteGate && !s.incomplete()
}

// Failed counts the tests that failed and on which nobody has decided.
func (s *Standing) Failed() (n int) {
	for _, f := range s.Findings {
		if f.Rule == results.FailedTest && f.State == event.Open {
			n++
		}
	}
	return n
}
