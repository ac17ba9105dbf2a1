package official

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Dir is where imported catalogues stand in a repository, one file each.
const Dir = ".plimsoll/catalogues"

// Path is where the catalogue is kept.
func (c Catalogue) Path() string { return Dir + "/" + c.Name + "-" + c.Version + ".json" }

// Marshal is the catalogue as it is kept: the same bytes for the same content.
func (c Catalogue) Marshal() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(c); err != nil {
		return nil, fmt.Errorf("writing the catalogue %s: %w", c.Name, err)
	}
	return b.Bytes(), nil
}

// Text is the official text of one requirement, with the terms that travel along.
type Text struct {
	Requirement
	Catalogue   string // its name
	Version     string
	Licence     string
	Attribution string
}

// Load reads kept catalogues. Texts are by id; where several versions of one
// catalogue have an id, the newest version's text counts. A file with a fault
// is left out, and the others are still read. Catalogues are sorted by name,
// newest version first.
func Load(read func(path string) ([]byte, error), paths []string) (map[string]Text, []Catalogue, fault.List) {
	var all []Catalogue
	var faults fault.List
	for _, p := range slices.Sorted(slices.Values(paths)) {
		data, err := read(p)
		if err != nil {
			faults = append(faults, fault.At(fault.Config, fault.Place{Path: p}, "put a plain file there, or import it again", "reading the catalogue: %s", err))
			continue
		}
		c, bad := Parse(p, data)
		faults = append(faults, bad...)
		if c != nil {
			all = append(all, *c)
		}
	}
	slices.SortStableFunc(all, func(a, b Catalogue) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), compareVersions(b.Version, a.Version))
	})
	texts := map[string]Text{}
	for _, c := range all {
		faults = append(faults, c.into(texts)...)
	}
	return texts, all, sorted(faults)
}

// into adds the texts of c. An id that another catalogue has too is a fault:
// evidence for one would count for the other.
func (c Catalogue) into(texts map[string]Text) fault.List {
	for _, q := range c.Requirements {
		if other, twice := texts[q.ID]; twice {
			if other.Catalogue != c.Name {
				return fault.List{fault.At(fault.Config, fault.Place{Path: c.Path()}, "import one of them again with --prefix",
					"%s is a requirement of %s and of %s", q.ID, other.Catalogue, c.Name)}
			}
			continue
		}
		texts[q.ID] = Text{Requirement: q, Catalogue: c.Name, Version: c.Version, Licence: c.Licence, Attribution: c.Attribution}
	}
	return nil
}

// Parse reads one kept catalogue. It is nil where there is a fault.
func Parse(name string, data []byte) (*Catalogue, fault.List) {
	if len(data) > MaxSize {
		return nil, fault.List{fault.At(fault.TooCostly, fault.Place{Path: name}, importAgain, "the file is larger than %d MiB", MaxSize>>20)}
	}
	var c Catalogue
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(&c)
	if err == nil && c.Format == Format {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return c.checked(name, data)
		}
		err = errors.New("something follows the end of it")
	}
	return nil, unreadable(name, data, err)
}

const importAgain = "import it again with `plimsoll requirements import`"

// unreadable says why a file is no catalogue, as closely as can be.
func unreadable(name string, data []byte, err error) fault.List {
	top, faults := parse(name, data)
	if len(faults) > 0 {
		return faults
	}
	if f := top.text("format"); f != Format {
		return fault.List{fault.At(fault.NotThere, fault.Place{Path: name}, importAgain, "the format of the catalogue is %q, expected %q", f, Format)}
	}
	place := fault.Place{Path: name}
	if at, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		place = placeAt(name, string(data), int(at.Offset))
	}
	return fault.List{fault.At(fault.Config, place, importAgain, "reading the catalogue: %s", strings.TrimPrefix(err.Error(), "json: "))}
}

// keptFile finds places in a file. It is only read for them where there is a
// fault: every run loads the catalogues, and hardly one is broken.
type keptFile struct {
	name string
	top  func() *node
}

// keptPlace is where a requirement stands in a file, or the file itself below 0.
type keptPlace struct {
	file  *keptFile
	index int
}

func (k keptPlace) place() fault.Place {
	list := k.file.top().get("requirements").list()
	if k.index < 0 || k.index >= len(list) {
		return fault.Place{Path: k.file.name}
	}
	return list[k.index].place()
}

// checked holds a kept catalogue to what an import would have made: the file may
// have been written or merged by hand.
func (c Catalogue) checked(name string, data []byte) (*Catalogue, fault.List) {
	file := &keptFile{name: name, top: sync.OnceValue(func() *node { top, _ := parse(name, data); return top })}
	r := &reader{path: name}
	d := &draft{reader: r, catalogue: c}
	whole := keptPlace{file, -1}
	if !nameForm.MatchString(c.Name) || !versionForm.MatchString(c.Version) {
		d.fail(whole, importAgain, "%q and %q cannot be the name and version of a catalogue", c.Name, c.Version)
	} else if path.Base(name) != path.Base(c.Path()) {
		d.fail(whole, "rename the file to "+path.Base(c.Path()), "the catalogue in the file is %s %s", c.Name, c.Version)
	}
	if _, err := time.Parse(time.DateOnly, c.Imported); err != nil {
		d.fail(whole, "write a day as 2026-12-31", "%q is no date of import", c.Imported)
	}
	for i, q := range c.Requirements {
		d.add(keptPlace{file, i}, q)
	}
	d.judge()
	if len(r.faults) > 0 {
		return nil, sorted(r.faults)
	}
	return &c, nil
}

// compareVersions compares number by number, and words as words.
func compareVersions(a, b string) int {
	split := func(r rune) bool { return r == '.' || r == '-' || r == '_' }
	x, y := strings.FieldsFunc(a, split), strings.FieldsFunc(b, split)
	for i := range min(len(x), len(y)) {
		m, errM := strconv.Atoi(x[i])
		n, errN := strconv.Atoi(y[i])
		order := cmp.Compare(x[i], y[i])
		if errM == nil && errN == nil {
			order = cmp.Compare(m, n)
		}
		if order != 0 {
			return order
		}
	}
	return cmp.Compare(len(x), len(y))
}
