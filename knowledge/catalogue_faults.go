package knowledge

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Words that a plan is written with. The order of Methods says nothing; that of
// a plan's own list does: the best way comes first.
var (
	Methods    = []string{"check", "test", "probe", "document", "review", "interview"}
	Owners     = []string{"developer", "maintainer", "architect", "security", "operations", "product"}
	Automation = []string{"full", "partial", "none"}
	Profiles   = []string{"L1", "L2", "R", "P"} // of MASVS
)

// catalogueIDs is how the ids of each built-in catalogue look.
var catalogueIDs = map[string]*regexp.Regexp{
	"asvs":  regexp.MustCompile(`^v5\.0\.0-[1-9][0-9]?\.[1-9][0-9]?\.[1-9][0-9]?$`),
	"masvs": regexp.MustCompile(`^MASVS-[A-Z]+-[1-9]$`),
	"osps":  regexp.MustCompile(`^OSPS-[A-Z]{2}-[0-9]{2}\.[0-9]{2}$`),
}

// complaints gathers what is wrong with an entry.
type complaints []string

func (c *complaints) need(ok bool, format string, args ...any) {
	if !ok {
		*c = append(*c, fmt.Sprintf(format, args...))
	}
}

// oneOf wants words to be allowed, and none of them twice.
func (c *complaints) oneOf(name string, words, allowed []string) {
	for i, word := range words {
		c.need(slices.Contains(allowed, word), "%s: %q is none of %s", name, word, strings.Join(allowed, ", "))
		c.need(!slices.Contains(words[:i], word), "%s: %q stands there twice", name, word)
	}
}

// faults lists what is wrong with an entry of the catalogue c.
func (e planEntry) faults(c Catalogue) []string {
	var list complaints
	pattern := catalogueIDs[c.Name]
	list.need(pattern != nil && pattern.MatchString(e.ID), "id %q is none of catalogue %s", e.ID, c.Name)
	for _, text := range []struct{ name, value string }{
		{"title", e.Title}, {"statement", e.Statement}, {"evidence", e.Evidence}, {"applies", e.Applies},
	} {
		list.need(strings.TrimSpace(text.value) != "", "%s is missing", text.name)
	}
	list.need(strings.Contains(oneLine(e.Statement), " must "), `the statement says no "must"`)
	list.need(!strings.HasSuffix(e.Title, "."), "the title ends with a full stop")
	list.need(e.Days >= 1 && e.Days <= 366, "days %d are not between 1 and 366", e.Days)
	list.need(e.Minutes > 0 && e.Minutes <= MinutesMost, "minutes %d are not between 1 and %d", e.Minutes, MinutesMost)
	list.oneOf("owner", []string{e.Owner}, Owners)
	for _, n := range e.CWE {
		list.need(n > 0 && n <= lastCWE, "CWE-%d does not exist", n)
	}
	e.levelFaults(c, &list)
	e.methodFaults(&list)
	return list
}

// levelFaults wants each catalogue's own way to say how much is asked of whom.
func (e planEntry) levelFaults(c Catalogue, list *complaints) {
	switch c.Name {
	case "asvs":
		list.need(e.Level >= 1 && e.Level <= 3, "level %d is not 1, 2 or 3", e.Level)
		list.need(len(e.Levels)+len(e.Profiles) == 0, "ASVS has one level for each, and neither levels nor profiles")
	case "masvs":
		list.need(len(e.Profiles) > 0, "profiles are missing")
		list.oneOf("profiles", e.Profiles, Profiles)
		list.need(e.Level == 0 && len(e.Levels) == 0, "MASVS has profiles, and no levels")
	default:
		list.need(len(e.Levels) > 0, "levels are missing")
		for i, n := range e.Levels {
			list.need(n >= 1 && n <= 3, "levels: %d is not 1, 2 or 3", n)
			list.need(i == 0 || e.Levels[i-1] < n, "levels are not in order: %v", e.Levels)
		}
		list.need(e.Level == 0 && len(e.Profiles) == 0, "the Baseline lists levels, and has no profiles")
	}
}

// methodFaults wants a plan to be honest: what it says of itself must follow
// from what it asks for.
func (e planEntry) methodFaults(list *complaints) {
	list.need(len(e.Method) > 0, "method is missing")
	list.oneOf("method", e.Method, Methods)
	list.oneOf("automation", []string{e.Automation}, Automation)
	list.need((e.Automation == "none") == (len(e.Checks) == 0), "automation is %q with %d checks: it is none just where there are none", e.Automation, len(e.Checks))
	list.need(slices.Contains(e.Method, "check") == (len(e.Checks) > 0), "method and checks disagree on whether a check verifies it")
	for i, c := range e.Checks {
		*list = append(*list, Need(c).faults()...)
		list.need(!slices.ContainsFunc(e.Checks[:i], func(o planCheck) bool { return o.Check == c.Check }), "check %q stands there twice", c.Check)
	}
	list.need(e.Strength >= 1 && e.Strength <= 4, "strength %d is not between 1 and 4", e.Strength)
	byMachine := containsAny(e.Method, "check", "test", "probe")
	byPerson := containsAny(e.Method, "document", "review", "interview")
	list.need(e.Strength < 3 || byMachine, "strength %d needs a check, a test or a probe among the methods", e.Strength)
	list.need(e.Strength < 4 || byPerson, "strength 4 needs a document, a review or an interview besides")
	list.need(e.Automation != "full" || e.Strength == 3, "a check alone is of strength 3, not %d", e.Strength)
}

func containsAny(list []string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(list, w) })
}
