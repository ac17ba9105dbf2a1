package official

import (
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// placer knows where in its file something stands.
type placer interface{ place() fault.Place }

// draft is a catalogue on its way in: what the file says, before it is known
// to hold together.
type draft struct {
	reader    *reader
	catalogue Catalogue
	entries   []entry
	overflow  bool
	// standard names whose text it is, whatever the catalogue is called; "" for
	// one that we do not know.
	standard string
}

type entry struct {
	Requirement
	at placer
}

// begin starts a catalogue. What the user said goes before what the file says.
func (r *reader) begin(form, name, version string) *draft {
	d := &draft{reader: r, standard: name}
	d.catalogue = Catalogue{
		Format: Format, Name: name, Version: cleanVersion(version), Licence: r.options.Licence, Imported: r.options.Imported,
		Source: Source{File: path.Base(r.path), Form: form},
	}
	if r.options.Name != "" {
		d.catalogue.Name = r.options.Name
	}
	if r.options.Version != "" {
		d.catalogue.Version = r.options.Version
	}
	return d
}

// say fills in what only the file knows, unless the user or the standard has
// the word.
func (d *draft) say(title, publisher, licence string) {
	c := &d.catalogue
	c.Title, c.Publisher = line(title), line(publisher)
	if c.Licence == "" {
		c.Licence = line(licence)
	}
}

func (d *draft) fail(at placer, hint, format string, args ...any) {
	if len(d.reader.faults) <= mostFaults { // a place costs a walk through the file
		d.reader.fail(fault.At(fault.Config, at.place(), hint, format, args...))
	}
}

func (d *draft) add(at placer, q Requirement) {
	if len(d.entries) >= maxRequirements {
		if !d.overflow {
			d.overflow = true
			d.fail(at, "import it in parts", "more than %d requirements", maxRequirements)
		}
		return
	}
	d.entries = append(d.entries, entry{q, at})
}

var (
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	versionForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,39}$`)
	hasDigit    = regexp.MustCompile(`[0-9]`)
	// idForm keeps ids to what can stand in a file name on every system.
	idForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pN][\pL\pN._()+-]{0,99}$`) }) // large, so only when asked for
)

// cleanVersion is a version of the file without the v before it; "" for what is
// none, as the "vx.x.x" that stands in a source tree.
func cleanVersion(v string) string {
	v = strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(v), "v"), "V")
	if !versionForm.MatchString(v) || !hasDigit.MatchString(v) {
		return ""
	}
	return v
}

// finish names, numbers and judges the catalogue.
func (r *reader) finish(d *draft) {
	d.settleVersion()
	d.nameIt()
	if len(r.faults) > 0 {
		return
	}
	if d.standard == "asvs" {
		d.asvsFinish()
	}
	for i := range d.entries {
		d.entries[i].ID = r.options.Prefix + d.entries[i].ID
	}
	d.judge()
	if r.options.Title != "" {
		d.catalogue.Title = line(r.options.Title)
	}
	d.licence()
	d.catalogue.Source.Digest = r.src.digest()
	for _, e := range d.entries {
		d.catalogue.Requirements = append(d.catalogue.Requirements, e.Requirement)
	}
}

func (d *draft) nameIt() {
	c := &d.catalogue
	if c.Name == "" {
		c.Name = slug(c.Title)
	}
	if d.standard == "asvs" && d.reader.options.Name == "" && !d.builtIn() {
		// Beside the plans of one version, another stands as a catalogue of its own.
		major, _, _ := strings.Cut(c.Version, ".")
		c.Name = "asvs" + major
	}
	if c.Name == "" {
		c.Name = slug(strings.TrimSuffix(c.Source.File, path.Ext(c.Source.File)))
	}
	here := fault.Place{Path: d.reader.path}
	switch {
	case !nameForm.MatchString(c.Name):
		d.reader.fail(fault.At(fault.Usage, here, "give --name with small letters, digits and hyphens, at most 40", "%q cannot be the name of a catalogue", c.Name))
	case c.Name == knowledge.Own:
		d.reader.fail(fault.At(fault.Usage, here, "choose another --name", "%q is the name of Plimsoll's own catalogue", c.Name))
	}
}

