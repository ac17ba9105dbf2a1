package lockfile

import (
	"path"
	"regexp"
	"sort"
	"strings"
)

// pyproject holds a pyproject.toml against the lock file beside it, or that of
// the uv workspace it is a member of.
func (e *examiner) pyproject(p string) {
	data, ok := e.read(p)
	if !ok {
		return
	}
	var tree map[string]any
	if err := parseTOML(data, &tree); err != nil {
		e.unreadable(p, data, err)
		return
	}
	wants := pythonWants(tree)
	if len(wants) == 0 {
		return
	}
	e.report.Manifests++
	compared := false
	for _, l := range []struct {
		name    string
		compare func(e *examiner, p, lock string, data []byte, tree map[string]any) error
	}{{"poetry.lock", (*examiner).poetryLock}, {"uv.lock", (*examiner).uvLock}, {"pdm.lock", (*examiner).pdmLock}, {"pylock.toml", nil}} {
		lock := beside(p, l.name)
		if l.name == "uv.lock" {
			lock = e.nearest(path.Dir(p), l.name)
		}
		if !e.has[lock] {
			continue
		}
		compared = true
		e.report.Locks++
		lockData, ok := e.read(lock)
		if !ok || l.compare == nil {
			continue
		}
		if err := l.compare(e, p, lock, lockData, tree); err != nil {
			e.unreadable(lock, lockData, err)
		}
	}
	if !compared && !e.pinnedBeside(p) {
		tool, lock := pythonTool(tree)
		e.missing(p, tool, pythonLibrary(tree), lock)
	}
}

// pythonTool is the command that would lock the project.
func pythonTool(tree map[string]any) (command, lock string) {
	switch tool := table(tree, "tool"); {
	case tool["poetry"] != nil:
		return "poetry lock", "poetry.lock"
	case tool["pdm"] != nil:
		return "pdm lock", "pdm.lock"
	}
	return "uv lock", "uv.lock"
}

// pythonLibrary reports whether the project is built to be installed by others:
// it has a build system, and no word that it is not a package.
func pythonLibrary(tree map[string]any) bool {
	if mode, ok := table(tree, "tool", "poetry")["package-mode"].(bool); ok && !mode {
		return false
	}
	if pkg, ok := table(tree, "tool", "uv")["package"].(bool); ok && !pkg {
		return false
	}
	return tree["build-system"] != nil
}

// pinnedBeside reports whether a requirements file stands beside p; it is judged
// by itself.
func (e *examiner) pinnedBeside(p string) bool {
	for _, other := range e.paths {
		if path.Dir(other) == path.Dir(p) && isRequirements(other) {
			return true
		}
	}
	return false
}

var requirementName = regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*\(?([^;@)]*)`)

var nameRuns = regexp.MustCompile(`[-_.]+`)

// pythonName is a distribution's name in normal form (PEP 503).
func pythonName(name string) string {
	return strings.ToLower(nameRuns.ReplaceAllString(name, "-"))
}

// requirement cuts a PEP 508 text into normal name and normal specifier.
func requirement(text string) (name, specifier string) {
	m := requirementName.FindStringSubmatch(text)
	if m == nil {
		return "", ""
	}
	return pythonName(m[1]), pythonSpecifier(m[3])
}

// pythonSpecifier is a version specifier without blanks and in sorted order.
func pythonSpecifier(s string) string {
	parts := strings.Split(strings.Join(strings.Fields(s), ""), ",")
	sort.Strings(parts)
	return strings.Trim(strings.Join(parts, ","), ",")
}

// pythonWants maps what a pyproject declares to specifiers, in all its dialects.
// A name declared several times has the specifiers joined.
func pythonWants(tree map[string]any) map[string]string {
	wants := map[string]string{}
	add := func(list []string) {
		for _, text := range list {
			if name, spec := requirement(text); name != "" {
				wants[name] = joinSpecifiers(wants[name], spec)
			}
		}
	}
	project := table(tree, "project")
	add(texts(project["dependencies"]))
	for _, tables := range []map[string]any{table(project, "optional-dependencies"), table(tree, "dependency-groups"), table(tree, "tool", "pdm", "dev-dependencies")} {
		for _, group := range sortedKeys(tables) {
			add(texts(tables[group]))
		}
	}
	add(texts(table(tree, "tool", "uv")["dev-dependencies"]))
	for name := range poetryWants(table(tree, "tool", "poetry")) {
		if _, twice := wants[name]; !twice {
			wants[name] = ""
		}
	}
	own, _ := project["name"].(string)
	delete(wants, pythonName(own)) // extras that include one another
	return wants
}

// joinSpecifiers is the set of both: each once, in sorted order.
func joinSpecifiers(a, b string) string {
	all := map[string]bool{}
	for _, spec := range strings.Fields(a + " " + b) {
		all[spec] = true
	}
	return strings.Join(sortedKeys(all), " ")
}

// poetryWants is the set of names in poetry's own tables.
func poetryWants(poetry map[string]any) map[string]bool {
	names := map[string]bool{}
	add := func(deps map[string]any) {
		for name := range deps {
			if name = pythonName(name); name != "python" {
				names[name] = true
			}
		}
	}
	add(table(poetry, "dependencies"))
	add(table(poetry, "dev-dependencies"))
	groups := table(poetry, "group")
	for name := range groups {
		add(table(groups, name, "dependencies"))
	}
	return names
}

// pythonLocked is one package of poetry.lock, pdm.lock or uv.lock.
type pythonLocked struct {
	Name     string           `toml:"name"`
	Files    []map[string]any `toml:"files"`
	Source   map[string]any   `toml:"source"`
	Sdist    map[string]any   `toml:"sdist"`
	Wheels   []map[string]any `toml:"wheels"`
	Metadata struct {
		Requires []uvRequirement            `toml:"requires-dist"`
		Dev      map[string][]uvRequirement `toml:"requires-dev"`
	} `toml:"metadata"`
}

// namesMissing lists the names that have no package in the lock file.
func namesMissing[V any](wants map[string]V, packages []pythonLocked) []string {
	have := map[string]bool{}
	for _, p := range packages {
		have[pythonName(p.Name)] = true
	}
	var diffs []string
	for _, name := range sortedKeys(wants) {
		if !have[name] {
			diffs = append(diffs, name+" is not in it")
		}
	}
	return diffs
}

// pdmLock compares names; pdm's own hash depends on the version of pdm.
func (e *examiner) pdmLock(p, lock string, data []byte, tree map[string]any) error {
	var content struct {
		Package []pythonLocked `toml:"package"`
	}
	if err := parseTOML(data, &content); err != nil {
		return err
	}
	e.mismatch(p, lock, "pdm lock", namesMissing(pythonWants(tree), content.Package), 0)
	return nil
}
