package official

import (
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// masvs reads OWASP MASVS as its project publishes it: groups of controls.
func (r *reader) masvs(top *node) *draft {
	name := ""
	if strings.Contains(top.text("metadata", "title"), "(MASVS)") {
		name = "masvs"
	}
	d := r.begin("masvs", name, top.text("metadata", "version"))
	d.say(top.text("metadata", "title"), "", "")
	for _, g := range top.get("groups").list() {
		section := strings.TrimPrefix(g.text("id"), "MASVS-")
		for _, c := range g.get("controls").list() {
			d.add(c, Requirement{ID: c.text("id"), Section: section, SectionTitle: line(g.text("title")),
				Text: line(c.text("statement")), Guidance: unfold(c.text("description"))})
		}
	}
	return d
}

// folder reads the YAML files of a folder as one Gemara catalogue, the way in
// which the OSPS Baseline keeps a file for each family.
func (r *reader) folder() *draft {
	if f := r.options.Form; f != "" && f != "gemara" {
		r.fail(fault.At(fault.Usage, fault.Place{Path: r.path}, "name a file", "a folder can only be read as gemara"))
		return nil
	}
	entries, err := fs.ReadDir(r.src.fsys, r.path)
	if err != nil {
		r.fail(fault.At(fault.Untrusted, fault.Place{Path: r.path}, "name a plain folder", "reading the folder: %s", plainError(err)))
		return nil
	}
	var tops []*node
	for _, e := range entries {
		ext := path.Ext(e.Name())
		if !e.Type().IsRegular() || ext != ".yaml" && ext != ".yml" {
			continue
		}
		name := path.Join(r.path, e.Name())
		data, bad := r.src.file(name)
		if bad != nil {
			r.fail(bad)
			return nil
		}
		top, faults := parse(name, data)
		r.faults = append(r.faults, faults...)
		if top != nil {
			tops = append(tops, top)
		}
	}
	if len(r.faults) > 0 {
		return nil
	}
	return r.gemara(tops)
}

// gemara reads a Gemara control catalogue (layer 2): controls with assessment
// requirements, in one file or several. Older files nest the controls in
// families. The assessment requirements are what can be met or not.
func (r *reader) gemara(tops []*node) *draft {
	g := &gemara{titles: map[string]string{}}
	title, version := "", ""
	for _, top := range tops {
		if t := top.text("title"); t != "" {
			title = t
		} else if t := top.text("metadata", "title"); t != "" {
			title = t
		}
		if v := top.text("metadata", "version"); v != "" {
			version = v
		}
		g.groups(top)
	}
	g.draft = r.begin("gemara", "", version)
	g.draft.say(title, "", "")
	for _, top := range tops {
		g.file(top)
	}
	if g.isOSPS() {
		g.draft.standard = "osps"
		if r.options.Name == "" {
			g.draft.catalogue.Name = "osps"
		}
	}
	if g.retired > 0 {
		r.note("retired requirements, left out: %d", g.retired)
	}
	return g.draft
}

type gemara struct {
	draft   *draft
	titles  map[string]string // of groups by id
	retired int
}

func (g *gemara) groups(top *node) {
	for _, group := range top.get("groups").list() {
		g.titles[group.text("id")] = line(group.text("title"))
	}
}

func (g *gemara) file(top *node) {
	for _, c := range top.get("controls").list() {
		g.control(c, c.text("group"))
	}
	for _, families := range []string{"control-families", "families", "categories"} {
		for _, f := range top.get(families).list() {
			g.titles[f.text("id")] = line(f.text("title"))
			for _, c := range f.get("controls").list() {
				g.control(c, f.text("id"))
			}
		}
	}
}

func (g *gemara) control(c *node, group string) {
	if group == "" {
		group = c.text("family")
	}
	for _, a := range c.get("assessment-requirements").list() {
		if strings.EqualFold(a.text("state"), "retired") || strings.EqualFold(c.text("state"), "retired") {
			g.retired++
			continue
		}
		g.draft.add(a, Requirement{
			ID: a.text("id"), Section: group, SectionTitle: g.titles[group], Title: line(c.text("title")),
			Text: unfold(a.text("text")), Guidance: unfold(a.text("recommendation")), Levels: maturity(a.get("applicability").list()),
		})
	}
}

var maturityLevel = regexp.MustCompile(`(?i)^maturity(?:[ -]level)?[ -]([1-9])$`)

// maturity reads "maturity-1" and "Maturity Level 1"; other kinds of
// applicability are no levels.
func maturity(list []*node) []int {
	var levels []int
	for _, n := range list {
		if m := maturityLevel.FindStringSubmatch(n.text()); m != nil {
			level, _ := strconv.Atoi(m[1])
			levels = append(levels, level)
		}
	}
	return levels
}

func (g *gemara) isOSPS() bool {
	for _, e := range g.draft.entries {
		if !strings.HasPrefix(e.ID, "OSPS-") {
			return false
		}
	}
	return len(g.draft.entries) > 0
}
