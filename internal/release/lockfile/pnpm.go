package lockfile

import (
	"errors"
	"slices"
	"strings"
)

// pnpmLock is what matters of pnpm-lock.yaml, versions 5 to 9.
type pnpmLock struct {
	version   string
	importers map[string]map[string]string // folder → name → range
	overrides map[string]any
	packages  map[string]*pnpmPackage
}

type pnpmPackage struct {
	integrity, tarball, kind, repo, commit string
}

func readPNPM(data []byte) pnpmLock {
	l := pnpmLock{importers: map[string]map[string]string{}, overrides: map[string]any{}, packages: map[string]*pnpmPackage{}}
	eachYAML(data, func(keys []string, value string) {
		switch keys[0] {
		case "lockfileVersion":
			l.version = value
		case "overrides":
			if len(keys) == 2 {
				l.overrides[keys[1]] = value
			}
		case "packages":
			l.addPackage(keys[1:], value)
		case "importers":
			if len(keys) >= 2 {
				l.addImporter(keys[1], keys[2:], value)
			}
		default:
			l.addImporter(".", keys, value)
		}
	})
	return l
}

// addImporter takes both forms: "specifiers: {name: range}" up to version 5, and
// "dependencies: name: specifier: range" since.
func (l *pnpmLock) addImporter(dir string, keys []string, value string) {
	if l.importers[dir] == nil {
		l.importers[dir] = map[string]string{}
	}
	switch {
	case len(keys) == 2 && keys[0] == "specifiers":
		l.importers[dir][keys[1]] = value
	case len(keys) == 3 && keys[2] == "specifier" &&
		slices.Contains([]string{"dependencies", "devDependencies", "optionalDependencies"}, keys[0]):
		l.importers[dir][keys[1]] = value
	}
}

func (l *pnpmLock) addPackage(keys []string, value string) {
	if len(keys) == 0 {
		return
	}
	p := l.packages[keys[0]]
	if p == nil {
		p = &pnpmPackage{}
		l.packages[keys[0]] = p
	}
	if len(keys) < 2 || keys[1] != "resolution" {
		return
	}
	pairs := flow(value)
	if len(keys) == 3 {
		pairs = map[string]string{keys[2]: value}
	}
	for key, value := range pairs {
		switch key {
		case "integrity":
			p.integrity = value
		case "tarball":
			p.tarball = value
		case "type":
			p.kind = value
		case "repo":
			p.repo = value
		case "commit":
			p.commit = value
		}
	}
}

func (e *examiner) pnpmLock(part lockPart) *parsedLock {
	lock, l := shared(e, part.path, func(data []byte) (pnpmLock, error) {
		lock := readPNPM(data)
		if lock.version == "" {
			return lock, errors.New("lockfileVersion is missing")
		}
		return lock, nil
	})
	if !l.ok || l.err != nil {
		return l
	}
	part.data = l.data
	have, ok := lock.importers[part.member]
	if !ok {
		e.mismatch(part.manifest.path, part.path, "pnpm install", []string{part.manifest.path + " is not in it"}, 1)
	} else {
		diffs := pnpmDifferences(part.manifest, have, lock.overrides)
		line, _ := find(part.data, "importers:")
		e.mismatch(part.manifest.path, part.path, "pnpm install", diffs, max(line, 1))
	}
	if part.member == "." {
		e.pnpmSources(part, lock)
	}
	return l
}

// pnpmDifferences leaves out links to other folders, which some versions of
// pnpm record and others do not, and peers, which pnpm may install by itself.
func pnpmDifferences(m *npmManifest, have map[string]string, overrides map[string]any) []string {
	want := without(m.wants(), overrides)
	lock := without(have, overrides)
	for name := range lock {
		if spec, both := m.wants()[name]; both && loose(spec) {
			delete(lock, name)
		}
		if _, peer := m.Peer[name]; peer && want[name] == "" {
			delete(lock, name)
		}
	}
	for name := range want {
		if spec := have[name]; spec != "" && loose(spec) {
			delete(want, name)
		}
	}
	return differences(want, lock)
}

func (e *examiner) pnpmSources(part lockPart, lock pnpmLock) {
	s := e.sources(part.path, part.data)
	for _, id := range sortedKeys(lock.packages) {
		p := lock.packages[id]
		from := p.tarball
		if p.kind == "git" {
			from = "git+" + p.repo + "#" + p.commit
		}
		if p.kind == "directory" || strings.Contains(id, "@file:") || strings.HasPrefix(from, "file:") {
			continue
		}
		// A tarball of a git host is named by its commit, which is as good as a hash.
		hashed := p.integrity != "" || commitHash.MatchString(p.tarball)
		s.check(id, from, hashed, id)
	}
	e.sourcesDone(s)
}
