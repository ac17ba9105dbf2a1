package codeowners

import (
	"errors"
	"slices"
	"strings"
)

// index finds the paths that a pattern may match without trying all of them:
// by a segment that the pattern has in full, or by the end of its last one.
type index struct {
	paths   [][]string // segments of each path
	segment map[string][]int
	ending  map[string][]int // by what follows a segment's last full stop
	tries   int              // matches tried so far
}

// maxTries bounds the work on a hostile file: ten times that of
// 10,000 paths and 500 rules with nothing but wildcards.
const maxTries = 50_000_000

// errTooMuch is returned where a file has too many rules for so many paths.
var errTooMuch = errors.New("too many rules for so many paths")

func newIndex(paths []string) *index {
	ix := &index{paths: make([][]string, len(paths)), segment: map[string][]int{}, ending: map[string][]int{}}
	put := func(m map[string][]int, key string, i int) {
		if list := m[key]; len(list) == 0 || list[len(list)-1] != i {
			m[key] = append(list, i)
		}
	}
	for i, p := range paths {
		ix.paths[i] = strings.Split(p, "/")
		for _, s := range ix.paths[i] {
			put(ix.segment, s, i)
			if dot := strings.LastIndexByte(s, '.'); dot >= 0 {
				put(ix.ending, s[dot:], i)
			}
		}
	}
	return ix
}

// matches returns the indexes of the paths that p matches.
func (ix *index) matches(p pattern) []int {
	var found []int
	candidates, narrowed := ix.candidates(p)
	if !narrowed {
		ix.tries += len(ix.paths)
		for i, path := range ix.paths {
			if p.match(path) {
				found = append(found, i)
			}
		}
		return found
	}
	ix.tries += len(candidates)
	for _, i := range candidates {
		if p.match(ix.paths[i]) {
			found = append(found, i)
		}
	}
	return found
}

// candidates is the shortest list that holds every match of p.
func (ix *index) candidates(p pattern) (best []int, narrowed bool) {
	keep := func(list []int) {
		if !narrowed || len(list) < len(best) {
			best, narrowed = list, true
		}
	}
	for _, s := range p.segments {
		if s.any || p.all {
			continue
		}
		if s.plain {
			keep(ix.segment[s.text])
		} else if dot := strings.LastIndexByte(s.text, '.'); dot >= 0 && !strings.ContainsAny(s.text[dot:], `*?[]\`) {
			keep(ix.ending[s.text[dot:]])
		}
	}
	return best, narrowed
}

// Cover says which paths have an owner.
type Cover struct {
	Paths     int
	Uncovered []string // sorted
	// Disowned counts those of Uncovered that a line without owners took away.
	Disowned int
	Dead     []Rule // that match no path, by line
}

// Cover applies the file to paths, which must be sorted. In each section the
// last rule that matches a path counts, also where it names nobody; a path is
// covered where any section gives it an owner. It fails where the work would be
// out of all proportion.
func (f File) Cover(paths []string) (Cover, error) {
	ix := newIndex(paths)
	c := Cover{Paths: len(paths)}
	owned := make([]map[int]bool, len(paths)) // by section, only where there are several
	first := make([]int8, len(paths))         // of the first section: 0 untouched, 1 owned, 2 disowned
	for _, r := range f.Rules {
		if ix.tries > maxTries {
			return c, errTooMuch
		}
		found := ix.matches(compile(r.Pattern, f.Dialect))
		if len(found) == 0 {
			c.Dead = append(c.Dead, r)
		}
		for _, i := range found {
			if r.Section == 0 {
				first[i] = state(r)
				continue
			}
			if owned[i] == nil {
				owned[i] = map[int]bool{}
			}
			owned[i][r.Section] = state(r) == 1
		}
	}
	for i, p := range paths {
		covered := first[i] == 1
		for _, yes := range owned[i] {
			covered = covered || yes
		}
		if covered {
			continue
		}
		c.Uncovered = append(c.Uncovered, p)
		if first[i] == 2 || len(owned[i]) > 0 {
			c.Disowned++
		}
	}
	return c, nil
}

func state(r Rule) int8 {
	if r.Exclude || len(r.Owners) == 0 {
		return 2
	}
	return 1
}

// Folder is a folder and how many paths in it have no owner.
type Folder struct {
	Path  string
	Count int
}

// Folders sums the uncovered paths up by their first two folders, most first.
func (c Cover) Folders() []Folder {
	counts := map[string]int{}
	for _, p := range c.Uncovered {
		parts := strings.Split(p, "/")
		counts[strings.Join(parts[:min(2, len(parts)-1)], "/")]++
	}
	var folders []Folder
	for path, n := range counts {
		folders = append(folders, Folder{path, n})
	}
	slices.SortFunc(folders, func(a, b Folder) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Path, b.Path)
	})
	return folders
}
