// Package custom reads the requirements that an organisation words itself.
//
// They stand in YAML with the fields that the built-in plans have, in the
// repository or in a catalogue that several products share; or in the text of a
// policy, so that the policy and what is verified cannot part ways. A shared
// catalogue is pinned by its digest: nobody can change what a product is held to
// without the product's people seeing it.
package custom

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Schema is the JSON Schema of a catalogue in YAML.
//
//go:embed requirements.schema.json
var Schema []byte

// The folders of a repository that are read without being named.
const (
	Dir         = ".plimsoll/requirements" // *.yaml
	PoliciesDir = ".plimsoll/policies"     // *.md
)

// Bounds.
const (
	deepestImport    = 8
	mostFiles        = 200
	mostRequirements = 20_000
)

// Catalogue is a set of requirements under one name. Several files may add to it.
type Catalogue struct {
	knowledge.Catalogue
	Path         string // of the first file of it
	Requirements []knowledge.Requirement
}

// Pin names a shared catalogue, and its digest.
type Pin struct {
	File   string `yaml:"file"`   // from the top of the repository
	Git    string `yaml:"git"`    // "<commit or ref>:<path>" in this very repository
	Digest string `yaml:"digest"` // "sha256:<hex>" of its bytes
}

// Config is what the requirements are read against.
type Config struct {
	// Checks holds the ids of the rules by the id of each check; nil for the rules
	// of a check that is planned and not there yet.
	Checks map[string][]string
	// Taken is the name of the built-in catalogue by the id of each requirement.
	Taken map[string]string
	// Policies are documents that must name requirements, besides those among the
	// paths.
	Policies []string
	// From are shared catalogues; PinFault makes a fault about one of them.
	From     []Pin
	PinFault func(i int, hint, format string, args ...any) *fault.Error
	// Git reads a file out of a commit of the repository.
	Git func(spec string) ([]byte, error)
}

// Load reads requirements: the paths end in .yaml, .yml or .md. It goes to the
// end before it fails; with any fault the catalogues are incomplete. They come
// sorted by name.
func Load(read func(path string) ([]byte, error), paths []string, cfg Config) ([]Catalogue, fault.List) {
	l := &loader{cfg: cfg, read: read, names: map[string]*Catalogue{}, first: map[string]string{}, done: map[string]bool{}}
	here := tree{read: read}
	for _, p := range slices.Sorted(slices.Values(paths)) {
		if strings.HasSuffix(p, ".md") {
			l.policy(p, false)
			continue
		}
		l.local(here, p)
	}
	for _, p := range cfg.Policies {
		l.policy(p, true)
	}
	for i, pin := range cfg.From {
		l.pinned(here, pin, nil, func(hint, format string, args ...any) *fault.Error { return cfg.PinFault(i, hint, format, args...) })
	}
	var all []Catalogue
	for _, c := range l.names {
		all = append(all, *c)
	}
	slices.SortFunc(all, func(a, b Catalogue) int { return strings.Compare(a.Name, b.Name) })
	return all, yamlfile.Sorted(l.faults)
}

// loader is one Load under way.
type loader struct {
	cfg    Config
	read   func(path string) ([]byte, error)
	names  map[string]*Catalogue
	first  map[string]string // where each id stands, by the id in capitals
	done   map[string]bool   // files that were read, by name
	count  int
	faults fault.List
}

// tree is where the paths in a catalogue lead: the work tree, or that of the
// commit from which the catalogue came.
type tree struct {
	commit string // "" for the work tree
	read   func(path string) ([]byte, error)
}

// name is a file's name in faults.
func (t tree) name(p string) string {
	if t.commit == "" {
		return p
	}
	return t.commit + ":" + p
}

func (l *loader) fault(e *fault.Error) { l.faults = append(l.faults, e) }

// local reads a file of the folder for requirements.
func (l *loader) local(t tree, p string) {
	data, err := t.read(p)
	if err != nil {
		l.fault(fault.At(fault.Config, fault.Place{Path: p}, "write it as a plain file under 1 MiB", "reading the requirements: %v", err))
		return
	}
	l.file(t, p, data, nil)
}

