package lockfile

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// cargoPackage is what matters of a Cargo.toml.
type cargoPackage struct {
	path      string
	tree      map[string]any
	name      string
	version   string // "" where it is the workspace's
	binary    bool
	workspace map[string]any // nil where it is no workspace's root
}

// cargoIn returns the Cargo.toml of a folder; nil where there is none that can
// be read. A broken one is reported once.
func (e *examiner) cargoIn(dir string) *cargoPackage {
	if c, done := e.crates[dir]; done {
		return c
	}
	e.crates[dir] = nil
	p := path.Join(dir, "Cargo.toml")
	if !e.has[p] {
		return nil
	}
	data, ok := e.read(p)
	if !ok {
		return nil
	}
	c := &cargoPackage{path: p}
	if err := parseTOML(data, &c.tree); err != nil {
		e.unreadable(p, data, err)
		return nil
	}
	pkg := table(c.tree, "package")
	c.name, _ = pkg["name"].(string)
	c.version, _ = pkg["version"].(string)
	c.workspace = table(c.tree, "workspace")
	_, bins := c.tree["bin"]
	c.binary = bins || e.has[path.Join(dir, "src/main.rs")] || e.hasBin(dir)
	e.crates[dir] = c
	return c
}

func (e *examiner) hasBin(dir string) bool {
	prefix := path.Join(dir, "src/bin") + "/"
	for _, p := range e.paths {
		if strings.HasPrefix(p, prefix) {
			return true
		}
	}
	return false
}

// cargo holds a Cargo.toml against the Cargo.lock of its workspace.
func (e *examiner) cargo(p string) {
	c := e.cargoIn(path.Dir(p))
	if c == nil {
		return
	}
	root := e.cargoRoot(c)
	wants := cargoWants(c, root)
	if len(wants) == 0 && c.workspace == nil {
		return
	}
	e.report.Manifests++
	lock := beside(root.path, "Cargo.lock")
	if !e.has[lock] {
		if root == c {
			e.missing(p, "cargo generate-lockfile", !e.cargoBinary(c), "Cargo.lock")
		}
		return
	}
	e.report.Locks++
	packages, l := shared(e, lock, readCargoLock)
	if !l.ok || l.err != nil {
		if l.ok && root == c {
			e.unreadable(lock, l.data, l.err)
		}
		return
	}
	e.mismatch(p, lock, "cargo update --workspace", cargoDifferences(c, root, wants, packages), 0)
	if root == c {
		e.cargoSources(lock, l.data, packages)
	}
}

// cargoRoot is the manifest whose folder holds the lock file: that of the
// nearest workspace above which does not exclude c, or c's own.
func (e *examiner) cargoRoot(c *cargoPackage) *cargoPackage {
	dir := path.Dir(c.path)
	if c.workspace != nil {
		return c
	}
	for _, above := range upwards(dir)[1:] {
		root := e.cargoIn(above)
		if root == nil || root.workspace == nil {
			continue
		}
		rel := relative(above, dir)
		for _, excluded := range texts(root.workspace["exclude"]) {
			if excluded = strings.Trim(excluded, "/"); rel == excluded || strings.HasPrefix(rel, excluded+"/") {
				return c
			}
		}
		return root
	}
	return c
}

// cargoBinary reports whether c, or a member of the workspace it is root of,
// builds a program.
func (e *examiner) cargoBinary(c *cargoPackage) bool {
	if c.binary || c.workspace == nil {
		return c.binary
	}
	for _, p := range e.paths {
		if path.Base(p) != "Cargo.toml" {
			continue
		}
		if member := e.cargoIn(path.Dir(p)); member != nil && member.binary && e.cargoRoot(member) == c {
			return true
		}
	}
	return false
}

// cargoWants maps the real names of c's dependencies to their ranges, "" where
// there is none to compare.
func cargoWants(c, root *cargoPackage) map[string]string {
	wants := map[string]string{}
	shared := table(root.workspace, "dependencies")
	add := func(tree map[string]any) {
		for _, kind := range []string{"dependencies", "dev-dependencies", "build-dependencies"} {
			for name, value := range table(tree, kind) {
				real, spec := cargoWant(name, value, shared)
				if have, twice := wants[real]; twice && have != spec {
					spec = "" // two versions side by side: either may be the one found
				}
				wants[real] = spec
			}
		}
	}
	add(c.tree)
	for _, target := range table(c.tree, "target") {
		if tree, ok := target.(map[string]any); ok {
			add(tree)
		}
	}
	return wants
}

func cargoWant(name string, value any, shared map[string]any) (real, spec string) {
	if text, ok := value.(string); ok {
		return name, text
	}
	t, _ := value.(map[string]any)
	if inherits, _ := t["workspace"].(bool); inherits {
		return cargoWant(name, shared[name], nil)
	}
	if renamed, ok := t["package"].(string); ok {
		name = renamed
	}
	if t["git"] == nil && t["path"] == nil {
		spec, _ = t["version"].(string)
	}
	return name, spec
}

type cargoLocked struct {
	Name     string `toml:"name"`
	Version  string `toml:"version"`
	Source   string `toml:"source"`
	Checksum string `toml:"checksum"`
}

func readCargoLock(data []byte) (map[string][]cargoLocked, error) {
	var lock struct {
		Package  []cargoLocked     `toml:"package"`
		Metadata map[string]string `toml:"metadata"` // checksums, up to version 1
	}
	if err := parseTOML(data, &lock); err != nil {
		return nil, err
	}
	packages := map[string][]cargoLocked{}
	for _, p := range lock.Package {
		if p.Checksum == "" {
			p.Checksum = lock.Metadata[fmt.Sprintf("checksum %s %s (%s)", p.Name, p.Version, p.Source)]
		}
		packages[p.Name] = append(packages[p.Name], p)
	}
	return packages, nil
}

func cargoDifferences(c, root *cargoPackage, wants map[string]string, packages map[string][]cargoLocked) []string {
	var diffs []string
	patched := table(root.tree, "patch")
	for _, name := range sortedKeys(wants) {
		have := packages[name]
		fits := func(p cargoLocked) bool { return satisfies(p.Version, wants[name], cargoRanges) }
		switch {
		case len(have) == 0:
			diffs = append(diffs, name+" is not in it")
		case !slices.ContainsFunc(have, fits) && len(patched) == 0:
			diffs = append(diffs, fmt.Sprintf("%s is %s, wanted %s", name, have[0].Version, wants[name]))
		}
	}
	if c.name == "" {
		return diffs
	}
	own := func(p cargoLocked) bool { return p.Source == "" && (c.version == "" || p.Version == c.version) }
	if !slices.ContainsFunc(packages[c.name], own) {
		diffs = append(diffs, strings.TrimSpace(c.name+" "+c.version)+" itself is not in it")
	}
	return diffs
}

func (e *examiner) cargoSources(lock string, data []byte, packages map[string][]cargoLocked) {
	s := e.sources(lock, data)
	for _, name := range sortedKeys(packages) {
		for _, p := range packages[name] {
			if p.Source == "" {
				continue // a folder of the workspace
			}
			kind, from, _ := strings.Cut(p.Source, "+")
			if strings.Contains(from, "rust-lang/crates.io-index") {
				from = "https://index.crates.io/"
			}
			if kind == "git" {
				from = "git+" + from
			}
			s.check(name, from, p.Checksum != "", fmt.Sprintf("name = %q\nversion = %q", p.Name, p.Version))
		}
	}
	e.sourcesDone(s)
}
