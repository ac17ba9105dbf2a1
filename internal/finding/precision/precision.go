// Package precision measures how often each rule is right, and draws from it
// whether the rule may interrupt people.
//
// A warning that is wrong costs its reader more than the minute: after a few of
// them nobody reads the right ones either. So a rule has to earn its place. What
// people decided about its findings, here and in our own campaign on public
// repositories, gives a Beta posterior of "a person found this right", for each
// rule and each class of path, and the state of the rule follows from it. The
// figures rank and route; they never hide: a finding that does not interrupt is
// counted, listed and weighed by the gate like any other.
//
// How little is known is made up for by what is known of the like (empirical
// Bayes, four levels: rule in a class of paths, rule, check, all rules): each
// level takes the mean of the one above, its own part left out, for a few
// decisions' worth. What was read in the campaign counts for a limited number of
// decisions, so that an organisation's own record wins in the end; and older
// decisions fade as younger ones come in, since rules and code bases change.
package precision

import (
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

const (
	// inherited is for how many decisions the mean of the level above counts.
	inherited = 2
	// siblings is for how many decisions what the campaign read of the same rule in
	// other classes of paths counts at most, and sibling what a decision there counts.
	siblings = 8
	sibling  = 0.25
	// seed is for how many decisions the campaign counts at most.
	seed = 20
	// likeness is for how many readings those of other rules of the same kind count
	// at most, where the form of a credential proves itself.
	likeness = 30
	// credit is the most that is believed of a rule on its like's account.
	credit = 0.9
	// memory is how many decisions are remembered: each new one takes a share of
	// 1/memory from what was there.
	memory = 100
)

// Count is how many were right and how many wrong, weighed.
type Count struct{ Right, Wrong float64 }

// N is all of them.
func (c Count) N() float64 { return c.Right + c.Wrong }

func (c Count) plus(o Count) Count  { return Count{c.Right + o.Right, c.Wrong + o.Wrong} }
func (c Count) minus(o Count) Count { return Count{max(0, c.Right-o.Right), max(0, c.Wrong-o.Wrong)} }

// atMost is c scaled down to n in all.
func (c Count) atMost(n float64) Count {
	if c.N() <= n {
		return c
	}
	return Count{c.Right * n / c.N(), c.Wrong * n / c.N()}
}

// under is the mean of c under a parent whose mean counts for strength.
func (c Count) under(parent, strength float64) float64 {
	return (c.Right + strength*parent) / (c.N() + strength)
}

// posterior is the belief after c under a prior.
func (c Count) posterior(parent, strength float64) Beta {
	return Beta{A: c.Right + strength*parent, B: c.Wrong + strength*(1-parent)}
}

// unclassed is the class of what was counted without regard to paths.
const unclassed finding.Class = ""

// Book is all that is known of all rules. It may be used by several goroutines.
type Book struct {
	campaign map[string]map[finding.Class]reading // by rule
	votes    map[string]map[finding.Class][]vote  // by rule, in the order of their days
	check    map[string]string                    // of a rule, where it is known
	all      Count
	checks   map[string]Count
	rules    map[string]Count
	kinds    map[knowledge.Proof]Count // blind readings alone

	mu        sync.Mutex
	estimates map[cell]Estimate // worked out so far
}

type cell struct {
	rule, check string
	class       finding.Class
}

// reading is what the campaign found of a rule in a class of paths.
type reading struct {
	all   Count
	blind Count // of it, on repositories that the rule was neither made nor mended on
	where []string
}

// New makes the book of what the campaign measured and what was decided. checkOf
// names the check of a rule, "" where it is not known.
func New(campaign []knowledge.Measured, decisions finding.Decisions, checkOf func(rule string) string) *Book {
	b := &Book{
		campaign: map[string]map[finding.Class]reading{}, votes: map[string]map[finding.Class][]vote{}, check: map[string]string{},
		checks: map[string]Count{}, rules: map[string]Count{}, kinds: map[knowledge.Proof]Count{}, estimates: map[cell]Estimate{},
	}
	for _, m := range campaign {
		b.read(m)
	}
	for _, v := range votesOf(decisions) {
		if b.votes[v.rule] == nil {
			b.votes[v.rule] = map[finding.Class][]vote{}
		}
		b.votes[v.rule][v.class] = append(b.votes[v.rule][v.class], v)
	}
	for _, rule := range b.Rules() {
		b.check[rule] = checkOf(rule)
		n := b.counted(rule)
		b.rules[rule] = n
		b.checks[b.check[rule]] = b.checks[b.check[rule]].plus(n)
		b.all = b.all.plus(n)
	}
	return b
}

func (b *Book) read(m knowledge.Measured) {
	if b.campaign[m.Rule] == nil {
		b.campaign[m.Rule] = map[finding.Class]reading{}
	}
	n := Count{float64(m.Right), float64(m.Wrong)}
	r := b.campaign[m.Rule][finding.Class(m.Class)]
	r.all, r.where = r.all.plus(n), append(r.where, m.Where)
	if m.Blind {
		r.blind = r.blind.plus(n)
		kind := knowledge.ProofOf(m.Rule)
		b.kinds[kind] = b.kinds[kind].plus(n)
	}
	b.campaign[m.Rule][finding.Class(m.Class)] = r
}

// Rules lists the rules of which anything was counted, sorted.
func (b *Book) Rules() []string {
	seen := map[string]bool{}
	for rule := range b.campaign {
		seen[rule] = true
	}
	for rule := range b.votes {
		seen[rule] = true
	}
	return sorted(seen)
}

// counted is what the campaign counts for a rule, in all classes.
func (b *Book) counted(rule string) Count {
	n := Count{}
	for _, r := range b.campaign[rule] {
		n = n.plus(r.all)
	}
	return n.atMost(seed)
}

// parent is the mean of the rules beside this one: those of its check, under
// that of all other checks' rules. It is the campaign's alone, so that what is
// decided about one rule never moves another to and fro.
func (b *Book) parent(rule, check string) float64 {
	top := b.all.minus(b.checks[check]).under(0.5, inherited)
	return min(b.checks[check].minus(b.rules[rule]).under(top, inherited), credit)
}

// beside is what the campaign found of the rule in other classes of paths.
func (b *Book) beside(rule string, class finding.Class) reading {
	others := reading{}
	for other, r := range b.campaign[rule] {
		if class != unclassed && other != class && other != unclassed {
			others = others.plus(r)
		}
	}
	return reading{all: others.all.atMost(siblings), blind: others.blind.atMost(siblings)}
}

// measured is what the campaign found of a rule that bears on a class.
func (b *Book) measured(rule string, class finding.Class) reading {
	r := b.campaign[rule][class]
	if class == unclassed {
		for other, more := range b.campaign[rule] {
			if other != unclassed {
				r = r.plus(more)
			}
		}
		return r
	}
	return r.plus(b.campaign[rule][unclassed])
}

func (r reading) plus(o reading) reading {
	return reading{r.all.plus(o.all), r.blind.plus(o.blind), append(r.where[:len(r.where):len(r.where)], o.where...)}
}

// borrowed are blind readings of other rules of the same kind.
func (b *Book) borrowed(rule string) Count {
	kind := knowledge.ProofOf(rule)
	if kind == knowledge.NoProof {
		return Count{}
	}
	own := Count{}
	for _, r := range b.campaign[rule] {
		own = own.plus(r.blind)
	}
	return b.kinds[kind].minus(own).atMost(likeness)
}