// builtIn tells whether there are plans for this very version.
func (d *draft) builtIn() bool {
	known, ok := knowledge.FindCatalogue(d.standard)
	return ok && known.Version == d.catalogue.Version
}

// slug is a title as a name.
func slug(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' && b.Len() > 0:
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	name := b.String()
	if len(name) > 40 { // cut after a whole word
		name = name[:max(strings.LastIndexByte(name[:41], '-'), 0)]
	}
	return strings.TrimRight(name, "-")
}

// settleVersion finds a version that the file does not say: in its name, or by
// the ids, where all of them are those of a version that we know.
func (d *draft) settleVersion() {
	c := &d.catalogue
	if c.Version == "" && d.standard == "asvs" {
		c.Version = asvsFileVersion(d.reader.path)
	}
	if c.Version == "" {
		if known, ok := knowledge.FindCatalogue(d.standard); ok && d.allKnown(known) {
			c.Version = known.Version
			d.reader.note("the file names no version; its ids are those of %s", known.Version)
		}
	}
	if c.Version == "" && c.Source.Form == "csv" && d.standard == "" {
		c.Version = "1"
	}
	if c.Version == "" || !versionForm.MatchString(c.Version) {
		d.reader.fail(fault.At(fault.Usage, fault.Place{Path: d.reader.path}, "give --version, 1.0 for instance", "the version of the catalogue is not known"))
	}
}

func (d *draft) allKnown(known knowledge.Catalogue) bool {
	ids := map[string]bool{}
	reqs, err := knowledge.CatalogueRequirements(known.Name)
	if err != nil {
		return false
	}
	for _, q := range reqs {
		ids[q.ID] = true
	}
	for _, e := range d.entries {
		if !ids[knowledge.NormalID(e.ID)] {
			return false
		}
	}
	return len(d.entries) > 0
}

// judge finds what is wrong with the requirements.
func (d *draft) judge() {
	if len(d.entries) == 0 {
		d.reader.fail(fault.At(fault.Nothing, fault.Place{Path: d.reader.path}, "look at the file; --as says what it is", "there is no requirement in the file"))
	}
	first := map[string]placer{}
	for i := range d.entries {
		e := &d.entries[i]
		if len(d.reader.faults) > mostFaults {
			return
		}
		d.judgeID(e)
		key := strings.ToLower(e.ID)
		if before, twice := first[key]; twice {
			d.fail(e.at, "give each requirement an id of its own", "the id %s stands twice; first at %s", e.ID, before.place())
		} else {
			first[key] = e.at
		}
		switch {
		case e.Text == "":
			d.fail(e.at, "", "%s has no text", e.ID)
		case len(e.Text) > maxText || len(e.Guidance) > maxText || len(e.Title) > maxText || len(e.Section)+len(e.SectionTitle) > maxText:
			d.fail(e.at, "shorten it, or split the requirement", "the text of %s is longer than %d KiB", e.ID, maxText>>10)
		}
	}
}

func (d *draft) judgeID(e *entry) {
	switch {
	case e.ID == "":
		d.fail(e.at, "give it an id", "a requirement without an id")
	case !idForm().MatchString(e.ID):
		d.fail(e.at, "write ids with letters, digits and . _ - + ( ), at most 100; they become names of files", "%q cannot be an id", e.ID)
	default:
		// An id that is written like another catalogue's would take its evidence.
		other := knowledge.CatalogueOf(e.ID)
		if other != "" && other != d.catalogue.Name {
			d.fail(e.at, "give --prefix, "+strings.ToUpper(d.catalogue.Name)+"- for instance", "%s would be read as an id of %s", e.ID, other)
		}
	}
}
