package knowledge

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed requirements/*.yaml
var requirementFiles embed.FS

// allRequirements reads every requirement once, and only when somebody asks.
var allRequirements = sync.OnceValues(func() ([]Requirement, error) { return loadRequirements(requirementFiles) })

// Wings are the six groups that requirements belong to, in the order in which
// they are shown.
var Wings = []string{"requirements", "build", "design", "code", "testing", "release"}

// Requirements returns the requirements of our own catalogue, wing by wing and
// in each wing in the order of its file. The slice is the caller's; the texts
// and lists in it are shared and must not be written to.
func Requirements() ([]Requirement, error) {
	all, err := allRequirements()
	return slices.Clone(all), err
}

// loadRequirements reads requirements/<wing>.yaml of fsys for every wing. It
// reads to the end before it fails, so that somebody who writes requirements
// sees every mistake at once.
func loadRequirements(fsys fs.FS) ([]Requirement, error) {
	var all []Requirement
	var faults []error
	for _, wing := range Wings {
		some, err := readRequirements(fsys, wing)
		all, faults = append(all, some...), append(faults, err)
	}
	seen := map[string]string{}
	for _, r := range all {
		if wing, twice := seen[r.ID]; twice {
			faults = append(faults, fmt.Errorf("requirement %s: defined twice, in %s and in %s", r.ID, wing, r.Wing))
		}
		seen[r.ID] = r.Wing
	}
	faults = append(faults, strangers(fsys)...)
	if err := errors.Join(faults...); err != nil {
		return nil, fmt.Errorf("loading requirements: %w", err)
	}
	return all, nil
}

// strangers reports files that no wing is named after: nobody would read them.
func strangers(fsys fs.FS) []error {
	names, err := fs.Glob(fsys, "requirements/*.yaml")
	faults := []error{err}
	for _, name := range names {
		wing := strings.TrimSuffix(strings.TrimPrefix(name, "requirements/"), ".yaml")
		if !slices.Contains(Wings, wing) {
			faults = append(faults, fmt.Errorf("%s: no wing is called %q", name, wing))
		}
	}
	return faults
}

// readRequirements reads the file of one wing.
func readRequirements(fsys fs.FS, wing string) ([]Requirement, error) {
	name := "requirements/" + wing + ".yaml"
	list, err := readList[Requirement](fsys, name, "requirements")
	if err != nil {
		return nil, err
	}
	var faults []error
	for i := range list {
		list[i].tidy()
		list[i].Catalogue = Own
		for _, fault := range list[i].faults(wing) {
			faults = append(faults, fmt.Errorf("%s: requirement %d (%s): %s", name, i+1, list[i].ID, fault))
		}
	}
	return list, errors.Join(faults...)
}

// tidy makes one line of every text: folding in the YAML file is for its readers.
func (r *Requirement) tidy() {
	for _, text := range []*string{&r.Title, &r.Statement, &r.Why, &r.Fix, &r.Applies, &r.Plan.Person} {
		*text = strings.Join(strings.Fields(*text), " ")
	}
}

var (
	requirementID = regexp.MustCompile(`^PL-[A-Z]{3,8}-[1-9][0-9]*$`)
	checkID       = regexp.MustCompile(`^[a-z]+\.[a-z]+$`)
	rulePattern   = regexp.MustCompile(`^[a-z][a-z0-9-]*(\.[a-z0-9-]+)*(\.\*)?$`)
)

// MinutesMost bounds an estimate: what takes longer than a week's work is no
// next step but a project, and wants to be cut up.
const MinutesMost = 5 * 8 * 60

// faults lists what is wrong with the entry r in the file of the wing named.
func (r Requirement) faults(wing string) []string {
	var faults []string
	need := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	need(requirementID.MatchString(r.ID), "id %q is not of the form PL-WING-1", r.ID)
	need(r.Wing == wing, "wing is %q, but the file is for %q", r.Wing, wing)
	need(r.Level >= 1 && r.Level <= 3, "level %d is not 1, 2 or 3", r.Level)
	for _, text := range []struct{ name, value string }{
		{"title", r.Title}, {"statement", r.Statement}, {"why", r.Why}, {"fix", r.Fix}, {"applies", r.Applies},
	} {
		need(text.value != "", "%s is missing", text.name)
	}
	need(strings.Contains(r.Statement, " must "), "the statement says no \"must\"")
	need(!strings.HasSuffix(r.Title, "."), "the title ends with a full stop")
	need(r.Minutes > 0 && r.Minutes <= MinutesMost, "minutes %d are not between 1 and %d", r.Minutes, MinutesMost)
	for _, n := range r.CWE {
		need(n > 0 && n <= lastCWE, "CWE-%d does not exist", n)
	}
	need(len(r.Maps) > 0, "maps to no standard")
	for _, id := range r.Maps {
		need(mapID.MatchString(id) && strings.ContainsAny(id, "0123456789"), "maps: %q is not the id of a standard", id)
	}
	need(len(r.Examples.Applies) > 0, "no facts for which it applies")
	need((len(r.Examples.NotApplies) > 0) != (r.Applies == "true"), "facts for which it does not apply are needed unless it always does")
	return append(faults, r.Plan.faults()...)
}

// faults lists what is wrong with a plan.
func (p Plan) faults() []string {
	var faults []string
	need := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Sprintf(format, args...))
		}
	}
	want := "partial"
	switch {
	case len(p.Checks) == 0:
		want = "none"
	case p.Person == "":
		want = "full"
	}
	// A check may see only part of what the statement says, and then "partial"
	// is honest without a person too; the two ends must be what they say.
	need(p.Automation == want || p.Automation == "partial" && want == "full", "automation is %q, but the plan is %q", p.Automation, want)
	need(len(p.Checks) > 0 || p.Person != "", "the plan asks neither a check nor a person")
	need(p.Days >= 1 && p.Days <= 366, "days %d are not between 1 and 366", p.Days)
	need(slices.Contains([]string{"developer", "maintainer", "security", "operations", "product"}, p.Owner), "owner %q is unknown", p.Owner)
	for _, n := range p.Checks {
		faults = append(faults, n.faults()...)
	}
	return faults
}

// faults lists what is wrong with what a plan asks of a check.
func (n Need) faults() []string {
	var list complaints
	list.need(checkID.MatchString(n.Check), "check %q is not of the form wing.what", n.Check)
	list.need(n.Above == "" || slices.Contains([]string{"critical", "high", "medium", "low", "info"}, n.Above), "above %q is no severity", n.Above)
	list.need(len(n.Also) == 0 || len(n.Rules) > 0, "also without rules: all rules count already")
	for _, rule := range slices.Concat(n.Rules, n.Also) {
		list.need(rulePattern.MatchString(rule), "rule %q is neither an id nor a family such as history.*", rule)
	}
	return list
}

// Counts tells whether a finding under the rule belongs to what n asks.
func (n Need) Counts(rule string) bool {
	return n.Asks(rule) || slices.ContainsFunc(n.Also, func(pattern string) bool { return MatchRule(pattern, rule) })
}

// Asks tells whether the rule is one of those that must have been looked at.
func (n Need) Asks(rule string) bool {
	return len(n.Rules) == 0 || slices.ContainsFunc(n.Rules, func(pattern string) bool { return MatchRule(pattern, rule) })
}

// MatchRule tells whether pattern, a rule's id or a family such as "history.*",
// takes the rule.
func MatchRule(pattern, rule string) bool {
	if family, isFamily := strings.CutSuffix(pattern, "*"); isFamily {
		return strings.HasPrefix(rule, family)
	}
	return pattern == rule
}
