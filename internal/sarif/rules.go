package sarif

import (
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
)

// components lists the driver and then the extensions.
func (r *run) components() []*wireComponent {
	all := []*wireComponent{&r.tool.Driver}
	for i := range r.tool.Extensions {
		all = append(all, &r.tool.Extensions[i])
	}
	return all
}

func (r *run) indexRules() {
	for _, c := range r.components() {
		c.Rules = c.Rules[:min(len(c.Rules), maxRules)]
		c.byID = make(map[string]int, len(c.Rules))
		for i, rule := range c.Rules {
			if _, twice := c.byID[rule.ID]; !twice {
				c.byID[rule.ID] = i
			}
		}
	}
}

// inventory lists the ids of all rules of all components, sorted, each once.
func (r *run) inventory() []string {
	var ids []string
	for _, c := range r.components() {
		for id := range c.byID {
			if id != "" {
				ids = append(ids, cleanID(id))
			}
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// cleanID is a rule's id in one word that can be printed.
func cleanID(id string) string {
	return strings.ReplaceAll(docfile.OneLine(id, 200), " ", "-")
}

// find resolves a reference to a rule (sections 3.27.5 to 3.27.7, 3.52): by
// index where id and index agree, else by id, else by GUID. It returns nil
// where the file does not describe the rule.
func (r *run) find(ref wireReference) *wireRule {
	c := r.component(ref)
	if ref.Index != nil && *ref.Index >= 0 && *ref.Index < len(c.Rules) {
		if rule := &c.Rules[*ref.Index]; ref.ID == "" || within(ref.ID, rule.ID) {
			return rule
		}
	}
	if rule := r.findID(c, ref.ID); rule != nil {
		return rule
	}
	if ref.GUID == "" {
		return nil
	}
	for _, c := range r.components() {
		for i := range c.Rules {
			if strings.EqualFold(c.Rules[i].GUID, ref.GUID) {
				return &c.Rules[i]
			}
		}
	}
	return nil
}

// findID looks for an id in c first, then in the other components. A result may
// name a sub-rule, "CA1000/1" of the rule CA1000 (section 3.27.5).
func (r *run) findID(c *wireComponent, id string) *wireRule {
	for id != "" {
		for _, c := range append([]*wireComponent{c}, r.components()...) {
			if i, ok := c.byID[id]; ok {
				return &c.Rules[i]
			}
		}
		cut := strings.LastIndexByte(id, '/')
		id = id[:max(cut, 0)]
	}
	return nil
}

func within(id, rule string) bool { return id == rule || strings.HasPrefix(id, rule+"/") }

// component finds the tool component of a reference (section 3.54); the driver
// where the reference names none.
func (r *run) component(ref wireReference) *wireComponent {
	want := ref.Component
	if want.Index != nil && *want.Index >= 0 && *want.Index < len(r.tool.Extensions) {
		return &r.tool.Extensions[*want.Index]
	}
	for i := range r.tool.Extensions {
		c := &r.tool.Extensions[i]
		if want.GUID != "" && strings.EqualFold(want.GUID, c.GUID) || want.GUID == "" && want.Name != "" && want.Name == c.Name {
			return c
		}
	}
	return &r.tool.Driver
}

// override is the level that an invocation was configured to give a rule
// (section 3.20.5); "" where it was not.
func (r *run) override(invocation int, rule *wireRule) string {
	if rule == nil || invocation < 0 || invocation >= len(r.invocations) {
		return ""
	}
	for _, o := range r.invocations[invocation].Overrides {
		if r.find(o.Descriptor) == rule {
			return o.Configuration.Level
		}
	}
	return ""
}
