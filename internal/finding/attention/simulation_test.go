package attention

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/finding/precision"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

var (
	years = flag.Int("years", 1, "how many years of a team's decisions to simulate, each with another seed")
	days  = flag.Int("days", 130, "how many days each of them has")
)

// simRule is a rule whose precision only the simulation knows.
type simRule struct {
	id       string
	severity event.Severity
	right    float64 // its precision
	later    float64 // from the day turns on, where that is not 0
	turns    int
	weekly   float64 // findings a week
	grave    float64 // share of findings of high severity
	campaign int     // blind readings of it that were right
}

// simRules are a scanner's: some proven, some new, some noisy; two change.
var simRules = []simRule{
	{id: "sim.proven-high", severity: event.High, right: 0.99, weekly: 5, campaign: 60},
	{id: "sim.proven-medium", severity: event.Medium, right: 0.99, weekly: 8, campaign: 60},
	{id: "sim.proven-low", severity: event.Low, right: 0.97, weekly: 8, campaign: 60},
	{id: "sim.good-new", severity: event.Medium, right: 0.99, weekly: 7},
	{id: "sim.good-rare", severity: event.High, right: 0.99, weekly: 1},
	{id: "sim.degrading", severity: event.Medium, right: 0.99, later: 0.3, turns: 180, weekly: 7, campaign: 60},
	{id: "sim.mended", severity: event.Medium, right: 0.3, later: 0.99, turns: 150, weekly: 7},
	{id: "sim.fair", severity: event.Medium, right: 0.8, weekly: 5, grave: 0.1},
	{id: "sim.coin", severity: event.Medium, right: 0.5, weekly: 6, grave: 0.1},
	{id: "sim.noisy", severity: event.Medium, right: 0.1, weekly: 12, grave: 0.1},
	{id: "sim.fallen", severity: event.Medium, right: 0.5, weekly: 6, grave: 0.1, campaign: 60}, // the campaign was lucky
}

// simFinding is a finding of which it is known whether it is right.
type simFinding struct {
	event.Finding
	right   bool
	planted bool
	born    time.Time
	seen    bool
}

// team is a year of a team's decisions, under way.
type team struct {
	rng       *rand.Rand
	today     time.Time
	day       int
	campaign  []knowledge.Measured
	decisions finding.Decisions
	open      []*simFinding
	counter   int
	states    map[string]precision.State

	tally
}

// tally is what came of it.
type tally struct {
	shown, right           int // showings
	first, firstRight      int // findings shown for the first time
	warmShown, warmRight   int // showings after the first 60 days
	arrived, late, planted int
	longest                time.Duration
	changes                []string
}

func newTeam(seed uint64) *team {
	s := &team{rng: rand.New(rand.NewPCG(seed, 4)), today: time.Date(2026, 1, 1, 9, 0, 0, 0, time.UTC), states: map[string]precision.State{}}
	for _, r := range simRules {
		if r.campaign > 0 {
			s.campaign = append(s.campaign, knowledge.Measured{Rule: r.id, Right: r.campaign, Blind: true, Where: "elsewhere"})
		}
	}
	return s
}

func (r simRule) precision(day int) float64 {
	if r.turns > 0 && day >= r.turns {
		return r.later
	}
	return r.right
}

// make makes a finding of r. Wrong ones come in groups of the same cause.
func (s *team) make(r simRule) *simFinding {
	s.counter++
	f := &simFinding{born: s.today, right: s.rng.Float64() < r.precision(s.day)}
	f.Finding = event.Finding{
		Check: "sim", Rule: r.id, Severity: r.severity, Confidence: event.Likely, Path: fmt.Sprintf("src/%d.go", s.counter), Line: 1,
		Fingerprint: fmt.Sprintf("%032x", s.rng.Uint64()), State: event.Open, Change: event.Introduced,
	}
	if s.rng.Float64() < r.grave {
		f.Severity = event.High
	}
	if !f.right && s.rng.Float64() < 0.7 {
		f.Group = fmt.Sprint(r.id, " ", s.day/7, " ", s.rng.IntN(2))
	}
	s.arrived++
	return f
}

// plant makes a true defect of high severity, of any rule.
func (s *team) plant() *simFinding {
	f := s.make(simRules[s.rng.IntN(len(simRules))])
	f.right, f.planted, f.Severity, f.Group = true, true, event.High, ""
	s.planted++
	return f
}

func (s *team) book() *precision.Book {
	return precision.New(s.campaign, s.decisions, func(string) string { return "sim" })
}

// look shows a run to somebody, who decides on most of what they see and errs on
// some of it.
func (s *team) look(findings []*simFinding, book *precision.Book, who int) {
	plain := make([]event.Finding, len(findings))
	for i, f := range findings {
		plain[i] = f.Finding
	}
	s.decisions.Apply(plain, finding.Now{AsOf: s.today})
	Route(plain, Options{Book: book, AsOf: s.today})
	for i, f := range findings {
		if plain[i].State == event.Open && plain[i].Queue == "" {
			s.see(f, who)
		}
	}
}

