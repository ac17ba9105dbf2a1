// Package seed measures recall: it plants credentials that nobody uses into texts
// like those of a repository, and looks whether the scanner finds them there.
//
// Rules get silenced for good reasons: a generic rule in vendored code, a pattern
// in tests that somebody dismissed. Each of these also silences what is real, and
// nobody sees it, since what is not found leaves no trace. So the scanner is put
// to the test, with the repository's own decisions and kinds of files: for every
// kind of credential a fresh one, random and of valid form, in each class of paths
// that the repository has. What is planted stands in memory alone; no file of the
// work tree is read or written.
package seed

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// plant is one credential at one place, and what became of it.
type plant struct {
	secret *knowledge.Secret
	place
	outcome outcome
	by      string // the rule that found it
	because string // why it was not found, or not told
}

type outcome uint8

const (
	caught     outcome = iota
	missed             // the scanner says nothing of it
	dismissed          // a decision of the repository settles it
	notPlanted         // nothing here can make one
)

// neutral is a place that nothing is silent in.
const neutral = "src/settings.yml"

// field is where things are planted.
type field struct {
	all       *secretscan.Reader // of every kind, to know what passes for one
	reader    *secretscan.Reader // that is put to the test
	decisions finding.Decisions
	asOf      time.Time
}

// tries is how many credentials are made until one passes for real: chance makes
// some that look like placeholders.
const tries = 40

// plantAll plants a credential of each kind in each class of paths.
func (f *field) plantAll(ctx context.Context, secrets []knowledge.Secret, places []place) ([]plant, error) {
	byClass := map[finding.Class][]place{}
	for _, p := range places {
		byClass[p.class] = append(byClass[p.class], p)
	}
	var all []plant
	for i := range secrets {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s := &secrets[i]
		rng := seeded(s.ID, f.asOf)
		for _, class := range classes {
			kinds := byClass[class]
			if len(kinds) == 0 {
				continue
			}
			p := plant{secret: s, place: kinds[(i+len(class))%len(kinds)]}
			if err := f.plant(rng, &p); err != nil {
				return nil, err
			}
			all = append(all, p)
		}
	}
	return all, nil
}

var classes = []finding.Class{finding.Production, finding.Test, finding.Example, finding.Documentation, finding.Generated, finding.Vendored}

// seeded is chance that differs from rule to rule and from day to day.
func seeded(rule string, day time.Time) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %s", rule, day.UTC().Format(time.DateOnly))
	return rand.New(rand.NewPCG(h.Sum64(), 4))
}

// plant makes a credential that is found at a neutral place, and looks for it at
// its own.
func (f *field) plant(rng *rand.Rand, p *plant) error {
	for range tries {
		seedA, seedB := rng.Uint64(), rng.Uint64()
		known, err := written(rand.New(rand.NewPCG(seedA, seedB)), p.secret, neutral)
		if err != nil {
			p.outcome, p.because = notPlanted, err.Error()
			return nil
		}
		found, err := f.all.Findings(neutral, []byte(known))
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(found, func(one event.Finding) bool { return one.Rule == p.secret.ID }) {
			continue
		}
		text, err := written(rand.New(rand.NewPCG(seedA, seedB)), p.secret, p.path)
		if err != nil {
			return err
		}
		return f.look(p, text)
	}
	p.outcome, p.because = notPlanted, "nothing was made that passes for one"
	return nil
}

// look says what became of a text at the place of p.
func (f *field) look(p *plant, text string) error {
	found, err := f.reader.Findings(p.path, []byte(text))
	if err != nil {
		return err
	}
	if len(found) == 0 {
		p.outcome, p.because = missed, f.why(p, text)
		return nil
	}
	p.by = found[0].Rule
	for i := range found {
		found[i].State, found[i].Class = event.Open, string(p.class)
	}
	f.decisions.Apply(found, finding.Now{AsOf: f.asOf})
	for _, one := range found {
		if one.State == event.Open {
			return nil
		}
		p.outcome, p.because = dismissed, "a decision settles it: "+one.Decision.Because
	}
	return nil
}

// why says whether it is the place or the writing that keeps the scanner silent.
func (f *field) why(p *plant, text string) string {
	elsewhere, err := f.reader.Findings("src/settings"+p.kind, []byte(text))
	if err == nil && len(elsewhere) > 0 {
		return "the rule is silent in " + string(p.class) + " files"
	}
	return "the rule does not see it in files of the kind " + p.kind
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
