package precision

import (
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/finding"
)

// State says whether a rule may interrupt.
type State string

const (
	Shadow  State = "shadow"  // not proven yet; does not interrupt
	Active  State = "active"  // interrupts
	Loud    State = "loud"    // interrupts, and people act on it whenever it does
	Demoted State = "demoted" // wrong too often to interrupt
)

// Interrupts tells whether findings of a rule in that state ask for attention.
func (s State) Interrupts() bool { return s == Active || s == Loud }

const (
	// Promotion is the lower bound from which a rule interrupts.
	Promotion = 0.90
	// demotion is the mean below which it no longer does. The gap between the two
	// keeps a rule from going to and fro.
	demotion = 0.85
	// poor is the mean below which a rule counts as demoted that has never been up,
	// once there are fewest readings or decisions of it.
	poor   = 0.70
	fewest = 5
	// proof is how many readings or decisions of its own a rule needs to rise.
	proof = 8
	// lately is how many decisions are looked at for a rule that has gone bad, and
	// bad the mean of them below which it has.
	lately = 12
	bad    = 0.6
	// loudFrom is how many decisions here it takes for a rule to be loud, and
	// loudShare the share of them that must be about to fix.
	loudFrom  = 10
	loudShare = 0.9
)

// Estimate is what is known of a rule in a class of paths.
type Estimate struct {
	Rule  string
	Check string
	Class finding.Class // empty for all paths together
	State State
	// Reason says why it is in that state.
	Reason string
	// Campaign and Here count findings, unweighed; Where says where the campaign
	// read them.
	Campaign, Here Count
	Where          []string
	// Blind is the part of Campaign on repositories that the rule was neither made
	// nor mended on; that alone can let a rule interrupt from the first day.
	Blind Count
	// Mean is the expected share of right findings, Bound its lower bound at 95 %.
	Mean, Bound float64
	// Since is the day of the decision that brought it into its state, empty where
	// it starts in it.
	Since string
}

