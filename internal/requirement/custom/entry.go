package custom

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Defaults of what an entry leaves out.
const (
	defaultDays    = 365
	defaultMinutes = 60
	defaultOwner   = "maintainer"
	defaultWing    = "requirements"
)

// entry is a requirement as somebody wrote it.
type entry struct {
	ID        string   `yaml:"id"`
	Title     string   `yaml:"title"`
	Wing      string   `yaml:"wing"`
	Level     int      `yaml:"level"`
	Statement string   `yaml:"statement"`
	Why       string   `yaml:"why"`
	Applies   string   `yaml:"applies"`
	Method    []string `yaml:"method"`
	Checks    []need   `yaml:"checks"`
	Evidence  string   `yaml:"evidence"`
	Strength  int      `yaml:"strength"`
	Days      int      `yaml:"days"`
	Owner     string   `yaml:"owner"`
	Fix       string   `yaml:"fix"`
	Minutes   int      `yaml:"minutes"`
	CWE       []int    `yaml:"cwe"`
	Maps      []string `yaml:"maps"`
}

// need is what an entry asks of a check: its id, or the id and more.
type need struct {
	Check string   `yaml:"check"`
	Rules []string `yaml:"rules"`
	Above string   `yaml:"above"`
}

// UnmarshalYAML reads an id or a mapping.
func (n *need) UnmarshalYAML(decode func(any) error) error {
	var id string
	if decode(&id) == nil {
		n.Check = id
		return nil
	}
	type plain need // without this method
	return decode((*plain)(n))
}

// spot is where an entry stands, to make faults about its fields.
type spot interface {
	place(field string) fault.Place
	fault(field, hint, format string, args ...any) *fault.Error
}

// yamlSpot is an entry of a YAML file.
type yamlSpot struct {
	f       *yamlfile.File
	pointer string
}

func (s yamlSpot) at(field string) string {
	if field == "" {
		return s.pointer
	}
	return s.pointer + "/" + field
}

func (s yamlSpot) place(field string) fault.Place { return s.f.Place(s.at(field)) }

func (s yamlSpot) fault(field, hint, format string, args ...any) *fault.Error {
	return s.f.Fault(s.at(field), hint, format, args...)
}

// personal are the methods that take a person.
var personal = []string{"probe", "document", "review", "interview"}

// requirement is the entry as every other requirement. What is wrong with it is
// added to l's faults.
func (e entry) requirement(c *Catalogue, l *loader, at spot) knowledge.Requirement {
	statement := oneLine(e.Statement)
	r := knowledge.Requirement{
		ID: knowledge.NormalID(e.ID), Title: orElse(oneLine(e.Title), heading(statement)), Wing: orElse(e.Wing, defaultWing), Level: max(e.Level, 1),
		Statement: statement, Why: oneLine(e.Why), Applies: orElse(oneLine(e.Applies), "true"), Fix: orElse(oneLine(e.Fix), orElse(oneLine(e.Evidence), statement)),
		Minutes: e.Minutes, CWE: e.CWE, Maps: e.Maps, Catalogue: c.Name, Version: c.Version, Section: section(e.ID), Revision: digestOf([]byte(statement)),
		Plan: knowledge.Plan{Methods: e.methods(), Evidence: oneLine(e.Evidence), Strength: e.Strength, Days: e.Days, Owner: orElse(e.Owner, defaultOwner)},
	}
	if r.Minutes == 0 {
		r.Minutes = defaultMinutes
	}
	if r.Plan.Days == 0 {
		r.Plan.Days = defaultDays
	}
	for i, n := range e.Checks {
		r.Plan.Checks = append(r.Plan.Checks, l.need(n, at, fmt.Sprintf("checks/%d", i)))
	}
	if slices.Contains(e.Method, "check") && len(e.Checks) == 0 {
		l.fault(at.fault("method", "name the checks under checks, or remove check", "%s is to be verified by a check, and names none", e.ID))
	}
	r.Plan.Automation = automation(r.Plan)
	if r.Plan.Strength == 0 {
		r.Plan.Strength = strength(r.Plan.Methods)
	}
	l.expression(r.Applies, at)
	return r
}

