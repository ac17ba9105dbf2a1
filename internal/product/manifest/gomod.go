package manifest

import "golang.org/x/mod/modfile"

func parseGoMod(name string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Go}
	f, err := modfile.ParseLax(name, data, nil)
	if err != nil {
		return m, err
	}
	if f.Module != nil {
		m.Name = f.Module.Mod.Path
	}
	for _, r := range f.Require {
		m.depend(Dependency{Name: r.Mod.Path, Version: r.Mod.Version, Line: r.Syntax.Start.Line, Indirect: r.Indirect})
	}
	return m, nil
}
