// Package manifest reads the files in which ecosystems declare a package and
// what it depends on.
//
// It exists so that facts, lock file checks and inventories read a manifest
// once and in the same way. Exact formats (JSON, TOML, XML, go.mod, YAML) are
// parsed; files that are programs (Gemfile, setup.py, build.gradle, mix.exs,
// Package.swift) are read coarsely, line by line, and never executed. What a
// manifest computes at run time is therefore not seen.
package manifest

import (
	"bytes"
	"fmt"
	"path"
	"sort"
	"strings"
)

// Limits of one manifest. What lies beyond is refused, or not listed.
const (
	MaxSize         = 1 << 20 // bytes
	MaxDependencies = 5000
)

// Ecosystems, by the names of the package registries where they have one.
const (
	NPM      = "npm"
	Go       = "go"
	PyPI     = "pypi"
	Maven    = "maven" // also what Gradle names: "group:artifact"
	Gradle   = "gradle"
	Cargo    = "cargo"
	Gem      = "gem"
	Composer = "composer"
	NuGet    = "nuget"
	Pub      = "pub"
	Hex      = "hex"
	Swift    = "swift"
	Docker   = "docker" // the images that a Dockerfile builds on
)

// Ecosystems lists them all, sorted.
var Ecosystems = []string{Cargo, Composer, Docker, Gem, Go, Gradle, Hex, Maven, NPM, NuGet, Pub, PyPI, Swift}

// Manifest is what one file declares.
type Manifest struct {
	Ecosystem    string       `json:"ecosystem"`
	Name         string       `json:"name,omitempty"`
	Version      string       `json:"version,omitempty"`
	Private      bool         `json:"private,omitempty"` // not to be published
	Dependencies []Dependency `json:"dependencies,omitempty"`
	// Traits are further statements that say what the package is, for instance
	// "bin", "lib", "workspace", "sdk=Microsoft.NET.Sdk.Web".
	Traits []Trait `json:"traits,omitempty"`
}

// Dependency is one package that is asked for.
type Dependency struct {
	Name     string `json:"name"`              // PyPI names are normalised as PEP 503 says
	Version  string `json:"version,omitempty"` // as written
	Line     int    `json:"line,omitempty"`    // from 1; 0 where it is not known
	Dev      bool   `json:"dev,omitempty"`     // for building and testing only
	Indirect bool   `json:"indirect,omitempty"`
}

// Trait is a statement and its line.
type Trait struct {
	Name string `json:"name"`
	Line int    `json:"line,omitempty"`
}

type parser func(name string, data []byte) (Manifest, error)

// exact holds the parsers by file name, in lower case.
var exact = map[string]parser{
	"package.json":       parseNPM,
	"go.mod":             parseGoMod,
	"pyproject.toml":     parsePyproject,
	"setup.cfg":          parseSetupCfg,
	"setup.py":           parseSetupPy,
	"pipfile":            parsePipfile,
	"pom.xml":            parsePom,
	"build.gradle":       parseGradle,
	"build.gradle.kts":   parseGradle,
	"cargo.toml":         parseCargo,
	"gemfile":            parseGemfile,
	"composer.json":      parseComposer,
	"pubspec.yaml":       parsePubspec,
	"mix.exs":            parseMix,
	"package.swift":      parseSwift,
	"libs.versions.toml": parseGradleCatalogue,
}

func parserOf(name string) parser {
	base := strings.ToLower(path.Base(name))
	if p, ok := exact[base]; ok {
		return p
	}
	switch ext := path.Ext(base); {
	case IsDockerfile(name):
		return parseDockerfile
	case ext == ".txt" && strings.HasPrefix(base, "requirements"), ext == ".txt" && path.Base(path.Dir(name)) == "requirements":
		return parseRequirements
	case ext == ".csproj", ext == ".fsproj", ext == ".vbproj":
		return parseCsproj
	case ext == ".gemspec":
		return parseGemspec
	}
	return nil
}

// IsDockerfile says whether the name is one that container builders take for
// their instructions.
func IsDockerfile(name string) bool {
	base := strings.ToLower(path.Base(name))
	if base == "dockerfile" || base == "containerfile" {
		return true
	}
	return strings.HasPrefix(base, "dockerfile.") && !strings.HasSuffix(base, ".md") && !strings.HasSuffix(base, ".dockerignore") ||
		strings.HasSuffix(base, ".dockerfile")
}

// Known says whether Parse reads files of this name.
func Known(name string) bool { return parserOf(name) != nil }

// Parse reads the manifest at name. The error says what is wrong with it; what
// could be read is returned besides.
func Parse(name string, data []byte) (m Manifest, err error) {
	parse := parserOf(name)
	if parse == nil {
		return Manifest{}, fmt.Errorf("reading %s: not a manifest that is known", path.Base(name))
	}
	if len(data) > MaxSize {
		return Manifest{}, fmt.Errorf("reading a manifest of %d bytes: at most %d are read", len(data), MaxSize)
	}
	defer func() {
		if r := recover(); r != nil { // the decoders are not ours, and the text is anybody's
			m, err = Manifest{}, fmt.Errorf("reading a manifest: %v", r)
		}
	}()
	m, err = parse(name, bytes.TrimPrefix(data, []byte("\ufeff")))
	if err != nil {
		err = fmt.Errorf("reading a manifest: %w", err)
	}
	m.tidy()
	return m, err
}

// tidy sorts by line and name and cuts what is too much.
func (m *Manifest) tidy() {
	sort.SliceStable(m.Dependencies, func(i, j int) bool {
		a, b := m.Dependencies[i], m.Dependencies[j]
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Name < b.Name
	})
	sort.SliceStable(m.Traits, func(i, j int) bool { return m.Traits[i].Name < m.Traits[j].Name })
	if len(m.Dependencies) > MaxDependencies {
		m.Dependencies = m.Dependencies[:MaxDependencies]
	}
}

func (m *Manifest) trait(name string, line int) {
	m.Traits = append(m.Traits, Trait{Name: name, Line: line})
}

func (m *Manifest) depend(d Dependency) {
	if d.Name != "" && len(m.Dependencies) < 2*MaxDependencies {
		m.Dependencies = append(m.Dependencies, d)
	}
}

// index finds the first line, outside comments, on which a word stands.
type index map[string]int

// newIndex notes every word of letters, digits and "._-/@" of the text.
func newIndex(data []byte, comment string) index {
	ix := index{}
	n := 0
	for line := range strings.SplitSeq(string(data), "\n") {
		n++
		if strings.HasPrefix(strings.TrimSpace(line), comment) {
			continue
		}
		for word := range strings.FieldsFuncSeq(line, notWord) {
			if _, ok := ix[word]; !ok {
				ix[word] = n
			}
		}
	}
	return ix
}

func notWord(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/@", r))
}

// lines calls fn with every line and its number, at most 4 KiB of it.
func lines(data []byte, fn func(n int, line string)) {
	n := 0
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		n++
		if len(line) > 4096 {
			line = line[:4096]
		}
		fn(n, strings.TrimRight(string(line), "\r"))
	}
}
