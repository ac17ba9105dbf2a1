package manifest

import (
	"errors"
	"regexp"
	"strings"

	"github.com/goccy/go-yaml"
)

var (
	gemLine    = regexp.MustCompile(`^\s*gem\s*\(?\s*["']([A-Za-z0-9._-]+)["'](?:\s*,\s*["']([^"']+)["'])?`)
	gemGroup   = regexp.MustCompile(`^\s*group\b(.*)\bdo\b`)
	gemOwn     = regexp.MustCompile(`group:\s*\[?\s*:(?:development|test)|:group\s*=>\s*\[?\s*:(?:development|test)`)
	gemspecDep = regexp.MustCompile(`\.add(_runtime|_development)?_dependency\s*\(?\s*["']([A-Za-z0-9._-]+)["']`)
	gemspecKey = regexp.MustCompile(`\.(name|executables|bindir)\s*=\s*(?:["']([^"']*)["'])?`)
	mixDep     = regexp.MustCompile(`\{\s*:([a-z0-9_]+)\s*,(.*)`)
	mixApp     = regexp.MustCompile(`\bapp:\s*:([a-z0-9_]+)`)
	swiftDep   = regexp.MustCompile(`\.package\s*\(.*url:\s*"([^"]+)"`)
	swiftTrait = regexp.MustCompile(`\.(executable|library|executableTarget|iOS|macOS|watchOS|tvOS|visionOS)\s*\(`)
	swiftName  = regexp.MustCompile(`^\s*name:\s*"([^"]+)"`)
	dockerFrom = regexp.MustCompile(`(?i)^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?`)
	dockerWord = regexp.MustCompile(`(?i)^\s*(EXPOSE|USER|ENTRYPOINT|CMD|HEALTHCHECK)\b`)
)

var errTooNested = errors.New("aliases, deep nesting or very long lines")

func parseGemfile(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Gem}
	dev := false
	lines(data, func(n int, line string) {
		if g := gemGroup.FindStringSubmatch(line); g != nil {
			dev = !strings.Contains(g[1], ":production") && (strings.Contains(g[1], ":test") || strings.Contains(g[1], ":development"))
		} else if strings.HasPrefix(line, "end") {
			dev = false
		}
		if d := gemLine.FindStringSubmatch(line); d != nil {
			m.depend(Dependency{Name: d[1], Version: d[2], Line: n, Dev: dev || gemOwn.MatchString(line)})
		}
	})
	return m, nil
}

func parseGemspec(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Gem}
	m.trait("gemspec", 1)
	lines(data, func(n int, line string) {
		if k := gemspecKey.FindStringSubmatch(line); k != nil {
			if k[1] == "name" {
				m.Name = k[2]
			} else if k[1] == "executables" {
				m.trait("bin", n)
			}
		}
		if d := gemspecDep.FindStringSubmatch(line); d != nil {
			m.depend(Dependency{Name: d[2], Line: n, Dev: d[1] == "_development"})
		}
	})
	return m, nil
}

func parseMix(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Hex}
	lines(data, func(n int, line string) {
		if a := mixApp.FindStringSubmatch(line); a != nil && m.Name == "" {
			m.Name = a[1]
		}
		if strings.Contains(line, "escript:") {
			m.trait("bin", n)
		}
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			return
		}
		if d := mixDep.FindStringSubmatch(line); d != nil {
			dev := strings.Contains(d[2], "only:") && !strings.Contains(d[2], ":prod")
			m.depend(Dependency{Name: d[1], Line: n, Dev: dev})
		}
	})
	return m, nil
}

func parseSwift(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Swift}
	lines(data, func(n int, line string) {
		if s := swiftName.FindStringSubmatch(line); s != nil && m.Name == "" {
			m.Name = s[1]
		}
		if d := swiftDep.FindStringSubmatch(line); d != nil {
			m.depend(Dependency{Name: strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(d[1], "https://"), ".git")), Line: n})
		}
		for _, t := range swiftTrait.FindAllStringSubmatch(line, -1) {
			m.trait(t[1], n)
		}
	})
	return m, nil
}

// parseDockerfile lists the images that stages begin from. Those of the last
// stage, and of the stages that it begins from, are what ships; the others
// only build.
func parseDockerfile(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Docker}
	stages := map[string]int{}
	lines(data, func(n int, line string) {
		if w := dockerWord.FindStringSubmatch(line); w != nil {
			m.trait(strings.ToLower(w[1]), n)
		}
		f := dockerFrom.FindStringSubmatch(line)
		if f == nil {
			return
		}
		for i := range m.Dependencies {
			m.Dependencies[i].Dev = true
		}
		if base, ok := stages[strings.ToLower(f[1])]; ok {
			m.Dependencies[base].Dev = false
			stages[strings.ToLower(f[2])] = base
			return
		}
		if len(m.Dependencies) >= MaxDependencies {
			return
		}
		name, version := imageName(f[1])
		stages[strings.ToLower(f[2])] = len(m.Dependencies)
		m.depend(Dependency{Name: name, Version: version, Line: n})
	})
	return m, nil
}

// imageName splits a reference into repository and tag or digest.
func imageName(ref string) (name, version string) {
	if name, digest, ok := strings.Cut(ref, "@"); ok {
		return name, digest
	}
	if i := strings.LastIndexByte(ref, ':'); i > strings.LastIndexByte(ref, '/') {
		return ref[:i], ref[i+1:]
	}
	return ref, ""
}

func parsePubspec(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Pub}
	var p struct {
		Name            string         `yaml:"name"`
		Version         any            `yaml:"version"`
		PublishTo       string         `yaml:"publish_to"`
		Dependencies    map[string]any `yaml:"dependencies"`
		DevDependencies map[string]any `yaml:"dev_dependencies"`
		Executables     map[string]any `yaml:"executables"`
	}
	if err := nestedTooDeeply(data); err != nil {
		return m, err
	}
	if err := yaml.UnmarshalWithOptions(data, &p, yaml.AllowDuplicateMapKey()); err != nil {
		return m, err
	}
	ix := newIndex(data, "#")
	m.Name, m.Private = p.Name, p.PublishTo == "none"
	m.Version, _ = p.Version.(string)
	m.tables(ix, p.Dependencies, false)
	m.tables(ix, p.DevDependencies, true)
	if len(p.Executables) > 0 {
		m.trait("bin", ix["executables"])
	}
	return m, nil
}

// nestedTooDeeply keeps the YAML decoder from recursing, and from expanding
// aliases, which no pubspec needs.
func nestedTooDeeply(data []byte) error {
	depth := 0
	var err error
	lines(data, func(_ int, line string) {
		depth += strings.Count(line, "[") + strings.Count(line, "{") - strings.Count(line, "]") - strings.Count(line, "}")
		dashes := strings.Count(line, "- ") + strings.Count(line, "? ") + strings.Count(line, "!")
		if depth > 50 || dashes > 50 || strings.Contains(line, ": &") || strings.Contains(line, ": *") || len(line) >= 4096 {
			err = errTooNested
		}
	})
	return err
}