// Of is what is known of a rule of a check in a class of paths; in all of them
// together where class is empty.
func (b *Book) Of(rule, check string, class finding.Class) Estimate {
	if known := b.check[rule]; known != "" {
		check = known
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	at := cell{rule, check, class}
	e, known := b.estimates[at]
	if !known {
		e = b.estimate(rule, check, class)
		b.estimates[at] = e
	}
	return e
}

// Classes lists the classes of paths in which anything was counted of a rule, sorted.
func (b *Book) Classes(rule string) []finding.Class {
	seen := map[finding.Class]bool{}
	for class := range b.campaign[rule] {
		seen[class] = true
	}
	for class := range b.votes[rule] {
		seen[class] = true
	}
	delete(seen, unclassed)
	return sorted(seen)
}

func (b *Book) estimate(rule, check string, class finding.Class) Estimate {
	read, votes := b.measured(rule, class), b.votesFor(rule, class)
	e := Estimate{Rule: rule, Check: check, Class: class, Campaign: read.all, Here: findings(votes), Where: read.where, Blind: read.blind}
	mean := b.parent(rule, check)
	t := trial{mean: mean, own: read.all.N(), read: read.all.plus(b.borrowed(rule)).atMost(seed).plus(b.beside(rule, class).all)}
	e.State = b.start(rule, class, read, mean)
	t.run(&e, votes)
	now := t.belief()
	e.Mean, e.Bound = now.Mean(), now.Bound()
	if e.State == Demoted { // its better days count no more
		e.Mean = min(e.Mean, t.last.under(t.mean, inherited))
	}
	e.Reason = e.reason(b.borrowed(rule))
	return e
}

// votesFor are the votes that bear on a class: those on it, those that name no
// place, and for less those on other classes.
func (b *Book) votesFor(rule string, class finding.Class) (all []vote) {
	for _, c := range sorted(b.votes[rule]) {
		votes := b.votes[rule][c]
		if class != unclassed && c != class && c != unclassed {
			votes = slices.Clone(votes)
			for i := range votes {
				votes[i].aside = true
			}
		}
		all = inOrder(all, votes)
	}
	return all
}

// inOrder merges two lists that are in the order of their days.
func inOrder(a, b []vote) []vote {
	all := make([]vote, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if b[0].day < a[0].day {
			all, b = append(all, b[0]), b[1:]
		} else {
			all, a = append(all, a[0]), a[1:]
		}
	}
	return append(append(all, a...), b...)
}

// start is the state before anybody here has decided anything: by what was read
// of the rule itself and of its like, all of it and not as little as it will
// count for later.
func (b *Book) start(rule string, class finding.Class, read reading, mean float64) State {
	blind := read.blind.plus(b.borrowed(rule)).plus(b.beside(rule, class).blind)
	if blind.N() >= fewest && blind.posterior(mean, inherited).above(Promotion) {
		return Active
	}
	if n := read.all.N(); n >= 2*fewest && read.all.Right/n < poor {
		return Demoted
	}
	return Shadow
}

// trial goes through the votes on a rule day by day.
type trial struct {
	mean  float64 // of the level above
	own   float64 // readings of it by the campaign
	read  Count   // by the campaign, and in other classes of paths; fades like the rest
	here  Count
	last  Count // the same, of the last few
	fixed float64
	wrong map[string]bool // occasions since the rule last rose
}

func (t *trial) belief() Beta { return t.read.plus(t.here).posterior(t.mean, inherited) }

// run moves e from state to state, as it would have moved from day to day.
func (t *trial) run(e *Estimate, votes []vote) {
	t.wrong = map[string]bool{}
	for i, v := range votes {
		t.take(v)
		if i+1 < len(votes) && votes[i+1].day == v.day {
			continue // a day is judged at its end, in whatever order it came
		}
		if next := t.next(e.State); next != e.State {
			e.State, e.Since = next, v.day
			if next == Active {
				clear(t.wrong)
			}
		}
	}
}

func (t *trial) take(v vote) {
	fade := 1 - v.weight()/memory
	t.read = Count{t.read.Right * fade, t.read.Wrong * fade}
	t.here = Count{t.here.Right * fade, t.here.Wrong * fade}.plus(v.count())
	t.fixed *= fade
	quick := 1 - v.weight()/lately
	t.last = Count{t.last.Right * quick, t.last.Wrong * quick}.plus(v.count())
	if v.verdict == finding.Fix {
		t.fixed += v.weight()
	}
	if !v.right() && !v.aside {
		t.wrong[v.occasion()] = true
	}
}

// next is the state that follows. A rule falls only where it was wrong on two
// occasions: not by one person's word on one day, however many findings it was on.
func (t *trial) next(now State) State {
	belief := t.belief()
	mean := belief.Mean()
	switch {
	case now.Interrupts() && len(t.wrong) > 1 && (mean < demotion || t.gone()):
		return Demoted
	case !now.Interrupts() && mean >= Promotion && t.known() && belief.above(Promotion):
		return Active
	case now == Shadow && mean < poor && len(t.wrong) > 1 && t.here.N() >= fewest:
		return Demoted
	case now.Interrupts() && t.here.N() >= loudFrom && t.fixed >= loudShare*t.here.N():
		return Loud
	case now == Loud:
		return Active
	}
	return now
}

// known tells whether enough is known of the rule itself, and not of its like.
func (t *trial) known() bool { return t.own+t.here.N() >= proof && !t.gone() }

// gone tells whether the rule was wrong so often lately that its past counts no more.
func (t *trial) gone() bool { return t.last.under(t.mean, inherited) < bad }

// reason says why e is in its state, in figures that can be counted again.
func (e Estimate) reason(like Count) string {
	all := e.Campaign.plus(e.Here)
	switch e.State {
	case Shadow:
		if all.N() == 0 {
			return fmt.Sprintf("shadow: new rule, nobody has judged it yet; interrupts from a lower bound of %.0f %%", 100*Promotion)
		}
		text := fmt.Sprintf("shadow: %.0f of %.0f right so far", all.Right, all.N())
		if e.Campaign.N() > e.Blind.N() {
			text += fmt.Sprintf(" (%.0f of %.0f without what the rule was made or mended on)", all.Right-e.Campaign.Right+e.Blind.Right, all.N()-e.Campaign.N()+e.Blind.N())
		}
		if e.Bound >= Promotion {
			return text + ", which is too few"
		}
		return text + fmt.Sprintf(", lower bound %.1f %%; interrupts from %.0f %%", 100*e.Bound, 100*Promotion)
	case Demoted:
		return fmt.Sprintf("demoted: %.0f of %.0f were false positives%s", all.Wrong, all.N(), e.since())
	case Loud:
		return fmt.Sprintf("loud: %.0f of %.0f right, and people fix it%s", all.Right, all.N(), e.since())
	}
	if all.N() < fewest && like.N() > 0 {
		return fmt.Sprintf("active: its form proves itself, and others of such form were right in %.0f of %.0f", like.Right, like.N())
	}
	return fmt.Sprintf("active: %.0f of %.0f right%s", all.Right, all.N(), e.since())
}

func (e Estimate) since() string {
	if e.Since == "" {
		return ""
	}
	return ", since " + e.Since
}

// Figures says what was counted: "right 41 of 43 where it was read (campaign:
// 14 of 14; here: 27 of 29), lower bound 0.91".
func (e Estimate) Figures() string {
	all := e.Campaign.plus(e.Here)
	if all.N() == 0 {
		return fmt.Sprintf("not judged yet; by its like %.0f %%, lower bound %.2f", 100*e.Mean, e.Bound)
	}
	var parts []string
	if e.Campaign.N() > 0 {
		parts = append(parts, fmt.Sprintf("campaign: %.0f of %.0f", e.Campaign.Right, e.Campaign.N()))
	}
	if e.Here.N() > 0 {
		parts = append(parts, fmt.Sprintf("here: %.0f of %.0f", e.Here.Right, e.Here.N()))
	}
	if e.Campaign.N() > seed {
		parts[0] += fmt.Sprintf(", which counts for %d", seed)
	}
	return fmt.Sprintf("right %.0f of %.0f where it was read (%s), lower bound %.2f", all.Right, all.N(), strings.Join(parts, "; "), e.Bound)
}
