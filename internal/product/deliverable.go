package product

import (
	"path"
	"sort"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/product/manifest"
)

// mostDeliverables bounds the deliverables that are named; a repository of
// hundreds of packages is better described by a person.
const mostDeliverables = 40

// deliverables tells what is handed over from manifests and from the files
// that build images and packages.
func (c *combination) deliverables() {
	count := 0
	for _, p := range c.cluePaths() {
		clue := c.clues[p]
		if clue.Manifest == nil || aside(p) || count >= mostDeliverables {
			continue
		}
		for _, d := range c.delivers(p, clue.Manifest) {
			c.state(event.Fact{Name: "deliverable", Value: d.value, Confidence: d.confidence, Path: p, Because: d.because})
			count++
		}
	}
	for _, f := range c.files {
		if path.Base(f.Path) == "Chart.yaml" && !aside(f.Path) {
			c.state(event.Fact{Name: "deliverable", Value: "helm:" + path.Dir(f.Path), Confidence: event.Likely, Path: f.Path, Because: "a Helm chart"})
		}
	}
}

// cluePaths are the paths of clues, nearest to the root first.
func (c *combination) cluePaths() []string {
	out := make([]string, 0, len(c.clues))
	for p := range c.clues {
		out = append(out, p)
	}
	sort.Slice(out, func(i, j int) bool { return nearer(seen{path: out[i]}, seen{path: out[j]}) })
	return out
}

type deliverable struct {
	value, because string
	confidence     event.Confidence
}

func (c *combination) delivers(p string, m *manifest.Manifest) []deliverable {
	one := func(kind, name, because string, confidence event.Confidence) []deliverable {
		return []deliverable{{kind + ":" + name, because, confidence}}
	}
	switch m.Ecosystem {
	case manifest.NPM:
		return c.npmDelivers(p, m)
	case manifest.Docker:
		if strings.HasPrefix(p, ".") && strings.Contains(p, "/") {
			return nil
		}
		return one("image", p, "builds an image", event.Likely)
	case manifest.Cargo:
		return c.cargoDelivers(p, m)
	case manifest.PyPI:
		if m.Name != "" && (has(m, "build-backend") || path.Base(p) != "pyproject.toml") && depth(p) <= 2 {
			return one("wheel", m.Name, "a Python package", event.Likely)
		}
	case manifest.Maven:
		return c.mavenDelivers(m)
	case manifest.Gradle:
		return c.gradleDelivers(p, m)
	case manifest.Gem:
		if m.Name != "" && has(m, "gemspec") && depth(p) <= 2 {
			return one("gem", m.Name, "a gem", event.Sure)
		}
	case manifest.Composer:
		if m.Name != "" && has(m, "type=library") && depth(p) == 1 {
			return one("composer", m.Name, "a library of PHP", event.Likely)
		}
	case manifest.Pub:
		if asks(m, "flutter") {
			return one("flutter", m.Name, "a Flutter application", event.Likely)
		}
		if !m.Private && m.Name != "" {
			return one("pub", m.Name, "a Dart package", event.Likely)
		}
	case manifest.NuGet:
		return dotnetDelivers(p, m)
	}
	return nil
}

func (c *combination) npmDelivers(p string, m *manifest.Manifest) []deliverable {
	if asks(m, "electron") || asks(m, "electron-nightly") {
		return []deliverable{{"electron:" + nameOr(m.Name, p), "an Electron application", event.Likely}}
	}
	if m.Private || m.Name == "" || m.Version == "" || depth(p) > 3 {
		return nil
	}
	confidence := event.Likely
	if !has(m, "bin") && !has(m, "exports") && !has(m, "module") && !has(m, "types") {
		confidence = event.Possible // many applications are named and never published
	}
	return []deliverable{{"npm:" + m.Name, "a package that is not private", confidence}}
}

func (c *combination) cargoDelivers(p string, m *manifest.Manifest) []deliverable {
	var out []deliverable
	for _, t := range m.Traits {
		if name, ok := strings.CutPrefix(t.Name, "bin="); ok {
			out = append(out, deliverable{"binary:" + name, "a program of Rust", event.Sure})
		}
	}
	if len(out) == 0 && m.Name != "" && c.exists(path.Join(path.Dir(p), "src/main.rs")) {
		out = append(out, deliverable{"binary:" + m.Name, "a program of Rust", event.Sure})
	}
	if !m.Private && m.Name != "" && c.exists(path.Join(path.Dir(p), "src/lib.rs")) {
		out = append(out, deliverable{"crate:" + m.Name, "a crate that is published", event.Possible})
	}
	return out
}

func (c *combination) mavenDelivers(m *manifest.Manifest) []deliverable {
	if m.Name == "" || has(m, "packaging=pom") {
		return nil
	}
	if has(m, "packaging=war") {
		return []deliverable{{"war:" + m.Name, "packaging is war", event.Sure}}
	}
	return []deliverable{{"jar:" + m.Name, "a package of Maven", event.Likely}}
}

func (c *combination) gradleDelivers(p string, m *manifest.Manifest) []deliverable {
	dir := path.Base(path.Dir(p))
	switch {
	case path.Base(p) == "libs.versions.toml":
		return nil
	case asks(m, "com.android.application"), has(m, "alias=android.application"):
		if c.flutter() {
			return nil // the pubspec says it
		}
		return []deliverable{{"apk:" + dir, "an Android application", event.Sure}}
	case asks(m, "org.springframework.boot"), asks(m, "application"), asks(m, "war"):
		if dir == "." {
			dir = "root"
		}
		if c.exists(path.Join(path.Dir(p), "pom.xml")) {
			return nil
		}
		return []deliverable{{"jar:" + dir, "a program of Gradle", event.Likely}}
	}
	return nil
}

func (c *combination) flutter() bool {
	_, ok := c.facts[[2]string{"framework", "flutter"}]
	return ok
}

func dotnetDelivers(p string, m *manifest.Manifest) []deliverable {
	name := nameOr(m.Name, strings.TrimSuffix(path.Base(p), path.Ext(p)))
	switch {
	case strings.Contains(strings.ToLower(name), "test"):
		return nil
	case has(m, "packastool=true"), has(m, "ispackable=true"):
		return []deliverable{{"nuget:" + name, "a package of NuGet", event.Likely}}
	case has(m, "outputtype=exe"), has(m, "outputtype=winexe"), has(m, "sdk=Microsoft.NET.Sdk.Web"), has(m, "sdk=Microsoft.NET.Sdk.Worker"):
		return []deliverable{{"exe:" + name, "a program of .NET", event.Likely}}
	}
	return nil
}

func nameOr(name, p string) string {
	if name != "" {
		return name
	}
	return p
}

func has(m *manifest.Manifest, trait string) bool {
	for _, t := range m.Traits {
		if t.Name == trait {
			return true
		}
	}
	return false
}

func asks(m *manifest.Manifest, name string) bool {
	for _, d := range m.Dependencies {
		if d.Name == name {
			return true
		}
	}
	return false
}

func (c *combination) exists(name string) bool {
	i := sort.Search(len(c.files), func(i int) bool { return c.files[i].Path >= name })
	return i < len(c.files) && c.files[i].Path == name
}
