package finding

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Seen is what stands at a finding's place now.
type Seen struct {
	Code      string // digest of the code that the finding is about; "" where nothing can be bound to
	Scope     string // the function or section around it
	ScopeCode string // digest of that
}

// Now is what decisions are held against.
type Now struct {
	AsOf time.Time
	// Complete says that all findings are at hand, so that a decision without one
	// is unused.
	Complete bool
	// Look gives what stands at a finding's place. It is asked of those findings
	// alone that a decision could be about; nil where nothing can be looked at.
	Look func(*event.Finding) Seen
}

func (n Now) look(f *event.Finding) Seen {
	if n.Look == nil {
		return Seen{Code: f.Code, Scope: f.Scope}
	}
	seen := n.Look(f)
	f.Code, f.Scope = cmp.Or(f.Code, seen.Code), cmp.Or(f.Scope, seen.Scope)
	return seen
}

// Apply marks each finding that a standing decision is about, and tells of
// decisions that have run out, that are about another version of the code or of
// the rule, that are about nothing any more, and how far the wide ones reach.
// The findings are changed in place.
func (ds Decisions) Apply(findings []event.Finding, now Now) []event.Problem {
	byPrint := make(map[string]*Decision, len(ds))
	tallies := make(map[*Decision]*tally, len(ds))
	byFamily := map[string][]*Decision{}
	for i := range ds {
		d := &ds[i]
		tallies[d] = &tally{}
		if d.Wide() {
			family := cmp.Or(d.Family, d.Rule)
			byFamily[family] = append(byFamily[family], d)
		} else {
			byPrint[d.Fingerprint] = d
		}
	}
	for i := range findings {
		f := &findings[i]
		if f.State == event.Fixed {
			continue
		}
		if d := byPrint[f.Fingerprint]; d != nil && d.applyTo(f, tallies[d], now) {
			continue
		}
		for _, d := range byFamily[family(f)] {
			if f.State == event.Decided || d.applyTo(f, tallies[d], now) {
				break
			}
		}
	}
	ds.recall(findings, tallies)
	return ds.tell(tallies, now)
}

// recall shows a decision whose finding is gone beside the one open finding of
// its family that stands in its place: the code there was changed, and whoever
// looks at it should know what was said of it before.
func (ds Decisions) recall(findings []event.Finding, tallies map[*Decision]*tally) {
	lost := map[string]*Decision{} // by family and place
	for i := range ds {
		if d, t := &ds[i], tallies[&ds[i]]; !d.Wide() && d.Code != "" && t.used == 0 && len(t.moved) == 0 {
			lost[cmp.Or(d.Family, d.Rule)+"\n"+lineOf(d.Place)] = d
		}
	}
	if len(lost) == 0 {
		return
	}
	for i := range findings {
		f := &findings[i]
		d := lost[family(f)+"\n"+lineAt(f)]
		if d == nil || f.State != event.Open || f.Decision != nil || f.Earlier != nil || f.Commit != "" {
			continue
		}
		t := tallies[d]
		t.moved, t.why = append(t.moved, f), subject(f)
		f.Earlier = d.earlier("it was decided on another version of " + t.why)
	}
}

// subject is what a decision on f is about.
func subject(f *event.Finding) string {
	if f.Rule == Unexamined {
		return "this file"
	}
	return "this code"
}

// lineAt is the place of f as lineOf gives it.
func lineAt(f *event.Finding) string {
	if f.Line == 0 {
		return f.Path
	}
	return fmt.Sprintf("%s:%d", f.Path, f.Line)
}

// lineOf is a place without its column.
func lineOf(place string) string {
	parts := strings.Split(place, ":")
	return strings.Join(parts[:min(2, len(parts))], ":")
}

// tally is what came of one decision.
type tally struct {
	used, expired int
	fresh         int // covered, and not there when it was taken
	severe        []*event.Finding
	moved         []*event.Finding
	why           string // it moved
}