func (s *team) see(f *simFinding, who int) {
	s.shown++
	if f.right {
		s.right++
	}
	if s.day >= 60 {
		s.warmShown++
		if f.right {
			s.warmRight++
		}
	}
	if !f.seen {
		f.seen = true
		s.first++
		if f.right {
			s.firstRight++
		}
		if wait := s.today.Sub(f.born); f.planted && wait > s.longest {
			s.longest = wait
		}
	}
	if s.rng.Float64() < 0.3 {
		return // laziness
	}
	verdict := finding.FalsePositive
	if f.right != (s.rng.Float64() < 0.03) { // now and then a mistake
		verdict = finding.Fix
		if s.rng.Float64() < 0.2 {
			verdict = finding.Accepted
		}
	}
	s.decide(f, verdict, who)
}

func (s *team) decide(f *simFinding, verdict string, who int) {
	d := finding.Decision{Fingerprint: f.Fingerprint, Rule: f.Rule, Place: f.Path + ":1:1", Verdict: verdict,
		Because: "reason " + f.Fingerprint, By: fmt.Sprint("developer ", who), On: s.today.Format(time.DateOnly)}
	if verdict == finding.Accepted {
		d.Until = s.today.AddDate(0, 3, 0).Format(time.DateOnly)
	}
	s.decisions = append(s.decisions, d)
	for _, other := range s.open { // what has the same cause is decided together
		if f.Group != "" && other.Group == f.Group && other != f {
			d.Fingerprint = other.Fingerprint
			s.decisions = append(s.decisions, d)
		}
	}
}

// settled are the fingerprints that need no look any more: fixed or dismissed.
func (s *team) settle() {
	gone := map[string]bool{}
	for _, d := range s.decisions {
		gone[d.Fingerprint] = gone[d.Fingerprint] || d.Verdict != finding.Accepted
	}
	s.open = slices.DeleteFunc(s.open, func(f *simFinding) bool { return gone[f.Fingerprint] })
}

// workday is some pull requests, a push past them, and a look at the main branch.
func (s *team) workday() {
	book := s.book()
	changes := make([][]*simFinding, 3+s.rng.IntN(4))
	for _, r := range simRules {
		for n := r.weekly / 5; n > 0; n-- {
			if s.rng.Float64() < n {
				i := s.rng.IntN(len(changes))
				changes[i] = append(changes[i], s.make(r))
			}
		}
	}
	if s.rng.Float64() < 0.3 {
		changes[0] = append(changes[0], s.plant())
	}
	for _, findings := range changes {
		s.look(findings, book, s.rng.IntN(6))
		s.open = append(s.open, findings...)
	}
	if s.rng.Float64() < 0.3 {
		s.open = append(s.open, s.plant())
	}
	s.settle()
	for _, f := range s.open {
		f.Change = ""
	}
	s.look(s.open, book, s.rng.IntN(6))
	s.settle()
	s.note(book)
}

// note writes down which rules changed their states, and what waits too long.
func (s *team) note(book *precision.Book) {
	for _, r := range simRules {
		e := book.Of(r.id, "sim", finding.Production)
		if before, known := s.states[r.id]; known && before.Interrupts() != e.State.Interrupts() {
			s.changes = append(s.changes, fmt.Sprintf("day %d: %s goes from %s to %s, after %.0f decisions (%s)", s.day, r.id, before, e.State, e.Here.N(), e.Reason))
		}
		s.states[r.id] = e.State
	}
	s.late = 0
	for _, f := range s.open {
		if f.planted && !f.seen && s.today.Sub(f.born) > 7*24*time.Hour {
			s.late++
			s.longest = max(s.longest, s.today.Sub(f.born))
		}
	}
}

func (s *team) year() {
	for s.day = range *days {
		if w := s.today.Weekday(); w != time.Saturday && w != time.Sunday {
			s.workday()
		}
		s.today = s.today.AddDate(0, 0, 1)
	}
}

// TestYearOfDecisions: of what is shown more than nine of ten stay right, and no
// defect of high severity waits for longer than a week, whatever its rule. Nearly
// half of all findings here are wrong, and each that claims high severity must be
// shown; the sum of both is what the share at the first showing says.
func TestYearOfDecisions(t *testing.T) {
	for seed := range uint64(*years) {
		s := newTeam(seed)
		s.year()
		share := func(right, all int) float64 { return float64(right) / float64(max(1, all)) }
		t.Logf("year %d: %d findings, %d shown in %d showings; right %.3f of showings, %.3f after the first 60 days, %.3f of findings at their first showing",
			seed, s.arrived, s.first, s.shown, share(s.right, s.shown), share(s.warmRight, s.warmShown), share(s.firstRight, s.first))
		t.Logf("  %d planted; the longest wait was %.0f days; %d decisions", s.planted, s.longest.Hours()/24, len(s.decisions))
		for _, c := range s.changes {
			t.Log("  ", c)
		}
		if share(s.right, s.shown) <= 0.9 || share(s.warmRight, s.warmShown) <= 0.9 {
			t.Errorf("year %d: too much of what was shown was wrong", seed)
		}
		if s.longest > 7*24*time.Hour || s.late > 0 {
			t.Errorf("year %d: a planted defect waited for %.0f days", seed, s.longest.Hours()/24)
		}
		if s.states["sim.noisy"] != precision.Demoted || s.states["sim.fallen"] != precision.Demoted || *days > 240 && s.states["sim.degrading"] != precision.Demoted {
			t.Errorf("year %d: states at the end: %v", seed, s.states)
		}
	}
}
