package manifest

import "github.com/BurntSushi/toml"

// cargo is the part of Cargo.toml that is read.
type cargo struct {
	Package struct {
		Name    string
		Version any // text, or {workspace = true}
		Publish any
	}
	Dependencies      map[string]any
	DevDependencies   map[string]any `toml:"dev-dependencies"`
	BuildDependencies map[string]any `toml:"build-dependencies"`
	Target            map[string]struct{ Dependencies map[string]any }
	Workspace         *struct{ Dependencies map[string]any }
	Lib               *struct {
		CrateType []string `toml:"crate-type"`
	}
	Bin []struct{ Name string }
}

func parseCargo(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Cargo}
	var c cargo
	if _, err := toml.Decode(string(data), &c); err != nil {
		return m, err
	}
	ix := newIndex(data, "#")
	m.Name = c.Package.Name
	m.Version, _ = c.Package.Version.(string)
	m.Private = c.Package.Publish == false
	m.tables(ix, c.Dependencies, false)
	m.tables(ix, c.DevDependencies, true)
	m.tables(ix, c.BuildDependencies, true)
	for _, t := range c.Target {
		m.tables(ix, t.Dependencies, false)
	}
	if c.Workspace != nil {
		m.trait("workspace", ix["workspace"])
	}
	if c.Lib != nil {
		m.trait("lib", ix["lib"])
	}
	for _, b := range c.Bin {
		m.trait("bin", ix["bin"])
		m.trait("bin="+b.Name, ix["bin"])
	}
	return m, nil
}

func (m *Manifest) tables(ix index, deps map[string]any, dev bool) {
	for name, v := range deps {
		version, _ := v.(string)
		m.depend(Dependency{Name: name, Version: version, Line: ix[name], Dev: dev})
	}
}

// parseGradleCatalogue reads gradle/libs.versions.toml. A catalogue names what
// may be asked for, which in practice is what is asked for.
func parseGradleCatalogue(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Gradle}
	var c struct {
		Libraries map[string]any
		Plugins   map[string]any
	}
	if _, err := toml.Decode(string(data), &c); err != nil {
		return m, err
	}
	ix := newIndex(data, "#")
	for alias, v := range c.Libraries {
		m.depend(Dependency{Name: catalogueName(v), Line: ix[alias], Dev: isTestLibrary(catalogueName(v))})
	}
	for alias, v := range c.Plugins {
		m.depend(Dependency{Name: pluginName(v), Line: ix[alias]})
	}
	return m, nil
}
