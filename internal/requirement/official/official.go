// Package official reads the requirements that others have published, in the
// forms in which they publish them.
//
// Our verification plans are in our own words, so that they can be shipped with
// Plimsoll; what the standard itself says stays with its publisher. A user who
// has the official file imports it once, and from then on reads the official
// sentence beside our plan. A catalogue for which we have no plans at all, a
// company's policy for instance, becomes requirements that a person answers for.
//
// Whatever the form, the result is one Catalogue, which is kept in the
// repository with its licence, its attribution and the digest of what it was
// read from. Files to import are strangers' files: size, depth and number are
// bounded, nothing is fetched and nothing outside the given folder is opened.
package official

import (
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Catalogue is an official text in the one form in which it is kept.
type Catalogue struct {
	Format       string        `json:"format"` // always Format
	Name         string        `json:"name"`   // "asvs"; product.yaml selects it by this
	Title        string        `json:"title"`
	Version      string        `json:"version"`
	Publisher    string        `json:"publisher,omitempty"`
	Licence      string        `json:"licence"` // SPDX expression where there is one; Unknown where nobody said
	Attribution  string        `json:"attribution,omitempty"`
	Source       Source        `json:"source"`
	Imported     string        `json:"imported"` // YYYY-MM-DD
	Requirements []Requirement `json:"requirements"`
}

// Format is the version of the file that a catalogue is kept in.
const Format = "plimsoll-catalogue/1"

// Unknown stands where a licence should.
const Unknown = "unknown"

// Source says what a catalogue was read from.
type Source struct {
	File   string `json:"file"`   // its name, without the folder
	Form   string `json:"form"`   // one of Forms
	Digest string `json:"digest"` // "sha256:<hex>" of the file; of all names and digests where it was several
}

// Requirement is one requirement in the publisher's words.
type Requirement struct {
	ID           string `json:"id"`
	Section      string `json:"section,omitempty"` // chapter or group: "V1", "STORAGE"
	SectionTitle string `json:"section_title,omitempty"`
	// Levels in which it is listed. ASVS names the first; the others follow.
	Levels   []int  `json:"levels,omitempty"`
	Title    string `json:"title,omitempty"`
	Text     string `json:"text"`
	Guidance string `json:"guidance,omitempty"` // what the publisher adds by way of advice
}

// Options say how to read a file, where it does not say so itself.
type Options struct {
	Form    string // one of Forms; found out where empty
	Name    string
	Title   string
	Version string
	Licence string
	// Prefix goes before every id.
	Prefix string
	// Standard picks one of several in a CycloneDX file, by reference or name.
	Standard string
	// Columns maps id, text, title, section, level and guidance to headings of a CSV file.
	Columns map[string]string
	// Imported is the day of import, YYYY-MM-DD.
	Imported string
}

// Forms are the words for what can be read.
var forms = []string{"asvs", "csv", "cyclonedx", "gemara", "masvs", "oscal", "ssdf"}

// Forms lists the words for what can be read, sorted.
func Forms() []string { return slices.Clone(forms) }

// Result is a catalogue and what there is to say of how it was read.
type Result struct {
	Catalogue Catalogue
	Notes     []string
}

// Read reads the file or folder called name in fsys, a slash-separated path.
// What the file refers to is looked for in fsys too, and nowhere else. With any
// fault there is no result; the list is sorted by place.
func Read(fsys fs.FS, name string, o Options) (*Result, fault.List) {
	r := &reader{src: newSource(fsys), options: o, path: name}
	d := r.read()
	if len(r.faults) == 0 && d != nil {
		r.finish(d)
	}
	if len(r.faults) > 0 {
		return nil, sorted(r.faults)
	}
	return &Result{Catalogue: d.catalogue, Notes: r.notes}, nil
}

// reader is one import under way.
type reader struct {
	src     *source
	options Options
	path    string
	faults  fault.List
	notes   []string
}

func (r *reader) fail(f *fault.Error) {
	if f != nil && len(r.faults) <= mostFaults {
		r.faults = append(r.faults, f)
	}
}

func (r *reader) note(format string, args ...any) {
	r.notes = append(r.notes, fmt.Sprintf(format, args...))
}

// read finds out which form it is, and reads it.
func (r *reader) read() *draft {
	if info, err := fs.Stat(r.src.fsys, r.path); err == nil && info.IsDir() {
		return r.folder()
	}
	data, bad := r.src.file(r.path)
	if bad != nil {
		r.fail(bad)
		return nil
	}
	if r.isTable(data) {
		return r.table(data)
	}
	top, faults := parse(r.path, data)
	if len(faults) > 0 {
		r.faults = append(r.faults, faults...)
		return nil
	}
	return r.document(top)
}

// isTable tells a CSV file from the rest: by its name, unless the user says.
func (r *reader) isTable(data []byte) bool {
	if r.options.Form != "" {
		return r.options.Form == "csv"
	}
	lower := strings.ToLower(r.path)
	for _, end := range []string{".csv", ".tsv", ".tab"} {
		if strings.HasSuffix(lower, end) {
			return true
		}
	}
	if len(r.options.Columns) > 0 {
		return true
	}
	return strings.HasSuffix(lower, ".txt") && !looksLikeJSON(data)
}

// document reads a JSON or YAML document by what stands at its top.
func (r *reader) document(top *node) *draft {
	form := r.options.Form
	if form == "" {
		form = detect(top)
	}
	switch form {
	case "asvs":
		return r.asvs(top)
	case "cyclonedx":
		return r.cyclonedx(top)
	case "masvs":
		return r.masvs(top)
	case "gemara":
		return r.gemara([]*node{top})
	case "oscal":
		return r.oscal(top)
	case "ssdf":
		return r.ssdf(top)
	}
	r.fail(fault.At(fault.Config, fault.Place{Path: r.path}, "say what it is with --as, one of: "+strings.Join(forms, ", "),
		"the form of the file is not known: at its top stand %s", strings.Join(topKeys(top), ", ")))
	return nil
}

// detect names the form of a document, "" where it is none that we know.
func detect(top *node) string {
	switch {
	case top.get("catalog") != nil || top.get("profile") != nil:
		return "oscal"
	case top.get("bomFormat") != nil || top.get("definitions", "standards") != nil:
		return "cyclonedx"
	case top.get("Requirements") != nil || top.get("requirements") != nil:
		return "asvs"
	case top.get("items") != nil:
		return "ssdf"
	case top.get("controls") != nil || top.get("control-families") != nil || top.get("categories") != nil || top.get("families") != nil:
		return "gemara"
	case top.get("groups") != nil:
		return "masvs"
	}
	return ""
}

func topKeys(top *node) []string {
	keys := top.keys()
	if len(keys) == 0 {
		return []string{"no keys"}
	}
	slices.Sort(keys)
	if len(keys) > 8 {
		keys = append(keys[:8:8], "…")
	}
	return keys
}
