// Package lockfile holds lock files against the manifests they lock.
//
// A manifest says which dependencies are wanted, a lock file which exact bytes
// were tested. A release is only what was tested where the lock file stands in
// the repository, belongs to the manifest beside it, and names sources and
// hashes that nobody can swap on the way. The package reads the formats of
// fourteen package managers, as text, and never runs one of them.
package lockfile

import (
	"bytes"
	"errors"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/release/aside"
)

// Rules that a Finding stands under.
const (
	Missing        = "lockfile.missing"         // an application without a lock file
	MissingLibrary = "lockfile.missing-library" // a library without one
	Mismatch       = "lockfile.mismatch"        // the lock file was made from another manifest
	Unreadable     = "lockfile.unreadable"      // a lock file or manifest that its tool would refuse
	Several        = "lockfile.several"         // lock files of several tools for one manifest
	InsecureURL    = "lockfile.insecure-url"    // fetched without transport security
	NoIntegrity    = "lockfile.no-integrity"    // fetched without a hash
	ForeignSource  = "lockfile.foreign-source"  // fetched from outside the registries
	Unpinned       = "requirements.unpinned"    // a requirements file without exact versions
	NoHashes       = "requirements.no-hashes"   // a requirements file without hashes
)

// Tree is the set of files to examine.
type Tree interface {
	// Paths lists the paths for which Wants is true, sorted.
	Paths() []string
	Read(path string) ([]byte, error)
}

// Finding is one thing wrong with a lock file or for want of one.
type Finding struct {
	Rule         string
	Severity     event.Severity // the rule's own where empty
	Path         string
	Line, Column int // from 1; 0 where it is about the whole file
	Message, Fix string
	Key          []string // what tells it from others under the rule, wherever it stands
}

// Unread is a file that could not be read.
type Unread struct {
	Path string
	Err  error
}

// Report is what Examine saw.
type Report struct {
	Findings  []Finding
	Unread    []Unread
	Manifests int // that declare dependencies
	Locks     int // that were held against one
}

// ecosystem is one family of package managers. Examine is called once for each
// of its manifests.
type ecosystem struct {
	manifest func(path string) bool
	examine  func(e *examiner, manifest string)
}

func named(names ...string) func(string) bool {
	return func(p string) bool { return slices.Contains(names, path.Base(p)) }
}

func ecosystems() []ecosystem {
	return []ecosystem{
		{named("package.json"), (*examiner).npm},
		{named("go.mod"), (*examiner).golang},
		{named("Cargo.toml"), (*examiner).cargo},
		{named("pyproject.toml"), (*examiner).pyproject},
		{named("Pipfile"), (*examiner).pipfile},
		{isRequirements, (*examiner).requirements},
		{named("Gemfile", "gems.rb"), (*examiner).bundler},
		{named("composer.json"), (*examiner).composer},
		{isDotnetProject, (*examiner).nuget},
		{named("pubspec.yaml"), (*examiner).pub},
		{named("mix.exs"), (*examiner).mix},
		{named("Package.swift"), (*examiner).swift},
		{named("build.gradle", "build.gradle.kts"), (*examiner).gradle},
	}
}

// others are files that are read beside the manifests.
var others = map[string]bool{
	"package-lock.json": true, "npm-shrinkwrap.json": true, "yarn.lock": true, "pnpm-lock.yaml": true, "bun.lock": true,
	"bun.lockb": true, "pnpm-workspace.yaml": true, "lerna.json": true, ".npmrc": true, "go.sum": true, "go.work": true,
	"go.work.sum": true, "Cargo.lock": true, "main.rs": true, "poetry.lock": true, "uv.lock": true, "pdm.lock": true,
	"pylock.toml": true, "Pipfile.lock": true, "Gemfile.lock": true, "gems.locked": true, "composer.lock": true,
	"packages.lock.json": true, "Directory.Build.props": true, "pubspec.lock": true, "mix.lock": true,
	"Package.resolved": true, "gradle.lockfile": true, ".gitignore": true, "Dockerfile": true,
}

// Wants reports whether Examine may read, or look for, the file at path.
func Wants(p string) bool {
	if aside.Path(p) {
		return false
	}
	base := path.Base(p)
	if others[base] || strings.HasSuffix(base, ".gemspec") {
		return true
	}
	for _, eco := range ecosystems() {
		if eco.manifest(p) {
			return true
		}
	}
	return false
}

// maxSize is the most bytes that are read of one file.
const maxSize = 32 << 20

// examiner is one call of Examine.
type examiner struct {
	tree   Tree
	paths  []string
	has    map[string]bool
	npms   map[string]*npmManifest  // by folder
	crates map[string]*cargoPackage // by folder
	parsed map[string]*parsedLock   // by path
	report Report
}

// parsedLock is a lock file that many manifests of one workspace share.
type parsedLock struct {
	data  []byte
	ok    bool // it could be read
	value any
	err   error // of parsing it
}

// shared reads and parses the lock file at p once, however many ask for it.
func shared[T any](e *examiner, p string, parse func([]byte) (T, error)) (value T, l *parsedLock) {
	l = e.parsed[p]
	if l == nil {
		l = &parsedLock{}
		e.parsed[p] = l
		if l.data, l.ok = e.read(p); l.ok {
			l.value, l.err = parse(l.data)
		}
	}
	value, _ = l.value.(T)
	return value, l
}

// Examine holds every manifest of the tree against its lock file. Findings are
// sorted by path, line and rule.
func Examine(tree Tree) Report {
	e := &examiner{tree: tree, paths: tree.Paths(), has: map[string]bool{},
		npms: map[string]*npmManifest{}, crates: map[string]*cargoPackage{}, parsed: map[string]*parsedLock{}}
	for _, p := range e.paths {
		e.has[p] = true
	}
	for _, eco := range ecosystems() {
		for _, p := range e.paths {
			if eco.manifest(p) {
				eco.examine(e, p)
			}
		}
	}
	sort.SliceStable(e.report.Findings, func(i, j int) bool {
		a, b := e.report.Findings[i], e.report.Findings[j]
		if a.Path != b.Path {
			return a.Path < b.Path
		}
		return a.Line < b.Line
	})
	return e.report
}

// read returns a file's bytes; false, and an entry in Unread, where it cannot.
func (e *examiner) read(p string) ([]byte, bool) {
	data, err := e.tree.Read(p)
	if err == nil && len(data) > maxSize {
		err = errors.New("larger than 32 MB")
	}
	if err != nil {
		e.report.Unread = append(e.report.Unread, Unread{p, err})
		return nil, false
	}
	return bytes.TrimPrefix(data, []byte("\ufeff")), true
}
