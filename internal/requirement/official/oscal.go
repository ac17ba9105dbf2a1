package official

import (
	"strings"
)

// oscal reads an OSCAL catalog, or a profile with everything that it imports
// resolved (NIST OSCAL 1.1 and 1.2, catalog model and "Profile Resolution
// Specification").
func (r *reader) oscal(top *node) *draft {
	root := top.get("catalog")
	isProfile := root == nil
	if isProfile {
		root = top.get("profile")
	}
	if root == nil {
		r.fail(top.fault("import a catalog or a profile", "the file holds neither an OSCAL catalog nor a profile"))
		return nil
	}
	if v := root.text("metadata", "oscal-version"); v != "" && !strings.HasPrefix(strings.TrimPrefix(v, "v"), "1.") {
		r.fail(root.get("metadata", "oscal-version").fault("convert it to OSCAL 1.1 or 1.2", "OSCAL %s is not read", v))
		return nil
	}
	p := &profiles{reader: r, done: map[string]*resolved{}}
	found := p.resolve(r.path, top, nil)
	if len(r.faults) > 0 {
		return nil
	}
	d := r.begin("oscal", "", root.text("metadata", "version"))
	d.say(root.text("metadata", "title"), publisherOf(root.get("metadata")), "")
	t := &teller{reader: r, params: found.params}
	gone := 0
	for _, c := range found.controls {
		if withdrawn(c.node) {
			gone++
			continue
		}
		d.add(c.node, t.tell(c))
	}
	if gone > 0 {
		r.note("withdrawn controls, left out: %d", gone)
	}
	if n := len(t.unknown); n > 0 {
		r.note("parameters that are used but not defined, so that their names stand in the texts: %d", n)
	}
	return d
}

// publisherOf is the party that metadata names as publisher, or as creator, or
// else the first.
func publisherOf(metadata *node) string {
	names := map[string]string{}
	first := ""
	for _, p := range metadata.get("parties").list() {
		names[p.text("uuid")] = p.text("name")
		if first == "" {
			first = p.text("name")
		}
	}
	for _, role := range []string{"publisher", "creator"} {
		for _, rp := range metadata.get("responsible-parties").list() {
			if ids := rp.get("party-uuids").list(); rp.text("role-id") == role && len(ids) > 0 && names[ids[0].text()] != "" {
				return names[ids[0].text()]
			}
		}
	}
	return first
}

// control is one control with what profiles have done to it.
type control struct {
	node    *node
	section string // id and title of the outermost group
	title   string
	within  *node // the control that it is an enhancement of
	// added are parts that profiles add; removed the ids and names of those that
	// they take away.
	added   []*node
	removed map[string]bool
}

// controlsOf walks through groups and controls, in order.
func controlsOf(catalog *node) []control {
	var out []control
	var inControls func(list []*node, section, title string, within *node)
	inControls = func(list []*node, section, title string, within *node) {
		for _, c := range list {
			out = append(out, control{node: c, section: section, title: title, within: within})
			inControls(c.get("controls").list(), section, title, c)
		}
	}
	var inGroups func(list []*node, section, title string)
	inGroups = func(list []*node, section, title string) {
		for _, g := range list {
			s, t := section, title
			if s == "" {
				if s = g.text("id"); s == "" {
					s = slug(g.text("title"))
				}
				t = line(g.text("title"))
			}
			inGroups(g.get("groups").list(), s, t)
			inControls(g.get("controls").list(), s, t, nil)
		}
	}
	inGroups(catalog.get("groups").list(), "", "")
	inControls(catalog.get("controls").list(), "", "", nil)
	return out
}

func withdrawn(c *node) bool {
	for _, p := range c.get("props").list() {
		if p.text("name") == "status" && strings.EqualFold(p.text("value"), "withdrawn") {
			return true
		}
	}
	return false
}

// teller turns controls into texts.
type teller struct {
	reader  *reader
	params  map[string]param
	unknown map[string]bool
	// what was inserted into the control under way
	insertions, inserted int
}

// tell writes a control as a requirement: its statement, or, where no part is
// called so, everything that is not advice on how to follow or assess it.
func (t *teller) tell(c control) Requirement {
	t.insertions, t.inserted = 0, 0
	q := Requirement{ID: c.node.text("id"), Section: c.section, SectionTitle: c.title, Title: line(t.insert(c.node, c.node.text("title")))}
	var statement, other, guidance []string
	for _, part := range append(append([]*node{}, c.node.get("parts").list()...), c.added...) {
		if c.removed[part.text("id")] || c.removed[part.text("name")] {
			continue
		}
		text := t.part(part, "", c.removed)
		switch name := part.text("name"); {
		case text == "":
		case name == "statement":
			statement = append(statement, text)
		case name == "guidance":
			guidance = append(guidance, text)
		case !strings.HasPrefix(name, "assessment"):
			other = append(other, text)
		}
	}
	if len(statement) == 0 {
		statement, other = other, nil
	}
	if len(statement) == 0 && q.Title != "" { // many company catalogs say it in the title
		statement = []string{q.Title}
	}
	q.Text, q.Guidance = strings.Join(statement, "\n\n"), strings.Join(append(guidance, other...), "\n\n")
	return q
}

// part is the prose of a part and of those inside it, each with its label.
func (t *teller) part(p *node, indent string, removed map[string]bool) string {
	var lines []string
	if prose := t.insert(p, p.text("prose")); prose != "" {
		if l := label(p); l != "" {
			prose = l + " " + prose
		}
		lines = append(lines, indent+strings.ReplaceAll(prose, "\n", "\n"+indent))
		indent += "  "
	}
	for _, inner := range p.get("parts").list() {
		if removed[inner.text("id")] || removed[inner.text("name")] {
			continue
		}
		if text := t.part(inner, indent, removed); text != "" {
			lines = append(lines, text)
		}
	}
	return strings.Join(lines, "\n")
}

// label is the number of a part in its list, "a.".
func label(p *node) string {
	for _, prop := range p.get("props").list() {
		if prop.text("name") == "label" && prop.text("class") == "" {
			if value := prop.text("value"); len(value) <= 8 {
				return value
			}
		}
	}
	return ""
}