// applyTo settles f where the decision is about it as it is now.
func (d *Decision) applyTo(f *event.Finding, t *tally, now Now) bool {
	reach, why := d.reach(f, now)
	switch {
	case reach == elsewhere:
		return false
	case reach == tooSevere:
		t.severe = append(t.severe, f)
		return false
	case !d.stands(now.AsOf):
		t.used, t.expired = t.used+1, t.expired+1
		if d.Until < now.AsOf.UTC().Format(time.DateOnly) {
			f.Earlier = d.earlier("it ran out on " + d.Until)
		}
		return false
	case reach == otherVersion:
		t.moved, t.why = append(t.moved, f), why
		f.Earlier = d.earlier("it was decided on another version of " + why)
		return false
	}
	t.used++
	if d.Wide() && !d.coveredBefore(f) {
		t.fresh++
	}
	f.Earlier, f.Decision = nil, d.Word()
	if d.Verdict != Fix {
		f.State = event.Decided
	}
	return true
}

// Word is the decision as a finding carries it.
func (d *Decision) Word() *event.Decision {
	word := &event.Decision{Verdict: d.Verdict, Because: d.Because, By: d.By, Until: d.Until, On: d.On, Scope: d.Scope}
	if d.Owner != d.By {
		word.Owner = d.Owner
	}
	return word
}

func (d *Decision) earlier(ended string) *event.Decision {
	word := d.Word()
	word.Ended = ended
	return word
}

// reach is how a decision stands to a finding.
type reach uint8

const (
	elsewhere    reach = iota // not about it
	about                     // about it as it is
	otherVersion              // about another version of it
	tooSevere                 // it would be, but nobody lets that pass unseen
)

// reach says how d stands to f, and what has moved where it is about another
// version.
func (d *Decision) reach(f *event.Finding, now Now) (reach, string) {
	if !d.Wide() {
		return d.reachPlace(f, now)
	}
	var seen Seen
	switch d.Scope {
	case ScopeFunction:
		if f.Path != d.Path {
			return elsewhere, ""
		}
		if seen = now.look(f); seen.Scope != d.Function {
			return elsewhere, ""
		}
	case ScopePattern:
		in := func(glob string) bool { return MatchPath(glob, f.Path) }
		if d.Class != "" && class(f) != d.Class || len(d.Paths) > 0 && !slices.ContainsFunc(d.Paths, in) {
			return elsewhere, ""
		}
	case ScopeGroup:
		if f.Group != d.Group {
			return elsewhere, ""
		}
	}
	switch {
	case f.Rule != d.Rule && !d.coveredBefore(f):
		return elsewhere, "" // a rule that nobody had in view
	case f.Rule != d.Rule || d.Revision != f.Revision:
		return otherVersion, "the rule"
	case d.Scope == ScopeFunction && d.Code != seen.ScopeCode:
		return otherVersion, "the function"
	case !d.Bearable(f):
		return tooSevere, ""
	}
	return about, ""
}

func (d *Decision) reachPlace(f *event.Finding, now Now) (reach, string) {
	switch {
	case f.Fingerprint != d.Fingerprint:
		return elsewhere, ""
	case d.Revision != 0 && (f.Rule != d.Rule || f.Revision != d.Revision):
		return otherVersion, "the rule"
	case d.Code != "" && now.look(f).Code != d.Code:
		return otherVersion, "this code"
	}
	return about, ""
}

// coveredBefore says whether f was there when a wide decision was taken.
func (d *Decision) coveredBefore(f *event.Finding) bool {
	if d.before == nil {
		d.before = map[string]bool{}
		for print := range strings.FieldsSeq(d.Covered) {
			d.before[print] = true
		}
	}
	return d.before[f.Fingerprint[:min(8, len(f.Fingerprint))]]
}

// Bearable says whether a wide decision may cover f: neither what is worse than
// anything that was in view, nor a credential that is certainly one, nor a file
// that nobody has looked into.
func (d *Decision) Bearable(f *event.Finding) bool {
	certain := f.Check == knowledge.SecretCheck && f.Confidence == event.Sure || f.Rule == Unexamined
	return !certain && f.Severity.Rank() <= event.Severity(d.UpTo).Rank()
}

func family(f *event.Finding) string { return cmp.Or(f.Family, f.Rule) }

func class(f *event.Finding) string { return cmp.Or(f.Class, string(ClassOf(f.Path))) }

