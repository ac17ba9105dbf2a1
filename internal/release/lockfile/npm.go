package lockfile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// npmManifest is what matters of a package.json.
type npmManifest struct {
	path        string
	Name        string          `json:"name"`
	Private     bool            `json:"private"`
	Deps        specs           `json:"dependencies"`
	Dev         specs           `json:"devDependencies"`
	Optional    specs           `json:"optionalDependencies"`
	Peer        specs           `json:"peerDependencies"`
	Scripts     specs           `json:"scripts"`
	Workspaces  json.RawMessage `json:"workspaces"` // a list, or an object with "packages"
	Main        json.RawMessage `json:"main"`
	Exports     json.RawMessage `json:"exports"`
	Module      json.RawMessage `json:"module"`
	Types       json.RawMessage `json:"types"`
	Files       json.RawMessage `json:"files"`
	Publish     json.RawMessage `json:"publishConfig"`
	Resolutions map[string]any  `json:"resolutions"`
	Overrides   map[string]any  `json:"overrides"`
	Manager     string          `json:"packageManager"`
	workspaces  []string        // globs relative to the manifest's folder
}

// specs maps names to version ranges. Anything that is not text is dropped, as
// npm drops it.
type specs map[string]string

func (s *specs) UnmarshalJSON(data []byte) error {
	var loose map[string]any
	if err := json.Unmarshal(data, &loose); err != nil {
		return nil // npm ignores a list or a text here
	}
	*s = specs{}
	for name, value := range loose {
		if text, ok := value.(string); ok && !strings.HasPrefix(name, "//") {
			(*s)[name] = text
		}
	}
	return nil
}

// wants merges what an installation from the manifest brings in. An optional
// dependency wins over one of the same name, as npm has it.
func (m *npmManifest) wants() map[string]string {
	all := map[string]string{}
	for _, part := range []specs{m.Dev, m.Deps, m.Optional} {
		maps.Copy(all, part)
	}
	return all
}

// library reports whether the package is made to be installed by others.
func (e *examiner) npmLibrary(m *npmManifest) bool {
	if m.Private || m.Name == "" || m.Scripts["start"] != "" || e.has[beside(m.path, "Dockerfile")] {
		return false
	}
	return len(m.Main)+len(m.Exports)+len(m.Module)+len(m.Types)+len(m.Files)+len(m.Publish)+len(m.Peer) > 0
}

// npmIn returns the package.json of a folder; nil where there is none that can
// be read. A broken one is reported once.
func (e *examiner) npmIn(dir string) *npmManifest {
	if m, done := e.npms[dir]; done {
		return m
	}
	e.npms[dir] = nil
	p := path.Join(dir, "package.json")
	if !e.has[p] {
		return nil
	}
	data, ok := e.read(p)
	if !ok {
		return nil
	}
	m := &npmManifest{path: p}
	if err := json.Unmarshal(data, m); err != nil {
		e.unreadable(p, data, err)
		return nil
	}
	m.workspaces = e.workspaceGlobs(dir, m)
	e.npms[dir] = m
	return m
}

// npmLocks are the lock files that may stand beside a package.json, in the order
// in which we look, with the command that makes each.
var npmLocks = []struct{ name, tool string }{
	{"npm-shrinkwrap.json", "npm install"}, {"package-lock.json", "npm install"}, {"yarn.lock", "yarn install"},
	{"pnpm-lock.yaml", "pnpm install"}, {"bun.lock", "bun install"}, {"bun.lockb", "bun install"},
}

// npm holds a package.json against its lock file: the one beside it, or the one
// of the workspace that it is a member of.
func (e *examiner) npm(p string) {
	m := e.npmIn(path.Dir(p))
	if m == nil {
		return
	}
	root := e.npmRoot(m)
	if len(m.wants()) == 0 && len(root.workspaces) == 0 {
		return // nothing to install, nothing to lock
	}
	e.report.Manifests++
	locks := e.npmLocksIn(path.Dir(root.path))
	if len(locks) == 0 {
		if root == m {
			e.npmMissing(m)
		}
		return
	}
	if root == m && len(locks) > 1 {
		e.npmSeveral(m, locks)
	}
	for _, lock := range locks {
		e.npmCompare(root, m, lock)
	}
}

func (e *examiner) npmLocksIn(dir string) []string {
	var locks []string
	for _, l := range npmLocks {
		if p := path.Join(dir, l.name); e.has[p] && (l.name != "bun.lockb" || !e.has[path.Join(dir, "bun.lock")]) {
			locks = append(locks, p)
		}
	}
	return locks
}

