package manifest

import (
	"path"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"
)

// pyName is a distribution's name at the start of a requirement (PEP 508).
var pyName = regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(.*)$`)

var pySeparator = regexp.MustCompile(`[-_.]+`)

// NormalPyPI is the name as PEP 503 compares it.
func NormalPyPI(name string) string {
	return strings.ToLower(pySeparator.ReplaceAllString(name, "-"))
}

func requirement(text string, line int, dev bool) Dependency {
	parts := pyName.FindStringSubmatch(text)
	if parts == nil {
		return Dependency{}
	}
	version, _, _ := strings.Cut(parts[2], ";")
	return Dependency{Name: NormalPyPI(parts[1]), Version: strings.TrimSpace(version), Line: line, Dev: dev}
}

// devFile says whether a requirements file is for work on the product only.
func devFile(name string) bool {
	base := strings.ToLower(path.Base(name))
	for _, word := range []string{"dev", "test", "lint", "doc", "ci", "build", "typing", "local"} {
		for part := range strings.FieldsFuncSeq(base, func(r rune) bool { return strings.ContainsRune("-_.", r) }) {
			if strings.HasPrefix(part, word) {
				return true
			}
		}
	}
	return false
}

func parseRequirements(name string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: PyPI}
	dev := devFile(name)
	lines(data, func(n int, line string) {
		line, _, _ = strings.Cut(line, " #")
		if strings.HasPrefix(line, "#") || strings.HasPrefix(line, "-") || strings.Contains(line, "://") && !strings.Contains(line, "@") {
			return
		}
		m.depend(requirement(line, n, dev))
	})
	return m, nil
}

// pyproject is the part of pyproject.toml that is read (PEP 621, PEP 735, Poetry).
type pyproject struct {
	Project struct {
		Name, Version string
		Dependencies  []string
		Optional      map[string][]string `toml:"optional-dependencies"`
		Scripts       map[string]string
		GUI           map[string]string `toml:"gui-scripts"`
	}
	Groups map[string][]any `toml:"dependency-groups"`
	Tool   struct {
		Poetry struct {
			Name, Version   string
			Dependencies    map[string]any
			DevDependencies map[string]any `toml:"dev-dependencies"`
			Group           map[string]struct{ Dependencies map[string]any }
			Scripts         map[string]any
		}
		PDM, Hatch, UV map[string]any
	}
	Build struct {
		Backend string `toml:"build-backend"`
	} `toml:"build-system"`
}

func parsePyproject(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: PyPI}
	var p pyproject
	if _, err := toml.Decode(string(data), &p); err != nil {
		return m, err
	}
	ix := newIndex(data, "#")
	m.Name, m.Version = first(p.Project.Name, p.Tool.Poetry.Name), first(p.Project.Version, p.Tool.Poetry.Version)
	for _, d := range p.Project.Dependencies {
		m.depend(pyAt(ix, d, false))
	}
	for group, ds := range p.Groups {
		for _, d := range ds {
			if text, ok := d.(string); ok {
				m.depend(pyAt(ix, text, group != "main"))
			}
		}
	}
	for name := range p.Tool.Poetry.Dependencies {
		m.depend(pyAt(ix, name, false))
	}
	for name := range p.Tool.Poetry.DevDependencies {
		m.depend(pyAt(ix, name, true))
	}
	for _, g := range p.Tool.Poetry.Group {
		for name := range g.Dependencies {
			m.depend(pyAt(ix, name, true))
		}
	}
	m.pyTraits(&p, ix)
	return m, nil
}

func (m *Manifest) pyTraits(p *pyproject, ix index) {
	if len(p.Project.Scripts)+len(p.Tool.Poetry.Scripts) > 0 {
		m.trait("scripts", ix["scripts"]+ix["project.scripts"]+ix["tool.poetry.scripts"])
	}
	if len(p.Project.GUI) > 0 {
		m.trait("gui-scripts", ix["project.gui-scripts"])
	}
	if p.Build.Backend != "" {
		m.trait("build-backend", ix["build-backend"])
	}
	if m.Name != "" {
		m.trait("package", ix["name"])
	}
}

func pyAt(ix index, text string, dev bool) Dependency {
	d := requirement(text, 0, dev)
	if parts := pyName.FindStringSubmatch(text); parts != nil {
		d.Line = ix[parts[1]]
	}
	return d
}

func first(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

func parsePipfile(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: PyPI}
	var p struct {
		Packages map[string]any
		Dev      map[string]any `toml:"dev-packages"`
	}
	if _, err := toml.Decode(string(data), &p); err != nil {
		return m, err
	}
	ix := newIndex(data, "#")
	for name := range p.Packages {
		m.depend(pyAt(ix, name, false))
	}
	for name := range p.Dev {
		m.depend(pyAt(ix, name, true))
	}
	return m, nil
}

var (
	setupKey   = regexp.MustCompile(`^([a-z_]+)\s*=\s*(.*)$`)
	setupName  = regexp.MustCompile(`\bname\s*=\s*["']([A-Za-z0-9._-]+)["']`)
	setupEntry = regexp.MustCompile(`["']([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[[^\]]*\])?\s*(?:[<>=!~;][^"']*)?["']`)
)

func parseSetupCfg(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: PyPI}
	section, key := "", ""
	lines(data, func(n int, line string) {
		if strings.HasPrefix(line, "[") {
			section, key = strings.Trim(line, "[] "), ""
			return
		}
		if k := setupKey.FindStringSubmatch(line); k != nil {
			key = k[1]
			line = k[2]
			if section == "metadata" && key == "name" {
				m.Name = strings.TrimSpace(line)
			}
		}
		switch {
		case section == "options" && key == "install_requires":
			m.depend(requirement(line, n, false))
		case section == "options.entry_points" && key == "console_scripts":
			m.trait("scripts", n)
			key = ""
		}
	})
	return m, nil
}

// parseSetupPy reads the text between install_requires and the bracket's end.
func parseSetupPy(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: PyPI}
	inside := false
	lines(data, func(n int, line string) {
		if found := setupName.FindStringSubmatch(line); found != nil && m.Name == "" {
			m.Name = found[1]
			m.trait("package", n)
		}
		if strings.Contains(line, "console_scripts") {
			m.trait("scripts", n)
		}
		if _, after, ok := strings.Cut(line, "install_requires"); ok {
			inside, line = strings.Contains(after, "["), after
		}
		if !inside {
			return
		}
		before, _, end := strings.Cut(line, "]")
		for _, found := range setupEntry.FindAllStringSubmatch(before, -1) {
			m.depend(Dependency{Name: NormalPyPI(found[1]), Line: n})
		}
		inside = !end
	})
	return m, nil
}
