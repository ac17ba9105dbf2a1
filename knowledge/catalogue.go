package knowledge

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"sync"
)

//go:embed catalogues/*/*.yaml
var catalogueFiles embed.FS

// Catalogue is a set of requirements that others have published and for which we
// have a verification plan each. The plans are our own words; the ids and levels
// are the standard's.
type Catalogue struct {
	Name        string // "asvs"
	Title       string
	Version     string
	Publisher   string
	Licence     string // of the official text, and of our plans where it asks for the same
	Attribution string
	Address     string
}

// Own is the name of our own catalogue.
const Own = "plimsoll"

// Catalogues lists the built-in catalogues besides our own.
func Catalogues() []Catalogue {
	return []Catalogue{
		{Name: "asvs", Title: "OWASP Application Security Verification Standard", Version: "5.0.0", Publisher: "OWASP", Licence: "CC-BY-SA-4.0",
			Attribution: "Ids and levels: OWASP ASVS 5.0.0, CC BY-SA 4.0. The verification plans are Plimsoll's own words and, being made for it, under the same licence.",
			Address:     "https://owasp.org/www-project-application-security-verification-standard/"},
		{Name: "masvs", Title: "OWASP Mobile Application Security Verification Standard", Version: "2.1.0", Publisher: "OWASP", Licence: "CC-BY-SA-4.0",
			Attribution: "Ids: OWASP MASVS 2.1.0, profiles from OWASP MASTG, CC BY-SA 4.0. The verification plans are Plimsoll's own words, under the same licence.",
			Address:     "https://mas.owasp.org/MASVS/"},
		{Name: "osps", Title: "Open Source Project Security Baseline", Version: "2026.02.19", Publisher: "OpenSSF", Licence: "Apache-2.0",
			Attribution: "Ids and maturity levels: OpenSSF OSPS Baseline, Apache-2.0. The verification plans are Plimsoll's own words.",
			Address:     "https://baseline.openssf.org/"},
	}
}

// FindCatalogue returns a built-in catalogue by its name.
func FindCatalogue(name string) (Catalogue, bool) {
	for _, c := range Catalogues() {
		if c.Name == name {
			return c, true
		}
	}
	return Catalogue{}, false
}

// planEntry is one entry of a file in catalogues/.
type planEntry struct {
	ID         string      `yaml:"id"`
	Level      int         `yaml:"level"`
	Levels     []int       `yaml:"levels"`
	Profiles   []string    `yaml:"profiles"`
	Title      string      `yaml:"title"`
	Statement  string      `yaml:"statement"`
	Applies    string      `yaml:"applies"`
	Method     []string    `yaml:"method"`
	Checks     []planCheck `yaml:"checks"`
	Automation string      `yaml:"automation"`
	Evidence   string      `yaml:"evidence"`
	Strength   int         `yaml:"strength"`
	Days       int         `yaml:"days"`
	Owner      string      `yaml:"owner"`
	Minutes    int         `yaml:"minutes"`
	CWE        []int       `yaml:"cwe"`
}

// planCheck is what a plan asks of a check: a bare id, or one with the rules
// that count. All rules of a check count where none is named, and that is right
// only where every finding of it speaks against the requirement.
type planCheck Need

// UnmarshalYAML reads an id, or what a Need is written like.
func (c *planCheck) UnmarshalYAML(decode func(any) error) error {
	if decode(&c.Check) == nil {
		return nil
	}
	return decode((*Need)(c))
}

// loaded keeps each catalogue after its first use.
var loaded = map[string]func() ([]Requirement, error){
	"asvs":  sync.OnceValues(func() ([]Requirement, error) { return readCatalogue("asvs") }),
	"masvs": sync.OnceValues(func() ([]Requirement, error) { return readCatalogue("masvs") }),
	"osps":  sync.OnceValues(func() ([]Requirement, error) { return readCatalogue("osps") }),
}

// CatalogueRequirements returns the requirements of a built-in catalogue, in the
// standard's order. The slice is the caller's; what is in it is shared.
func CatalogueRequirements(name string) ([]Requirement, error) {
	if name == Own {
		return Requirements()
	}
	load, ok := loaded[name]
	if !ok {
		return nil, fmt.Errorf("there is no catalogue %q", name)
	}
	all, err := load()
	return slices.Clone(all), err
}

func readCatalogue(name string) ([]Requirement, error) {
	c, _ := FindCatalogue(name)
	return loadCatalogue(catalogueFiles, c)
}

