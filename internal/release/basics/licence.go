package basics

import (
	"encoding/json"
	"fmt"
	"path"
	"sort"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/release/aside"
	"github.com/plimsoll-dev/plimsoll/internal/release/license"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// licence looks for the licence text and holds manifests against it.
func (e *examiner) licence() {
	byDir := map[string][]repo.File{}
	for _, f := range e.docs {
		dir, base := path.Dir(f.Path), path.Base(f.Path)
		switch {
		case strings.EqualFold(dir, "licenses") || strings.EqualFold(dir, "license"):
			byDir["."] = append(byDir["."], f)
		case licenceName.MatchString(base) && dir != ".github" && dir != "docs":
			byDir[dir] = append(byDir[dir], f)
		}
	}
	if e.readable(byDir["."]) {
		e.observe("repositories searched for a licence", 1, "license")
	}
	declared := e.declared()
	if len(byDir["."]) == 0 {
		e.noLicence(declared)
	}
	dirs := make([]string, 0, len(byDir))
	for dir := range byDir {
		dirs = append(dirs, dir)
	}
	sort.Strings(dirs)
	for _, dir := range dirs {
		e.agree(byDir[dir], declared[dir])
	}
}

// declaration is the licence that a manifest names.
type declaration struct {
	path, expression string
	line, column     int
	source           string
	private          bool
}

// declared reads the licences that the manifests name, by folder.
func (e *examiner) declared() map[string][]declaration {
	all := map[string][]declaration{}
	for _, f := range e.pass.Files(manifests) {
		read, ok := map[string]func([]byte) (string, bool){"package.json": jsonLicence, "composer.json": jsonLicence,
			"Cargo.toml": cargoLicence, "pyproject.toml": pythonLicence}[path.Base(f.Path)]
		if !ok || aside.Path(f.Path) {
			continue
		}
		data, err := readRegular(e.ctx, e.pass, manifests, f)
		if err != nil {
			continue // the lock files' part says so
		}
		expression, private := read(data)
		d := declaration{path: f.Path, expression: expression, private: private}
		if at := strings.Index(string(data), `license`); at >= 0 {
			d.line, d.column = lineColumn(string(data), at)
			d.source = lineAt(string(data), d.line)
		}
		all[path.Dir(f.Path)] = append(all[path.Dir(f.Path)], d)
	}
	return all
}

// jsonLicence reads package.json and composer.json, where a licence is a text, a
// list of them or, in old files, an object with a type.
func jsonLicence(data []byte) (expression string, private bool) {
	var m struct {
		License any  `json:"license"`
		Private bool `json:"private"`
	}
	if json.Unmarshal(data, &m) != nil {
		return "", false // reported with the lock files
	}
	switch l := m.License.(type) {
	case string:
		expression = l
	case map[string]any:
		expression, _ = l["type"].(string)
	case []any:
		var names []string
		for _, one := range l {
			if text, ok := one.(string); ok {
				names = append(names, text)
			}
		}
		expression = strings.Join(names, " OR ")
	}
	return expression, m.Private || strings.EqualFold(expression, "UNLICENSED") || strings.EqualFold(expression, "proprietary")
}

func cargoLicence(data []byte) (expression string, private bool) {
	var m struct {
		Package struct {
			License any `toml:"license"`
			Publish any `toml:"publish"`
		} `toml:"package"`
	}
	if len(data) > 1<<20 || strings.Count(string(data), "[") > 100_000 {
		return "", false
	}
	if _, err := toml.Decode(string(data), &m); err != nil {
		return "", false
	}
	expression, _ = m.Package.License.(string)
	return expression, m.Package.Publish == false
}

func pythonLicence(data []byte) (expression string, private bool) {
	var m struct {
		Project struct {
			License any `toml:"license"`
		} `toml:"project"`
		Tool struct {
			Poetry struct {
				License any `toml:"license"`
			} `toml:"poetry"`
		} `toml:"tool"`
	}
	if len(data) > 1<<20 || strings.Count(string(data), "[") > 100_000 {
		return "", false
	}
	if _, err := toml.Decode(string(data), &m); err != nil {
		return "", false
	}
	for _, l := range []any{m.Project.License, m.Tool.Poetry.License} {
		switch l := l.(type) {
		case string:
			return l, false
		case map[string]any:
			text, _ := l["text"].(string)
			return text, false
		}
	}
	return "", false
}

func (e *examiner) noLicence(declared map[string][]declaration) {
	f := event.Finding{Rule: "license.missing", Message: "no LICENSE or COPYING file: nobody outside may use the product, and nobody can tell",
		Fix: "Add a LICENSE file with the whole text; for a product that is not open, a file that says so."}
	for _, d := range declared["."] {
		if d.expression != "" {
			f.Severity, f.Path, f.Line, f.Column, f.Source = event.Low, d.path, d.line, d.column, d.source
			f.Message = fmt.Sprintf("%s says %s, but there is no LICENSE file with the text", d.path, d.expression)
		}
		if d.private {
			f.Severity = event.Info
		}
	}
	e.report(f, "missing")
}

// agree identifies a folder's licence texts and compares them with what the
// manifests beside them say.
func (e *examiner) agree(files []repo.File, declared []declaration) {
	var ids []string
	for _, f := range files {
		if f.Mode == repo.Symlink && path.Dir(f.Path) != "." {
			return // usually to the licence at the root, which is read there
		}
		text, ok := e.read(f)
		if !ok {
			return
		}
		id := license.Identify(text)
		if id == "" {
			e.report(event.Finding{Rule: "license.empty", Path: f.Path, Line: 1, Column: 1, Message: "the licence file is empty"}, f.Path)
		}
		ids = append(ids, id)
	}
	for _, d := range declared {
		if d.expression == "" || license.Agree(d.expression, ids) {
			continue
		}
		e.report(event.Finding{Rule: "license.disagrees", Path: d.path, Line: d.line, Column: d.column, Source: d.source,
			Message: fmt.Sprintf("the manifest says %s, but %s is the text of %s", d.expression, files[0].Path, strings.Join(ids, " and ")),
			Fix:     "Find out which of the two is meant and correct the other."}, d.expression, strings.Join(ids, " "))
	}
}
