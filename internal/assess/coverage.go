package assess

import (
	"maps"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Coverage says how the requirements of one catalogue are verified, or would be
// by a product that they all applied to.
type Coverage struct {
	Catalogue   string `json:"catalogue"`
	Title       string `json:"title"`
	Version     string `json:"version,omitempty"`
	Licence     string `json:"licence,omitempty"`
	Attribution string `json:"attribution,omitempty"`
	Count
	Levels   []LevelCount   `json:"levels,omitempty"`
	Profiles []ProfileCount `json:"profiles,omitempty"`
	Sections []SectionCount `json:"sections,omitempty"`
	Checks   []CheckCount   `json:"checks,omitempty"`
	Tasks    []TaskCount    `json:"tasks,omitempty"` // of SSDF, which has these alone
}

// Count is a number of requirements, and how many of them are verified how.
type Count struct {
	Requirements int `json:"requirements"`
	// Automation goes by the plans, Today by the checks that are there.
	Automation Split `json:"automation"`
	Today      Split `json:"today"`
	// Planned are those that rest on checks of which at least one is not there yet.
	Planned int `json:"planned"`
}

// Split parts requirements by who verifies them.
type Split struct {
	Full    int `json:"full"`    // checks alone
	Partial int `json:"partial"` // checks see a part of it
	None    int `json:"none"`    // a person, or the product's own tests
}

// LevelCount is of the requirements that first come with a level.
type LevelCount struct {
	Level int `json:"level"`
	Count
}

// ProfileCount is of the requirements in a profile; one may be in several.
type ProfileCount struct {
	Profile string `json:"profile"`
	Count
}

// SectionCount is of a chapter, a group or a wing.
type SectionCount struct {
	Section string `json:"section"`
	Count
	Levels []LevelCount `json:"levels"`
}

// CheckCount says how many requirements name a check.
type CheckCount struct {
	Check        string `json:"check"`
	There        bool   `json:"there"` // it is part of this version
	Requirements int    `json:"requirements"`
}

// TaskCount names the requirements of ours that contribute to a task.
type TaskCount struct {
	Task         string   `json:"task"`
	Requirements []string `json:"requirements"`
}

// Coverage counts the catalogue with the name, or every one of them and SSDF
// where it is empty.
func (l *Listing) Coverage(name string) ([]Coverage, error) {
	var all []Coverage
	for _, c := range l.Catalogues() {
		if name != "" && name != c.Name {
			continue
		}
		reqs, err := l.shelf.requirements(func(n string) bool { return n == c.Name })
		if err != nil {
			return nil, err
		}
		all = append(all, cover(c, reqs))
	}
	if ssdf := knowledge.SSDF(); name == "" || name == ssdf.Name {
		own, err := l.shelf.requirements(func(n string) bool { _, builtIn := knowledge.FindCatalogue(n); return !builtIn })
		if err != nil {
			return nil, err
		}
		all = append(all, coverTasks(ssdf, own))
	}
	return all, nil
}

func describe(c knowledge.Catalogue) Coverage {
	return Coverage{Catalogue: c.Name, Title: c.Title, Version: c.Version, Licence: c.Licence, Attribution: c.Attribution}
}

// cover counts reqs, which are those of c in its order.
func cover(c knowledge.Catalogue, reqs []knowledge.Requirement) Coverage {
	out := describe(c)
	there := map[string]bool{}
	for _, check := range Table(Setup{}) {
		there[check.ID] = true
	}
	levels, profiles, checks := map[int]*Count{}, map[string]*Count{}, map[string]int{}
	inSection := map[string]map[int]*Count{}
	for _, r := range reqs {
		section := SectionOf(r)
		if inSection[section] == nil {
			inSection[section] = map[int]*Count{}
			out.Sections = append(out.Sections, SectionCount{Section: section})
		}
		one := countOf(r, there)
		out.Count.add(one)
		count(levels, r.Level, one)
		count(inSection[section], r.Level, one)
		for _, p := range r.Profiles {
			count(profiles, p, one)
		}
		for _, id := range checksOf(r) {
			checks[id]++
		}
	}
	out.Levels = levelCounts(levels)
	for _, p := range slices.Sorted(maps.Keys(profiles)) {
		out.Profiles = append(out.Profiles, ProfileCount{p, *profiles[p]})
	}
	for i := range out.Sections {
		s := &out.Sections[i]
		s.Levels = levelCounts(inSection[s.Section])
		for _, l := range s.Levels {
			s.Count.add(l.Count)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(checks)) {
		out.Checks = append(out.Checks, CheckCount{id, there[id], checks[id]})
	}
	return out
}

// SectionOf is the part of its catalogue that r stands in; of ours, its wing.
func SectionOf(r knowledge.Requirement) string {
	if r.Section == "" {
		return r.Wing
	}
	return r.Section
}

// checksOf lists the checks that the plan of r names, each once.
func checksOf(r knowledge.Requirement) []string {
	var ids []string
	for _, need := range r.Plan.Checks {
		if !slices.Contains(ids, need.Check) {
			ids = append(ids, need.Check)
		}
	}
	return ids
}

// Planned lists the checks in the plan of r that are not part of this version.
func Planned(r knowledge.Requirement) []string {
	return slices.DeleteFunc(checksOf(r), func(id string) bool { _, there := FindCheck(id); return there })
}

// countOf counts one requirement. What its plan calls full is partial as long
// as one of its checks is missing, and none while all are.
func countOf(r knowledge.Requirement, there map[string]bool) Count {
	have, all := 0, checksOf(r)
	for _, id := range all {
		if there[id] {
			have++
		}
	}
	c := Count{Requirements: 1, Automation: splitOf(r.Plan.Automation), Today: splitOf("none")}
	switch {
	case have < len(all):
		c.Planned = 1
		if have > 0 {
			c.Today = splitOf("partial")
		}
	case have > 0:
		c.Today = c.Automation
	}
	return c
}

func splitOf(automation string) Split {
	switch automation {
	case "full":
		return Split{Full: 1}
	case "partial":
		return Split{Partial: 1}
	}
	return Split{None: 1}
}

func (c *Count) add(other Count) {
	c.Requirements += other.Requirements
	c.Planned += other.Planned
	c.Automation.add(other.Automation)
	c.Today.add(other.Today)
}

func (s *Split) add(other Split) {
	s.Full += other.Full
	s.Partial += other.Partial
	s.None += other.None
}

func count[K comparable](into map[K]*Count, key K, one Count) {
	if into[key] == nil {
		into[key] = &Count{}
	}
	into[key].add(one)
}

func levelCounts(by map[int]*Count) []LevelCount {
	var out []LevelCount
	for _, level := range slices.Sorted(maps.Keys(by)) {
		out = append(out, LevelCount{level, *by[level]})
	}
	return out
}

// coverTasks says which tasks of SSDF requirements contribute to. A task asks an
// organisation to work in some way; no count of requirements proves that it does.
func coverTasks(c knowledge.Catalogue, reqs []knowledge.Requirement) Coverage {
	out := describe(c)
	byTask := map[string][]knowledge.Requirement{}
	for _, r := range reqs {
		for _, id := range r.MappedTo(strings.ToUpper(c.Name)) {
			byTask[id] = append(byTask[id], r)
		}
	}
	there := map[string]bool{}
	for _, check := range Table(Setup{}) {
		there[check.ID] = true
	}
	for _, task := range knowledge.SSDFTasks() {
		t := TaskCount{Task: task, Requirements: []string{}}
		best := Count{Requirements: 1, Automation: splitOf("none"), Today: splitOf("none")}
		for _, r := range byTask[task] {
			t.Requirements = append(t.Requirements, r.ID)
			// Even a full check of a product is a part of a task.
			if one := countOf(r, there); one.Automation.None == 0 {
				best.Automation = splitOf("partial")
				if one.Today.None == 0 {
					best.Today = splitOf("partial")
				}
			}
		}
		if best.Automation.Partial > best.Today.Partial {
			best.Planned = 1
		}
		out.Count.add(best)
		out.Tasks = append(out.Tasks, t)
	}
	return out
}