var lockOff = regexp.MustCompile(`^\s*(package-lock|shrinkwrap|lockfile)\s*=\s*"?false"?\s*$`)

// npmMissing reports that there is no lock file. Where .npmrc tells npm not to
// write one, that line is what has to change.
func (e *examiner) npmMissing(m *npmManifest) {
	tool, name := "npm install", "package-lock.json"
	for _, l := range npmLocks {
		if manager, _, _ := strings.Cut(m.Manager, "@"); manager != "" && manager == strings.Fields(l.tool)[0] {
			tool, name = l.tool, l.name
		}
	}
	rc := e.nearest(path.Dir(m.path), ".npmrc")
	data, _ := e.readIf(rc)
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		if !lockOff.MatchString(lines.Text()) {
			continue
		}
		rule := Missing
		if e.npmLibrary(m) {
			rule = MissingLibrary
		}
		e.add(Finding{Rule: rule, Path: rc, Line: n, Column: 1, Key: []string{m.path},
			Message: fmt.Sprintf("%s switches the lock file off, so %s installs other code on every day", rc, m.path),
			Fix:     fmt.Sprintf("Delete the line, run `%s` and commit %s.", tool, name)})
		return
	}
	names := []string{name}
	if m.Manager == "" {
		names = append(names, "yarn.lock", "pnpm-lock.yaml")
	}
	e.missing(m.path, tool, e.npmLibrary(m), names...)
}

func (e *examiner) readIf(p string) ([]byte, bool) {
	if p == "" {
		return nil, false
	}
	return e.read(p)
}

func (e *examiner) npmSeveral(m *npmManifest, locks []string) {
	var names []string
	for _, l := range locks {
		names = append(names, path.Base(l))
	}
	e.add(Finding{Rule: Several, Path: locks[1], Key: []string{m.path},
		Message: fmt.Sprintf("%s has %d lock files (%s): which one counts depends on who installs", m.path, len(locks), strings.Join(names, ", ")),
		Fix:     "Keep the lock file of the tool that builds the release, delete the others, and name the tool in package.json's packageManager."})
}

// npmCompare reads one lock file of root and compares the part that m has in it.
func (e *examiner) npmCompare(root, m *npmManifest, lock string) {
	name := path.Base(lock)
	e.report.Locks++
	if name == "bun.lockb" {
		if root == m {
			e.add(Finding{Rule: Unreadable, Severity: event.Low, Path: lock, Key: []string{m.path},
				Message: "bun.lockb is binary: no review and no scanner can see what it locks",
				Fix:     "Run `bun install --save-text-lockfile --lockfile-only`, commit bun.lock and delete bun.lockb."})
		}
		return
	}
	part := lockPart{root: root, manifest: m, member: ".", path: lock}
	if root != m {
		part.member = relative(path.Dir(root.path), path.Dir(m.path))
	}
	compare := map[string]func(lockPart) *parsedLock{
		"npm-shrinkwrap.json": e.packageLock, "package-lock.json": e.packageLock,
		"yarn.lock": e.yarnLock, "pnpm-lock.yaml": e.pnpmLock, "bun.lock": e.bunLock,
	}[name]
	if l := compare(part); l.err != nil && root == m {
		e.unreadable(lock, l.data, l.err)
	}
}

// lockPart is one manifest's part in a lock file.
type lockPart struct {
	root, manifest *npmManifest
	member         string // the manifest's folder relative to the lock file's, "." for its own
	path           string
	data           []byte
}

// loose reports whether a range is none that a lock file must repeat: it points
// to another folder of the same repository, or to a catalogue.
func loose(spec string) bool {
	for _, prefix := range []string{"workspace:", "file:", "link:", "portal:", "catalog:", ".", "/", "~/"} {
		if strings.HasPrefix(spec, prefix) {
			return true
		}
	}
	return false
}

// without drops names that another setting may rewrite in the lock file, and
// ranges that it need not repeat.
func without(wants map[string]string, rewritten ...map[string]any) map[string]string {
	kept := maps.Clone(wants)
	maps.DeleteFunc(kept, func(_, spec string) bool { return loose(spec) })
	for _, settings := range rewritten {
		for key := range settings {
			for name := range wants {
				if key == name || strings.HasPrefix(key, name+"@") || strings.HasSuffix(key, "/"+name) {
					delete(kept, name)
				}
			}
		}
	}
	return kept
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
