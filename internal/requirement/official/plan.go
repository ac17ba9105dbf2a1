package official

import (
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// The plan of a requirement for which we have none: somebody looks, says what
// they looked at, and looks again a year later.
const (
	defaultDays     = 365
	defaultStrength = 2 // a document, or a second person's review
	defaultMinutes  = 60
)

// Plans makes requirements of a catalogue for which there are no built-in plans.
func (c Catalogue) Plans() []knowledge.Requirement {
	out := make([]knowledge.Requirement, len(c.Requirements))
	for i, q := range c.Requirements {
		out[i] = c.plan(q)
	}
	return out
}

func (c Catalogue) plan(q Requirement) knowledge.Requirement {
	text := line(q.Text)
	r := knowledge.Requirement{
		ID: q.ID, Title: q.Title, Wing: "requirements", Level: 1, Statement: text, Applies: "true",
		Fix: "verify it, and record what shows it", Minutes: defaultMinutes,
		Catalogue: c.Name, Version: c.Version, Section: q.Section, Levels: slices.Clone(q.Levels),
		Plan: knowledge.Plan{Automation: "none", Person: text, Days: defaultDays, Owner: "security",
			Methods: []string{"interview", "review"}, Evidence: "what shows that it holds: a document, a record, a configuration", Strength: defaultStrength},
	}
	if r.Title == "" {
		r.Title = shorten(text, 80)
	}
	if len(q.Levels) > 0 {
		r.Level = slices.Min(q.Levels)
	}
	return r
}

// shorten cuts a text after a whole word.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	cut := strings.LastIndexByte(s[:most], ' ')
	if cut <= 0 {
		cut = most
		for cut > 0 && s[cut]&0xC0 == 0x80 { // never inside a character
			cut--
		}
	}
	return s[:cut] + "…"
}