func (ds Decisions) tell(tallies map[*Decision]*tally, now Now) []event.Problem {
	var problems []event.Problem
	add := func(d *Decision, code, hint, format string, args ...any) {
		problems = append(problems, event.Problem{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint, Path: DecisionsPath, Line: d.line})
	}
	endless := 0
	for i := range ds {
		d := &ds[i]
		t := tallies[d]
		print := d.Fingerprint
		if len(t.moved) > 0 {
			print = t.moved[0].Fingerprint
		}
		again := "look again: plimsoll triage " + print[:min(12, len(print))]
		what := d.what()
		if d.endless && t.used > t.expired {
			endless++
		}
		switch {
		case t.expired > 0 && d.Until < now.AsOf.UTC().Format(time.DateOnly):
			add(d, "decision-expired", "renew it, or fix the finding; "+again, "the decision on %s ran out on %s, so %s open again", what, d.Until, isAre(t.expired))
		case len(t.moved) > 0 && t.used == 0:
			add(d, "decision-moved", again, "decided on another version of %s: %s, %s by %s (%q); %s open again", t.why, what, words(d.Verdict), d.By, d.Because, isAre(len(t.moved)))
		case t.used == 0 && len(t.severe) == 0 && now.Complete:
			about, hint := d.gone()
			add(d, "decision-unused", hint, "the decision on %s is about %s", what, about)
		}
		if d.Wide() && t.used > t.expired {
			add(d, "decision-wide", "see them with plimsoll triage list --state decided --rule "+d.Rule,
				"the decision on %s covers %s now, %d of them new since %s", what, plural(t.used, "finding"), t.fresh, d.On)
		}
		if d.Wide() && len(t.severe) > 0 {
			add(d, "decision-not-covered", "decide on each by itself", "the decision on %s does not cover %s, which %s too severe for it: %s", what, plural(len(t.severe), "finding"), areIs(len(t.severe)), names(t.severe))
		}
	}
	if endless > 0 {
		problems = append(problems, event.Problem{Code: "decision-without-end", Path: DecisionsPath, Hint: "renew them: plimsoll triage list --state decided, or add `until`",
			Message: fmt.Sprintf("%s without `until`; each stands until a year after it was taken", plural(endless, "decision"))})
	}
	return problems
}

// gone says what a decision was about that is there no more, and what to do
// about the entry. What was said of a finding stays true of its rule, so that an
// entry that is removed takes something away.
func (d *Decision) gone() (about, hint string) {
	if d.Rule == Unexamined {
		return "a file that is no longer there, or is looked into now", "remove the entry: it has done its work"
	}
	return "a finding that is no longer there", "leave it until it ends: it counts for how often " + d.Rule + " is right (plimsoll explain " + d.Rule +
		"); take it back only where it was a mistake: plimsoll triage " + d.Fingerprint[:min(12, len(d.Fingerprint))] + " --withdraw"
}

// what names what a decision is on: its rule, and where.
func (d *Decision) what() string {
	if !d.Wide() {
		return d.Rule + " (" + d.Place + ")"
	}
	return d.Rule + " (" + d.Reach() + ")"
}

// Reach says in words how far a decision reaches.
func (d *Decision) Reach() string {
	switch d.Scope {
	case ScopeFunction:
		return d.Function + " in " + d.Path
	case ScopeGroup:
		return "findings with the same cause (group " + d.Group[:min(8, len(d.Group))] + ")"
	case ScopePattern:
		var parts []string
		if d.Class != "" {
			parts = append(parts, "in files of class "+d.Class)
		}
		if len(d.Paths) > 0 {
			parts = append(parts, "at "+strings.Join(d.Paths, ", "))
		}
		return strings.Join(parts, ", ")
	}
	return "this place"
}

func words(verdict string) string { return strings.ReplaceAll(verdict, "-", " ") }

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func isAre(n int) string {
	if n == 1 {
		return "the finding is"
	}
	return fmt.Sprintf("%d findings are", n)
}

func areIs(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// names lists a few findings by their fingerprints.
func names(findings []*event.Finding) string {
	var list []string
	for _, f := range findings[:min(len(findings), 5)] {
		list = append(list, f.Fingerprint[:min(12, len(f.Fingerprint))])
	}
	if len(findings) > len(list) {
		list = append(list, "…")
	}
	return strings.Join(list, ", ")
}