// pinned reads a shared catalogue. Stack holds the names of the files that are
// being read, the outermost first.
func (l *loader) pinned(t tree, pin Pin, stack []string, complain func(hint, format string, args ...any) *fault.Error) {
	at, p, what := t, pin.File, pin.File
	switch {
	case (pin.File == "") == (pin.Git == ""):
		l.fault(complain("write file: or git:", "a catalogue is named by a file or by a commit of this repository, and by one of them"))
		return
	case pin.Git != "":
		commit, inside, _ := strings.Cut(pin.Git, ":")
		at = tree{commit: commit, read: func(path string) ([]byte, error) { return l.cfg.Git(commit + ":" + path) }}
		p, what = inside, pin.Git
	}
	name := at.name(p)
	if slices.Contains(stack, name) {
		l.fault(complain("remove one of the imports", "the imports run in a circle: %s", strings.Join(append(stack, name), " → ")))
		return
	}
	if len(stack) >= deepestImport || len(l.done) >= mostFiles {
		l.fault(complain("import fewer catalogues", "too many imports: at most %d deep and %d files", deepestImport, mostFiles))
		return
	}
	data, err := at.read(p)
	if err != nil {
		l.fault(complain("look whether it exists under this name", "reading %s: %v", what, err))
		return
	}
	if actual := digestOf(data); actual != pin.Digest {
		l.fault(complain("look at what has changed in it; then write digest: "+actual, "%s is not what was pinned: its digest is %s", what, actual))
		return
	}
	l.file(at, p, data, stack)
}

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// catalogueFile is a catalogue as it stands in YAML.
type catalogueFile struct {
	Catalogue    string  `yaml:"catalogue"`
	Title        string  `yaml:"title"`
	Version      string  `yaml:"version"`
	Publisher    string  `yaml:"publisher"`
	Licence      string  `yaml:"licence"`
	Imports      []Pin   `yaml:"imports"`
	Requirements []entry `yaml:"requirements"`
}

// file reads one catalogue and what it imports, once.
func (l *loader) file(t tree, p string, data []byte, stack []string) {
	name := t.name(p)
	if l.done[name] {
		return
	}
	l.done[name] = true
	var w catalogueFile
	f, faults := yamlfile.Open(name, data, Schema, &w)
	if len(faults) > 0 {
		l.faults = append(l.faults, faults...)
		return
	}
	for i, pin := range w.Imports {
		at := yamlfile.Pointer("imports", i)
		l.pinned(t, pin, append(slices.Clone(stack), name), func(hint, format string, args ...any) *fault.Error { return f.Fault(at, hint, format, args...) })
	}
	c := l.catalogue(orElse(w.Catalogue, nameOf(p)), name)
	c.Title, c.Version = orElse(c.Title, w.Title), orElse(c.Version, w.Version)
	c.Publisher, c.Licence = orElse(c.Publisher, w.Publisher), orElse(c.Licence, w.Licence)
	for i, e := range w.Requirements {
		l.add(c, e, yamlSpot{f, yamlfile.Pointer("requirements", i)})
	}
}

// catalogue finds or begins the catalogue of a name.
func (l *loader) catalogue(name, path string) *Catalogue {
	c := l.names[name]
	if c == nil {
		c = &Catalogue{Catalogue: knowledge.Catalogue{Name: name}, Path: path}
		l.names[name] = c
	}
	return c
}

var notInNames = regexp.MustCompile(`[^a-z0-9._-]+`)

// nameOf makes the name of a catalogue out of that of its file.
func nameOf(p string) string {
	base := strings.ToLower(strings.TrimSuffix(path.Base(p), path.Ext(p)))
	return orElse(strings.Trim(notInNames.ReplaceAllString(base, "-"), "._-"), "custom")
}

func orElse(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// add judges an entry and adds it to a catalogue.
func (l *loader) add(c *Catalogue, e entry, at spot) {
	if l.count++; l.count > mostRequirements {
		if l.count == mostRequirements+1 {
			l.fault(at.fault("id", "split the product", "more than %d requirements", mostRequirements))
		}
		return
	}
	r := e.requirement(c, l, at)
	place := at.place("id")
	r.Written = fmt.Sprintf("%s:%d", place.Path, place.Line)
	key := strings.ToUpper(r.ID)
	if other, twice := l.first[key]; twice {
		l.fault(at.fault("id", "give one of them another id", "%s is defined in %s already", r.ID, other))
		return
	}
	l.first[key] = r.Written
	if catalogue, taken := l.taken(r.ID); taken {
		l.fault(at.fault("id", "begin the id with a word of your own: ACME-1", "%s is the id of a requirement in the built-in catalogue %s", r.ID, catalogue))
		return
	}
	c.Requirements = append(c.Requirements, r)
}

// taken tells whether an id is that of a built-in requirement, or of the kind
// that built-in catalogues have: the next version may bring it.
func (l *loader) taken(id string) (catalogue string, taken bool) {
	if name, ok := l.cfg.Taken[knowledge.NormalID(id)]; ok {
		return name, true
	}
	for prefix, name := range map[string]string{"PL-": knowledge.Own, "MASVS-": "masvs", "OSPS-": "osps", "V5.0.0-": "asvs"} {
		if strings.HasPrefix(strings.ToUpper(id), prefix) {
			return name, true
		}
	}
	return "", false
}
