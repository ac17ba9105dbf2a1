package official

import (
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// profiles resolves what OSCAL profiles import. A file is resolved once, however
// many profiles name it.
type profiles struct {
	reader *reader
	done   map[string]*resolved
}

// resolved is what a catalog or profile comes to.
type resolved struct {
	controls []control
	params   map[string]param
}

// Limits of profiles.
const (
	maxChain    = 16  // that import one another
	maxImports  = 200 // of one profile
	maxPatterns = 500 // of one import
)

// resolve gives the controls of the file at name, whose content is top. Chain
// holds the files that led here.
func (p *profiles) resolve(name string, top *node, chain []string) *resolved {
	if r, ok := p.done[name]; ok {
		return r
	}
	var out *resolved
	switch {
	case top.get("catalog") != nil:
		catalog := top.get("catalog")
		out = &resolved{controls: controlsOf(catalog), params: map[string]param{}}
		if len(out.controls) > maxRequirements {
			p.reader.fail(catalog.fault("import it in parts", "more than %d controls", maxRequirements))
		}
		paramsOf(catalog, out.params)
	case top.get("profile") != nil:
		out = p.profile(name, top.get("profile"), append(chain, name))
	default:
		p.reader.fail(top.fault("import an OSCAL catalog or profile", "%s is neither an OSCAL catalog nor a profile", name))
		out = &resolved{}
	}
	p.done[name] = out
	return out
}

func (p *profiles) profile(name string, profile *node, chain []string) *resolved {
	out := &resolved{params: map[string]param{}}
	imports := profile.get("imports").list()
	switch {
	case len(imports) == 0:
		p.reader.fail(profile.fault("name the catalogs that it selects from", "the profile imports nothing"))
	case len(imports) > maxImports:
		p.reader.fail(profile.get("imports").fault("join imports of the same file", "the profile has more than %d imports", maxImports))
		return out
	}
	for _, imp := range imports {
		from := p.follow(name, profile, imp, chain)
		if from == nil {
			continue
		}
		maps.Copy(out.params, from.params)
		out.merge(p.choose(imp, from.controls))
	}
	p.modify(profile.get("modify"), out)
	return out
}

// merge adds controls that are not there yet: two imports may take the same one.
func (r *resolved) merge(more []control) {
	have := map[*node]bool{}
	for _, c := range r.controls {
		have[c.node] = true
	}
	for _, c := range more {
		if !have[c.node] {
			have[c.node] = true
			r.controls = append(r.controls, c)
		}
	}
}

// follow reads what an import names.
func (p *profiles) follow(name string, profile, imp *node, chain []string) *resolved {
	target, bad := targetOf(name, profile, imp)
	if bad != nil {
		p.reader.fail(bad)
		return nil
	}
	if at := slices.Index(chain, target); at >= 0 {
		p.reader.fail(imp.get("href").fault("remove one of the imports", "the profiles import one another in a circle: %s", strings.Join(append(slices.Clone(chain[at:]), target), " → ")))
		return nil
	}
	if len(chain) >= maxChain {
		p.reader.fail(imp.get("href").fault("resolve the profile with another tool and import its result", "profiles import profiles more than %d deep", maxChain))
		return nil
	}
	if done, ok := p.done[target]; ok {
		return done
	}
	data, bad := p.reader.src.file(target)
	if bad != nil {
		p.reader.fail(imp.get("href").fault(bad.Hint, "importing %s: %s", target, bad.Message))
		return nil
	}
	top, faults := parse(target, data)
	if len(faults) > 0 {
		p.reader.faults = append(p.reader.faults, faults...)
		return nil
	}
	return p.resolve(target, top, chain)
}

// targetOf is the path of what an import names: a path relative to the profile,
// or a resource of its back matter that has one.
func targetOf(name string, profile, imp *node) (string, *fault.Error) {
	href := imp.text("href")
	if href == "" {
		return "", imp.fault("name a file", "an import without href")
	}
	at := imp.get("href")
	if id, ok := strings.CutPrefix(href, "#"); ok {
		if href = linkOf(profile, id); href == "" {
			return "", at.fault("give the resource an rlink to a JSON file beside the profile", "the import names the resource %s, which has no link to a file", id)
		}
	}
	u, err := url.Parse(href)
	if err != nil || u.Scheme != "" || u.Host != "" || path.IsAbs(u.Path) {
		return "", at.fault("download it, put it beside the profile and name it by its path", "the import %q is no path beside the profile; nothing is fetched", href)
	}
	target := path.Join(path.Dir(name), u.Path)
	if target == ".." || strings.HasPrefix(target, "../") {
		return "", at.fault("put both files into one folder or repository", "the import %q leads outside the folder", href)
	}
	return target, nil
}

// linkOf is the link of a back-matter resource that can be read here: to JSON
// or YAML before anything else, to a file before an address.
func linkOf(profile *node, id string) string {
	best, rank := "", 0
	for _, res := range profile.get("back-matter", "resources").list() {
		if res.text("uuid") != id {
			continue
		}
		for _, l := range res.get("rlinks").list() {
			href, is := l.text("href"), 1
			if strings.Contains(l.text("media-type")+path.Ext(href), "json") || strings.Contains(l.text("media-type")+path.Ext(href), "yaml") {
				is += 2
			}
			if !strings.Contains(href, "://") {
				is++
			}
			if is > rank {
				best, rank = href, is
			}
		}
	}
	return best
}

// choose takes what an import includes, less what it excludes.
func (p *profiles) choose(imp *node, from []control) []control {
	includes := imp.get("include-controls").list()
	if imp.get("include-all") != nil || len(includes) == 0 {
		includes = nil
	}
	taken := p.chosen(includes, from)
	left := p.chosen(imp.get("exclude-controls").list(), from)
	var out []control
	for _, c := range from {
		if (includes == nil || taken[c.node]) && !left[c.node] {
			out = append(out, c)
		}
	}
	return out
}

// chosen are the controls that selectors name: by id, by pattern, and those
// inside them where the selector says so.
func (p *profiles) chosen(selectors []*node, from []control) map[*node]bool {
	out := map[*node]bool{}
	byID := map[string]*node{}
	for _, c := range from {
		byID[c.node.text("id")] = c.node
	}
	if len(selectors) > maxPatterns {
		p.reader.fail(selectors[maxPatterns].fault("name several controls in one selector", "more than %d selectors", maxPatterns))
		return out
	}
	for _, s := range selectors {
		now := map[*node]bool{}
		for _, id := range s.get("with-ids").list() {
			n, ok := byID[id.text()]
			if !ok {
				p.reader.fail(id.fault("correct the id, or remove it", "the import has no control %q", id.text()))
				continue
			}
			now[n] = true
		}
		for i, m := range s.get("matching").list() {
			if i >= maxPatterns {
				p.reader.fail(m.fault("write fewer, wider patterns", "more than %d patterns", maxPatterns))
				break
			}
			p.match(m.get("pattern"), from, now)
		}
		if s.text("with-child-controls") == "yes" {
			for _, c := range from { // parents come before what is inside them
				if now[c.within] {
					now[c.node] = true
				}
			}
		}
		maps.Copy(out, now)
	}
	return out
}

func (p *profiles) match(pattern *node, from []control, now map[*node]bool) {
	if pattern == nil {
		return
	}
	for _, c := range from {
		ok, err := path.Match(pattern.text(), c.node.text("id"))
		if err != nil {
			p.reader.fail(pattern.fault("use * and ?", "%q is no pattern", pattern.text()))
			return
		}
		if ok {
			now[c.node] = true
		}
	}
}

// modify applies what the profile sets and alters.
func (p *profiles) modify(modify *node, out *resolved) {
	for _, s := range modify.get("set-parameters").list() {
		id := s.text("param-id")
		prm, ok := out.params[id]
		if !ok {
			p.reader.fail(s.fault("correct the id", "the profile sets the parameter %q, which no import defines", id))
			continue
		}
		prm.sets = append([]*node{s}, prm.sets...)
		out.params[id] = prm
	}
	where := map[string]int{}
	for i, c := range out.controls {
		where[c.node.text("id")] = i
	}
	for _, a := range modify.get("alters").list() {
		i, ok := where[a.text("control-id")]
		if !ok {
			p.reader.fail(a.fault("correct the id", "the profile alters the control %q, which it does not select", a.text("control-id")))
			continue
		}
		out.controls[i] = alter(out.controls[i], a)
	}
}

// alter is the control with parts added and removed. The lists are copied: other
// profiles may resolve the same control.
func alter(c control, a *node) control {
	c.added, c.removed = slices.Clone(c.added), maps.Clone(c.removed)
	if c.removed == nil {
		c.removed = map[string]bool{}
	}
	for _, rm := range a.get("removes").list() {
		for _, by := range []string{"by-id", "by-name"} {
			if name := rm.text(by); name != "" {
				c.removed[name] = true
			}
		}
	}
	for _, add := range a.get("adds").list() {
		c.added = append(c.added, add.get("parts").list()...)
	}
	return c
}