// methods are those that the entry names, and those that follow from the rest.
func (e entry) methods() []string {
	methods := slices.Clone(e.Method)
	if len(e.Checks) > 0 && !slices.Contains(methods, "check") {
		methods = append([]string{"check"}, methods...)
	}
	if len(methods) == 0 {
		methods = []string{"document"}
	}
	return methods
}

// automation is how much of the plan machines do.
func automation(p knowledge.Plan) string {
	people := slices.ContainsFunc(p.Methods, func(m string) bool { return m != "check" })
	switch {
	case len(p.Checks) == 0:
		return "none"
	case people:
		return "partial"
	}
	return "full"
}

// strength is the weakest evidence that counts where the entry does not say.
func strength(methods []string) int {
	switch {
	case !slices.ContainsFunc(methods, func(m string) bool { return slices.Contains(personal, m) }):
		return 3 // a machine can show it, so a machine must
	case slices.Contains(methods, "document"), slices.Contains(methods, "review"):
		return 2
	}
	return 1
}

// need looks the check and its rules up. Findings below medium do not count,
// where the entry does not say: as in the built-in catalogues.
func (l *loader) need(n need, at spot, field string) knowledge.Need {
	out := knowledge.Need{Check: n.Check, Rules: n.Rules, Above: orElse(n.Above, "medium")}
	rules, known := l.cfg.Checks[n.Check]
	if !known {
		l.fault(at.fault(field, yamlfile.OneOf(n.Check, slices.Collect(maps.Keys(l.cfg.Checks))), "there is no check %q", n.Check))
		return out
	}
	for _, pattern := range n.Rules {
		if rules != nil && !slices.ContainsFunc(rules, func(rule string) bool { return knowledge.MatchRule(pattern, rule) }) {
			hint := "`plimsoll explain " + n.Check + "` lists them"
			if near, ok := yamlfile.Suggest(pattern, rules); ok {
				hint = "did you mean " + near + "? " + hint
			}
			l.fault(at.fault(field, hint, "the check %s has no rule %q", n.Check, pattern))
		}
	}
	return out
}

// expression compiles applicability and tries it on a product of which more is
// known than of any: what costs too much there is refused here, with its place.
func (l *loader) expression(text string, at spot) {
	e, err := requirement.Facts().Compile(text)
	if err == nil {
		if _, err = e.Eval(crowded()); err == nil {
			return
		}
		l.fault(at.fault("applies", "make it simpler", "%s", err))
		return
	}
	for _, f := range fault.All(err) {
		place := at.place("applies")
		// Where the expression stands on one line, the fault does too.
		if cut := strings.Index(place.Source, text); cut >= 0 && f.Place != nil && f.Place.Line == 1 {
			place.Column = cut + f.Place.Column
		}
		l.fault(fault.At(fault.Config, place, f.Hint, "%s", f.Message))
	}
}

// crowd is how many values each fact of a crowded product has.
const crowd = 40

func crowded() map[string]any {
	values := map[string]any{"exposure": "internet"}
	for _, name := range requirement.Facts().Lists {
		list := make([]string, crowd)
		for i := range list {
			list[i] = fmt.Sprintf("%s-%d", name, i)
		}
		values[name] = list
	}
	return values
}

// heading is the start of a sentence, to name it by.
func heading(statement string) string {
	const longest = 60
	var b strings.Builder
	for _, word := range strings.Fields(statement) {
		if b.Len()+len(word) > longest {
			return strings.TrimSpace(b.String() + " …")
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return strings.TrimSuffix(b.String(), ".")
}

// section is the part of an id between its first word and its number: PW of
// ACME-PW-1; the first word where there is nothing between.
func section(id string) string {
	parts := strings.FieldsFunc(id, func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	switch {
	case len(parts) > 2:
		return parts[1]
	case len(parts) > 0:
		return parts[0]
	}
	return ""
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
