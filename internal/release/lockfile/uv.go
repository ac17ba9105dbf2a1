package lockfile

import (
	"fmt"
	"strings"
)

// uvRequirement is one element of requires-dist in uv.lock.
type uvRequirement struct {
	Name      string `toml:"name"`
	Specifier string `toml:"specifier"`
}

// uvLock compares the copy of the requirements that uv keeps for each project of
// its own, and where the packages come from.
func (e *examiner) uvLock(p, lock string, data []byte, tree map[string]any) error {
	var content struct {
		Package []pythonLocked `toml:"package"`
	}
	if err := parseTOML(data, &content); err != nil {
		return err
	}
	e.mismatch(p, lock, "uv lock", uvDifferences(tree, content.Package, beside(p, "uv.lock") == lock), 0)
	if beside(p, "uv.lock") == lock {
		e.uvSources(lock, data, content.Package)
	}
	return nil
}

// uvDifferences says nothing of a project that is in no workspace: mine tells
// that the lock file stands beside the manifest and so must be its own.
func uvDifferences(tree map[string]any, packages []pythonLocked, mine bool) []string {
	name, _ := table(tree, "project")["name"].(string)
	sources := table(tree, "tool", "uv", "sources")
	for _, pkg := range packages {
		if pythonName(pkg.Name) != pythonName(name) || pkg.Source["registry"] != nil {
			continue
		}
		want, have := pythonWants(tree), map[string]string{}
		for _, list := range append([][]uvRequirement{pkg.Metadata.Requires}, devLists(pkg)...) {
			for _, r := range list {
				if n := pythonName(r.Name); n != pythonName(name) {
					have[n] = joinSpecifiers(have[n], pythonSpecifier(r.Specifier))
				}
			}
		}
		return differences(uvComparable(want, tree, sources), uvComparable(have, tree, sources))
	}
	if !mine || name == "" {
		return nil
	}
	return []string{name + " itself is not in it"}
}

func devLists(pkg pythonLocked) [][]uvRequirement {
	var lists [][]uvRequirement
	for _, group := range sortedKeys(pkg.Metadata.Dev) {
		lists = append(lists, pkg.Metadata.Dev[group])
	}
	return lists
}

// uvComparable drops the specifiers that uv does not repeat (of sources other
// than a registry), and everything where the manifest leaves its requirements to
// the build.
func uvComparable(specs map[string]string, tree, sources map[string]any) map[string]string {
	if len(texts(table(tree, "project")["dynamic"])) > 0 {
		for _, field := range texts(table(tree, "project")["dynamic"]) {
			if strings.HasSuffix(field, "dependencies") {
				return nil
			}
		}
	}
	for name := range sources {
		if _, ok := specs[pythonName(name)]; ok {
			specs[pythonName(name)] = ""
		}
	}
	return specs
}

func (e *examiner) uvSources(lock string, data []byte, packages []pythonLocked) {
	s := e.sources(lock, data)
	for _, pkg := range packages {
		needle := fmt.Sprintf("name = %q", pkg.Name)
		if from, ok := pkg.Source["git"].(string); ok {
			s.check(pkg.Name, "git+"+from, true, needle)
			continue
		}
		from, registry := pkg.Source["registry"].(string)
		if url, ok := pkg.Source["url"].(string); ok {
			from, registry = url, true
		}
		if !registry {
			continue // a folder
		}
		hashed := pkg.Sdist["hash"] != nil
		for _, wheel := range pkg.Wheels {
			hashed = hashed || wheel["hash"] != nil
		}
		s.check(pkg.Name, from, hashed, needle)
	}
	e.sourcesDone(s)
}
