// Package plimsoll holds no code: its tests hold up the walls of the house.
package plimsoll

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/plimsoll-dev/plimsoll"

// floors lists the rooms from the ground up. A package imports rooms of lower
// floors only; rooms on one floor do not know one another.
var floors = [][]string{
	{"internal/fault", "internal/durable", "internal/version", "docs", "verify"},
	{"knowledge", "internal/event", "internal/yamlfile"},
	{"internal/docfile", "internal/cvss"},
	{"internal/sarif"},
	{"internal/repo"},
	{"internal/finding", "internal/product"},
	{"internal/evidence", "internal/requirement"},
	{"internal/check"},
	{"internal/gate"},
	{"internal/build", "internal/design", "internal/code", "internal/testing", "internal/release", "internal/operate"},
	{"internal/report"},
	{"internal/assess"},
	{"internal/cli", "internal/server"},
	{"cmd/plimsoll"},
}

// room returns the room that a package belongs to and its floor.
func room(pkg string) (string, int) {
	for floor, rooms := range floors {
		for _, r := range rooms {
			if pkg == r || strings.HasPrefix(pkg, r+"/") {
				return r, floor
			}
		}
	}
	return "", -1
}

// TestWalls reads every import of the module: arrows point down, and a wing
// knows no other wing.
func TestWalls(t *testing.T) {
	files := goFiles(t)
	if len(files) < 40 {
		t.Fatalf("only %d files were read", len(files))
	}
	for _, file := range files {
		from, fromFloor := room(filepath.ToSlash(filepath.Dir(file)))
		if filepath.Dir(file) == "." {
			continue
		}
		if fromFloor < 0 {
			t.Errorf("%s stands in no room of the house: add it to floors, on purpose", file)
			continue
		}
		for _, imported := range imports(t, file) {
			to, toFloor := room(imported)
			switch {
			case toFloor < 0:
				t.Errorf("%s imports %s, which stands in no room", file, imported)
			case to != from && toFloor >= fromFloor:
				t.Errorf("%s (%s) imports %s: arrows point down", file, from, imported)
			}
		}
	}
}

// TestVerifyStaysSmall: the public package is for programs that trust nobody,
// so it brings nothing along.
func TestVerifyStaysSmall(t *testing.T) {
	for _, file := range goFiles(t) {
		if !strings.HasPrefix(filepath.ToSlash(file), "verify/") || strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, imported := range allImports(t, file) {
			inPQ := strings.HasPrefix(filepath.ToSlash(file), "verify/pq/")
			if strings.Contains(imported, ".") && !strings.HasPrefix(imported, "golang.org/x/") && !strings.HasPrefix(imported, module+"/verify") && !(inPQ && imported == "filippo.io/mldsa") {
				t.Errorf("%s imports %s; verify takes the standard library and golang.org/x alone", file, imported)
			}
			if path.Dir(filepath.ToSlash(file)) == "verify" && strings.HasPrefix(imported, module+"/verify/") {
				t.Errorf("%s imports %s: who does not ask for it must not carry it", file, imported)
			}
		}
	}
}

// imports lists what a file imports of this module, relative to it. A test may
// reach for test support beside its own room, so tests count like the rest.
func imports(t *testing.T, file string) []string {
	var own []string
	for _, path := range allImports(t, file) {
		if rest, ok := strings.CutPrefix(path, module+"/"); ok {
			own = append(own, rest)
		}
	}
	return own
}

func allImports(t *testing.T, file string) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, spec := range parsed.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

// goFiles lists the Go files of the module.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "testdata" || path == "examples" || path == "helpers" || (strings.HasPrefix(name, ".") && name != ".")) {
			return filepath.SkipDir // examples and helpers are modules of their own
		}
		if strings.HasSuffix(name, ".go") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestEveryPackageSaysWhyItExists wants a package comment.
func TestEveryPackageSaysWhyItExists(t *testing.T) {
	documented := map[string]bool{}
	for _, file := range goFiles(t) {
		dir := filepath.Dir(file)
		if _, seen := documented[dir]; !seen {
			documented[dir] = false
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if parsed.Doc != nil && len(parsed.Doc.Text()) > 20 {
			documented[dir] = true
		}
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("package %s has no comment that says why it exists", dir)
		}
	}
}
