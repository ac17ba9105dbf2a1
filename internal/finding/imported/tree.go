package imported

import (
	"cmp"
	"path"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// Tree knows the paths of the product, so that paths in results, which were
// made on another machine, can be laid on them.
type Tree struct {
	files map[string]bool
	ends  map[string][]string // by base name
}

// NewTree knows the regular files among files.
func NewTree(files []repo.File) *Tree {
	t := &Tree{files: make(map[string]bool, len(files)), ends: map[string][]string{}}
	for _, f := range files {
		if f.Mode != repo.Regular && f.Mode != repo.Executable {
			continue
		}
		t.files[f.Path] = true
		base := path.Base(f.Path)
		t.ends[base] = append(t.ends[base], f.Path)
	}
	return t
}

// Relative lays a path that is relative to an unknown folder on the tree: the
// root if there is such a file, else the one file whose path ends so. A path
// that fits nowhere stays: the file may be gone since.
func (t *Tree) Relative(name string) string {
	if t.files[name] {
		return name
	}
	match := ""
	for _, candidate := range t.ends[path.Base(name)] {
		if !strings.HasSuffix(candidate, "/"+name) {
			continue
		}
		if match != "" {
			return name // two fit: no guess
		}
		match = candidate
	}
	return cmp.Or(match, name)
}

// Root finds the folder, on the machine that made the results, that most of the
// absolute paths have in front of a path of the tree; "" where there is none.
// One path may fit by chance, "/usr/lib/x/src/index.js" for instance, so the
// many decide.
func (t *Tree) Root(absolute []string) string {
	votes := map[string]int{}
	for _, name := range absolute {
		for rest := name; ; {
			_, below, ok := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
			if !ok {
				break
			}
			rest = "/" + below
			if t.files[below] {
				votes[strings.TrimSuffix(name, below)]++
			}
		}
	}
	best := ""
	for folder, n := range votes {
		if c := cmp.Compare(n, votes[best]); best == "" || c > 0 || c == 0 && (len(folder) < len(best) || len(folder) == len(best) && folder < best) {
			best = folder
		}
	}
	return best
}

// Has says whether the product has a file at a path.
func (t *Tree) Has(name string) bool { return t.files[name] }
