package finding

import (
	"cmp"
	"path"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// Cover is what a decision would reach.
type Cover struct {
	Findings []*event.Finding // that it settles, those that are decided already left out
	Severe   []*event.Finding // that it does not cover, since they are too severe
}

// Cover says what d would cover among findings, before it is taken.
func (d *Decision) Cover(findings []*event.Finding, look func(*event.Finding) Seen) (c Cover) {
	now := Now{Look: look}
	for _, f := range findings {
		if f.State != event.Open || d.Wide() && family(f) != cmp.Or(d.Family, d.Rule) {
			continue
		}
		switch r, _ := d.reach(f, now); r {
		case about:
			c.Findings = append(c.Findings, f)
		case tooSevere:
			c.Severe = append(c.Severe, f)
		}
	}
	return c
}

// Bind makes of d a decision about f with the reach that its scope names: what
// it is bound to, and which function or group that is. It keeps what is set.
func (d Decision) Bind(f *event.Finding, seen Seen) Decision {
	d.Fingerprint, d.Rule, d.Family, d.Revision = f.Fingerprint, f.Rule, family(f), f.Revision
	switch d.Scope {
	case ScopeFunction:
		d.Path, d.Function, d.Code = f.Path, seen.Scope, seen.ScopeCode
	case ScopeGroup:
		d.Group = f.Group
	case "", ScopePlace:
		d.Scope, d.Code = "", seen.Code
	}
	if d.Wide() {
		d.UpTo = cmp.Or(d.UpTo, string(f.Severity))
	}
	return d
}

// Remember notes what a wide decision covers as it is taken.
func (d *Decision) Remember(c Cover) {
	list := make([]string, len(c.Findings))
	for i, f := range c.Findings {
		list[i] = f.Fingerprint[:min(8, len(f.Fingerprint))]
	}
	d.Covered, d.before = strings.Join(list, " "), nil
}

// Propose lists how far a decision on f could reach, this place first: each
// further scope covers at least one other open finding of the same family.
func Propose(f *event.Finding, findings []*event.Finding, look func(*event.Finding) Seen) []Decision {
	seen := Seen{}
	if look != nil {
		seen = look(f)
	}
	all := []Decision{Decision{}.Bind(f, seen)}
	var near []*event.Finding
	for _, other := range findings {
		if family(other) == family(f) {
			near = append(near, other)
		}
	}
	try := func(d Decision) {
		d = d.Bind(f, seen)
		if d.Bearable(f) && len(d.Cover(near, look).Findings) > 1 {
			all = append(all, d)
		}
	}
	if seen.Scope != "" {
		try(Decision{Scope: ScopeFunction})
	}
	if f.Group != "" {
		try(Decision{Scope: ScopeGroup})
	}
	if c := class(f); c != string(Production) {
		try(Decision{Scope: ScopePattern, Class: c})
	}
	for dir := path.Dir(f.Path); dir != "." && dir != "/"; dir = path.Dir(dir) {
		before := len(all)
		if try(Decision{Scope: ScopePattern, Paths: []string{escapeGlob(dir) + "/**"}}); len(all) > before {
			break
		}
	}
	return all
}

// escapeGlob makes a path a pattern of itself.
func escapeGlob(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(name)
}

// Reached are the findings that a wide decision is about as they are now,
// whether or not they are decided.
func (d *Decision) Reached(findings []*event.Finding, look func(*event.Finding) Seen) (all []*event.Finding) {
	for _, f := range findings {
		if r, _ := d.reach(f, Now{Look: look}); r == about && f.State != event.Fixed {
			all = append(all, f)
		}
	}
	return all
}
