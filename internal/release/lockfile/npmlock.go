package lockfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// packageLock is what matters of package-lock.json and npm-shrinkwrap.json.
// Versions 2 and 3 have packages, version 1 has dependencies, version 2 both.
type packageLock struct {
	Version      int                      `json:"lockfileVersion"`
	Packages     map[string]npmLocked     `json:"packages"`
	Dependencies map[string]npmDependency `json:"dependencies"`
}

// npmLocked is one entry of packages; its key is a folder, "" for the root.
type npmLocked struct {
	Version   string `json:"version"`
	Resolved  string `json:"resolved"`
	Integrity string `json:"integrity"`
	Link      bool   `json:"link"`
	InBundle  bool   `json:"inBundle"`
	Deps      specs  `json:"dependencies"`
	Dev       specs  `json:"devDependencies"`
	Optional  specs  `json:"optionalDependencies"`
}

// npmDependency is one entry of version 1's tree.
type npmDependency struct {
	Version      string                   `json:"version"`
	Resolved     string                   `json:"resolved"`
	Integrity    string                   `json:"integrity"`
	Bundled      bool                     `json:"bundled"`
	Dependencies map[string]npmDependency `json:"dependencies"`
}

func (e *examiner) packageLock(part lockPart) *parsedLock {
	lock, l := shared(e, part.path, func(data []byte) (lock packageLock, err error) {
		err = json.Unmarshal(data, &lock)
		return lock, err
	})
	if !l.ok || l.err != nil || lock.Packages == nil && part.member != "." {
		return l // version 1 knows no workspaces
	}
	part.data = l.data
	diffs := lock.differences(part)
	line, _ := find(part.data, `"packages"`)
	e.mismatch(part.manifest.path, part.path, "npm install", diffs, line)
	if part.member == "." {
		e.npmSources(part, lock)
	}
	return l
}

// differences compares the manifest with the copy of it that npm keeps in the
// lock file; version 1 has no copy, so there only names and exact versions count.
func (l packageLock) differences(part lockPart) []string {
	wants := part.manifest.wants()
	if l.Packages == nil {
		return l.differencesV1(wants)
	}
	key := part.member
	if key == "." {
		key = ""
	}
	copied, ok := l.Packages[key]
	if !ok {
		return []string{part.manifest.path + " is not in it"}
	}
	return differences(wants, (&npmManifest{Deps: copied.Deps, Dev: copied.Dev, Optional: copied.Optional}).wants())
}

func (l packageLock) differencesV1(wants map[string]string) []string {
	var diffs []string
	for _, name := range sortedKeys(wants) {
		spec := wants[name]
		have, ok := l.Dependencies[name]
		if !ok && !loose(spec) {
			diffs = append(diffs, name+" is not in it")
		}
		if ok && !satisfies(have.Version, spec, npmRanges) {
			diffs = append(diffs, fmt.Sprintf("%s is %s, wanted %s", name, have.Version, spec))
		}
	}
	return diffs
}

func (e *examiner) npmSources(part lockPart, lock packageLock) {
	s := e.sources(part.path, part.data)
	for _, key := range sortedKeys(lock.Packages) {
		p := lock.Packages[key]
		if p.Link || p.InBundle || !strings.Contains(key, "node_modules/") || strings.HasPrefix(p.Resolved, "file:") {
			continue
		}
		name := key[strings.LastIndex(key, "node_modules/")+len("node_modules/"):]
		s.check(name, p.Resolved, p.Integrity != "", quoted(key)+":")
	}
	if lock.Packages == nil {
		checkV1(s, lock.Dependencies)
	}
	e.sourcesDone(s)
}

func checkV1(s *sources, deps map[string]npmDependency) {
	for _, name := range sortedKeys(deps) {
		d := deps[name]
		from := d.Resolved
		if from == "" && strings.Contains(d.Version, ":") {
			from = d.Version // git and tarball dependencies have their address here
		}
		if !d.Bundled && !strings.HasPrefix(from, "file:") {
			s.check(name, from, d.Integrity != "", quoted(name)+":")
		}
		checkV1(s, d.Dependencies)
	}
}

// quoted is name as it stands in JSON.
func quoted(name string) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(name) // a string always encodes
	return strings.TrimSpace(b.String())
}

// bunLock is what matters of bun's text lock file: JSON with trailing commas.
type bunLock struct {
	Workspaces map[string]struct {
		Deps     specs `json:"dependencies"`
		Dev      specs `json:"devDependencies"`
		Optional specs `json:"optionalDependencies"`
	} `json:"workspaces"`
	// Packages maps names to [name@version, registry, info, hash]; other kinds
	// than registry packages have fewer elements.
	Packages map[string][]json.RawMessage `json:"packages"`
}

func (e *examiner) bunLock(part lockPart) *parsedLock {
	lock, l := shared(e, part.path, func(data []byte) (lock bunLock, err error) {
		err = json.Unmarshal(withoutTrailingCommas(data), &lock)
		return lock, err
	})
	if !l.ok || l.err != nil {
		return l
	}
	part.data = l.data
	key := part.member
	if key == "." {
		key = ""
	}
	copied, ok := lock.Workspaces[key]
	diffs := []string{part.manifest.path + " is not in it"}
	if ok {
		diffs = differences(part.manifest.wants(), (&npmManifest{Deps: copied.Deps, Dev: copied.Dev, Optional: copied.Optional}).wants())
	}
	line, _ := find(part.data, `"workspaces"`)
	e.mismatch(part.manifest.path, part.path, "bun install", diffs, line)
	if part.member == "." {
		e.bunSources(part, lock)
	}
	return l
}

func (e *examiner) bunSources(part lockPart, lock bunLock) {
	s := e.sources(part.path, part.data)
	for _, name := range sortedKeys(lock.Packages) {
		p := lock.Packages[name]
		var id, from, hash string
		if len(p) == 0 || json.Unmarshal(p[0], &id) != nil {
			continue
		}
		if len(p) == 4 { // of a registry
			_, _ = json.Unmarshal(p[1], &from), json.Unmarshal(p[3], &hash)
			s.check(name, from, hash != "", quoted(name)+":")
		} else if at := strings.LastIndex(id, "@"); isGitURL.MatchString(id[at+1:]) || strings.Contains(id[at+1:], "://") {
			s.check(name, id[at+1:], len(p) == 3, quoted(name)+":")
		}
	}
	e.sourcesDone(s)
}

// withoutTrailingCommas blanks commas before a closing bracket, outside strings.
func withoutTrailingCommas(data []byte) []byte {
	out := bytes.Clone(data)
	comma, inString := -1, false
	for i := 0; i < len(out); i++ {
		switch c := out[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString, comma = !inString, -1
		case inString || c == ' ' || c == '\t' || c == '\r' || c == '\n':
		case c == ',':
			comma = i
		default:
			if (c == '}' || c == ']') && comma >= 0 {
				out[comma] = ' '
			}
			comma = -1
		}
	}
	return out
}