// loadCatalogue reads catalogues/<name>/*.yaml of fsys. It reads to the end
// before it fails, so that somebody who writes plans sees every mistake at once.
func loadCatalogue(fsys fs.FS, c Catalogue) ([]Requirement, error) {
	names, err := fs.Glob(fsys, "catalogues/"+c.Name+"/*.yaml")
	if err == nil && len(names) == 0 {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("listing catalogue %s: %w", c.Name, err)
	}
	slices.Sort(names)
	parts := make([][]planEntry, len(names))
	errs := make([]error, len(names))
	var reading sync.WaitGroup
	for i, name := range names {
		reading.Go(func() { parts[i], errs[i] = readPlans(fsys, name, c) })
	}
	reading.Wait()
	var all []Requirement
	seen := map[string]string{}
	for i, part := range parts {
		for _, e := range part {
			if other, twice := seen[e.ID]; twice {
				errs = append(errs, fmt.Errorf("%s: %s is defined in %s already: remove one of the two", names[i], e.ID, other))
			}
			seen[e.ID] = names[i]
			all = append(all, e.requirement(c))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("loading catalogue %s: %w", c.Name, err)
	}
	return all, nil
}

// readPlans reads one file of a catalogue and holds every entry against the
// rules for plans.
func readPlans(fsys fs.FS, name string, c Catalogue) ([]planEntry, error) {
	entries, err := readList[planEntry](fsys, name, "plans")
	if err != nil {
		return nil, err
	}
	var faults []error
	for i, e := range entries {
		for _, f := range e.faults(c) {
			faults = append(faults, fmt.Errorf("%s: plan %d (%s): %s", name, i+1, e.ID, f))
		}
	}
	return entries, errors.Join(faults...)
}

// requirement is the entry as every other requirement. Its wing is that of
// requirements: a catalogue is held as a whole, whatever its chapters are about.
func (e planEntry) requirement(c Catalogue) Requirement {
	r := Requirement{
		ID: e.ID, Title: e.Title, Wing: "requirements", Level: e.Level, Statement: oneLine(e.Statement), Applies: oneLine(e.Applies),
		Minutes: e.Minutes, CWE: e.CWE, Catalogue: c.Name, Version: c.Version, Section: sectionOf(e.ID), Levels: e.Levels, Profiles: e.Profiles,
		Plan: Plan{Automation: e.Automation, Days: e.Days, Owner: e.Owner, Methods: e.Method, Evidence: oneLine(e.Evidence), Strength: e.Strength},
	}
	if r.Level == 0 && len(e.Levels) > 0 {
		r.Level = slices.Min(e.Levels)
	}
	r.Level = max(r.Level, 1)
	for _, check := range e.Checks {
		if check.Above == "" {
			check.Above = "medium"
		}
		r.Plan.Checks = append(r.Plan.Checks, Need(check))
	}
	r.Fix = r.Plan.Evidence
	return r
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// sectionOf is the chapter or group in an id: V1 of v5.0.0-1.2.5, STORAGE of
// MASVS-STORAGE-1, AC of OSPS-AC-01.01.
func sectionOf(id string) string {
	if rest, ok := strings.CutPrefix(id, "v5.0.0-"); ok {
		chapter, _, _ := strings.Cut(rest, ".")
		return "V" + chapter
	}
	if parts := strings.Split(id, "-"); len(parts) > 1 {
		return parts[1]
	}
	return ""
}

var shortASVS = regexp.MustCompile(`^[vV]?([0-9]+\.[0-9]+\.[0-9]+)$`)

// NormalID is the one way in which we write the id of a requirement, for each
// way in which people write it: v5.0.0-1.2.5 for V1.2.5 and 1.2.5 (ASVS 5.0.0,
// section "How to reference ASVS requirements").
func NormalID(id string) string {
	id = strings.TrimSpace(id)
	if m := shortASVS.FindStringSubmatch(id); m != nil {
		return "v5.0.0-" + m[1]
	}
	if strings.HasPrefix(strings.ToLower(id), "v5.0.0-") {
		return strings.ToLower(id)
	}
	if upper := strings.ToUpper(id); strings.HasPrefix(upper, "MASVS-") || strings.HasPrefix(upper, "OSPS-") || strings.HasPrefix(upper, "PL-") {
		return upper
	}
	return id
}
