package assess

import (
	"cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/finding/group"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// describe adds to findings what the spine knows of them and no check need say:
// the family and the revision of the rule, what kind of file it is, and which of
// them have one cause. It is no part of the evidence, so that a better word for a
// path costs no new run.
func (a *assessment) describe(findings []event.Finding) {
	rules := map[string]knowledge.Rule{}
	for _, c := range a.checks {
		for _, r := range c.Rules {
			rules[r.ID] = r
		}
	}
	for i := range findings {
		f := &findings[i]
		r := rules[f.Rule]
		f.Family, f.Revision = cmp.Or(f.Family, r.Family, f.Rule), cmp.Or(f.Revision, r.Revision)
		if f.Path != "" && f.Class == "" {
			f.Class = string(finding.ClassOf(f.Path))
		}
	}
	group.Assign(findings)
}
