package requirement

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Selection is what a product chooses of catalogues.
type Selection struct {
	// Level takes the requirements up to it: 1, 2 or 3. Below 1 counts as 1.
	Level int
	// Levels holds the level by catalogue where it is another one.
	Levels map[string]int
	// Profiles are those chosen by catalogue, where a catalogue has profiles in
	// place of levels; DefaultProfile where none is.
	Profiles map[string][]string
	// Whole takes requirements whatever their level and profile are.
	Whole bool
	// Include and Exclude map a requirement's id to the reason. Include takes
	// it whatever its level and its expression say. Both need a reason.
	Include, Exclude map[string]string
	// Modify holds changes by id. They need a reason too.
	Modify map[string]Change
}

// DefaultProfile is what a product gets of a catalogue with profiles when it
// names none.
const DefaultProfile = "L1"

// Change is what a product changes of a requirement; what is empty or 0 stays.
type Change struct {
	Reason                           string
	Title, Statement, Applies, Owner string
	Level, Days, Minutes, Strength   int
}

// Takes tells whether r is among the levels and profiles chosen, and why not.
// Levels build on one another, but for a catalogue that lists for each
// requirement the levels that it belongs to.
func (s Selection) Takes(r knowledge.Requirement) (bool, string) {
	level, of := max(1, cmp.Or(s.Levels[r.Catalogue], s.Level)), ""
	if r.Catalogue != "" && r.Catalogue != knowledge.Own {
		of = " of " + r.Catalogue
	}
	switch {
	case s.Whole:
	case len(r.Levels) > 0 && !slices.Contains(r.Levels, level):
		return false, fmt.Sprintf("for level %s; this product selects level %d%s", numbers(r.Levels), level, of)
	case len(r.Profiles) > 0 && !overlap(r.Profiles, s.profiles(r.Catalogue)):
		return false, fmt.Sprintf("of profile %s; this product selects %s%s", strings.Join(r.Profiles, ", "), strings.Join(s.profiles(r.Catalogue), ", "), of)
	case len(r.Levels)+len(r.Profiles) == 0 && r.Level > level:
		return false, fmt.Sprintf("level %d; this product selects level %d%s", r.Level, level, of)
	}
	return true, ""
}

func (s Selection) profiles(catalogue string) []string {
	if chosen := s.Profiles[catalogue]; len(chosen) > 0 {
		return chosen
	}
	return []string{DefaultProfile}
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

func numbers(list []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}

// apply changes r and says in words what was changed and why.
func (c Change) apply(r knowledge.Requirement) (knowledge.Requirement, string) {
	var said []string
	number := func(name string, into *int, to int) {
		if to != 0 && to != *into {
			said = append(said, fmt.Sprintf("%s %d → %d", name, *into, to))
			*into = to
		}
	}
	text := func(name string, into *string, to string) {
		if to = strings.Join(strings.Fields(to), " "); to != "" && to != *into {
			said = append(said, name)
			*into = to
		}
	}
	was := r.Level
	number("level", &r.Level, c.Level)
	if r.Level != was && len(r.Levels) > 0 {
		r.Levels = slices.DeleteFunc([]int{1, 2, 3}, func(n int) bool { return n < r.Level })
	}
	number("days", &r.Plan.Days, c.Days)
	number("minutes", &r.Minutes, c.Minutes)
	number("strength", &r.Plan.Strength, c.Strength)
	text("owner", &r.Plan.Owner, c.Owner)
	text("title", &r.Title, c.Title)
	text("statement", &r.Statement, c.Statement)
	text("when it applies", &r.Applies, c.Applies)
	if len(said) == 0 {
		return r, "changed by the product in nothing: " + reasonOr(c.Reason)
	}
	return r, fmt.Sprintf("changed by the product (%s): %s", strings.Join(said, ", "), reasonOr(c.Reason))
}

// selectionFaults reports what is wrong with a product's choice, sorted by id.
func selectionFaults(reqs []knowledge.Requirement, sel Selection) fault.List {
	if len(sel.Include)+len(sel.Exclude)+len(sel.Modify) == 0 {
		return nil
	}
	ids := make([]string, len(reqs))
	for i, r := range reqs {
		ids[i] = r.ID
	}
	var list fault.List
	check := func(verb string, choice map[string]string) {
		for _, id := range slices.Sorted(maps.Keys(choice)) {
			switch {
			case !slices.Contains(ids, id):
				hint := "plimsoll requirements list shows all"
				if near, found := yamlfile.Suggest(id, ids); found {
					hint = "did you mean " + near + "?"
				}
				list = append(list, fault.New(fault.Config, hint, "%s %s: no such requirement", verb, id))
			case strings.TrimSpace(choice[id]) == "":
				list = append(list, fault.New(fault.Config, "say in one sentence why", "%s %s: no reason given", verb, id))
			}
		}
	}
	check("include", sel.Include)
	check("exclude", sel.Exclude)
	check("modify", reasons(sel.Modify))
	for _, id := range slices.Sorted(maps.Keys(sel.Include)) {
		if _, both := sel.Exclude[id]; both {
			list = append(list, fault.New(fault.Config, "remove one of the two", "%s is both included and excluded", id))
		}
	}
	return list
}

func reasons(changes map[string]Change) map[string]string {
	out := map[string]string{}
	for id, c := range changes {
		out[id] = c.Reason
	}
	return out
}
