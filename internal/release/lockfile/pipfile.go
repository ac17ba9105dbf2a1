package lockfile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
)

// pipfileLock is what matters of Pipfile.lock.
type pipfileLock struct {
	Meta struct {
		Hash    map[string]string `json:"hash"`
		Sources []struct {
			URL string `json:"url"`
		} `json:"sources"`
	} `json:"_meta"`
	Default map[string]pipLocked `json:"default"`
	Develop map[string]pipLocked `json:"develop"`
}

type pipLocked struct {
	Hashes   []string `json:"hashes"`
	Git      string   `json:"git"`
	Ref      string   `json:"ref"`
	Path     string   `json:"path"`
	File     string   `json:"file"`
	Editable bool     `json:"editable"`
}

// pipfile holds a Pipfile against the hash of it that Pipfile.lock keeps.
func (e *examiner) pipfile(p string) {
	data, ok := e.read(p)
	if !ok {
		return
	}
	var tree map[string]any
	if err := parseTOML(data, &tree); err != nil {
		e.unreadable(p, data, err)
		return
	}
	e.report.Manifests++
	lock := beside(p, "Pipfile.lock")
	if !e.has[lock] {
		e.missing(p, "pipenv lock", false, "Pipfile.lock")
		return
	}
	e.report.Locks++
	lockData, ok := e.read(lock)
	if !ok {
		return
	}
	var content pipfileLock
	if err := json.Unmarshal(lockData, &content); err != nil {
		e.unreadable(lock, lockData, err)
		return
	}
	if hash := content.Meta.Hash["sha256"]; hash != pipfileHash(tree) {
		line, _ := find(lockData, `"sha256"`)
		e.mismatch(p, lock, "pipenv lock", []string{"its hash is not the manifest's"}, line)
	}
	e.pipfileSources(lock, lockData, content)
}

// pipfileHash is the hash that pipenv keeps in _meta.hash (plette.Pipfile.get_hash):
// SHA-256 over the sources, the required Python and every group of packages, as
// compact JSON with sorted keys.
func pipfileHash(tree map[string]any) string {
	group := func(name string) any {
		if t := table(tree, name); t != nil {
			return t
		}
		return map[string]any{}
	}
	sources := tree["source"]
	if sources == nil {
		sources = []any{map[string]any{"url": "https://pypi.org/simple", "verify_ssl": true, "name": "pypi"}}
	}
	relevant := map[string]any{
		"_meta":   map[string]any{"sources": sources, "requires": group("requires")},
		"default": group("packages"),
		"develop": group("dev-packages"),
	}
	known := map[string]bool{"source": true, "packages": true, "dev-packages": true, "requires": true,
		"scripts": true, "pipfile": true, "pipenv": true}
	for name := range tree {
		if !known[name] {
			relevant[name] = group(name)
		}
	}
	sum := sha256.Sum256([]byte(pythonJSON(relevant, ",", ":")))
	return hex.EncodeToString(sum[:])
}

func (e *examiner) pipfileSources(lock string, data []byte, content pipfileLock) {
	s := e.sources(lock, data)
	from := "https://pypi.org/"
	if len(content.Meta.Sources) > 0 {
		from = content.Meta.Sources[0].URL
	}
	for _, packages := range []map[string]pipLocked{content.Default, content.Develop} {
		for _, name := range sortedKeys(packages) {
			p := packages[name]
			switch {
			case p.Path != "" || p.Editable && p.Git == "":
			case p.Git != "":
				s.check(name, "git+"+p.Git+"#"+p.Ref, true, quoted(name)+":")
			default:
				s.check(name, from, len(p.Hashes) > 0, quoted(name)+":")
			}
		}
	}
	e.sourcesDone(s)
}
