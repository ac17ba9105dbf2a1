package seed

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// mostKinds is how many kinds of files of a class are planted in, the commonest.
const mostKinds = 4

// place stands for all files of one kind in one class of paths.
type place struct {
	class finding.Class
	kind  string // the ending of the names
	path  string // of one of them
}

// texts are the kinds of files that hold text for people or programs.
var texts = strings.Fields(`.go .py .rb .js .ts .jsx .tsx .mjs .cjs .java .kt .scala .cs .php .c .h .cpp .rs .swift .ex .exs .lua .pl .sh .bash .ps1
	.yml .yaml .json .xml .html .htm .env .properties .ini .cfg .conf .config .toml .tf .tfvars .sql .md .rst .txt .adoc .gradle .plist .map .lock .ipynb`)

// placesOf are the places that a repository has. Which file stands for its kind
// depends on the names alone and hardly ever moves.
func placesOf(files []repo.File) []place {
	type group struct {
		place
		files int
		least [sha256.Size]byte
	}
	groups := map[place]*group{}
	for _, f := range files {
		if f.Mode != repo.Regular && f.Mode != repo.Executable || strings.HasPrefix(f.Path, ".plimsoll/") || !slices.Contains(texts, kindOf(f.Path)) {
			continue
		}
		key := place{class: finding.ClassOf(f.Path), kind: kindOf(f.Path)}
		sum := sha256.Sum256([]byte(f.Path))
		g := groups[key]
		if g == nil {
			g = &group{place: key}
			groups[key] = g
		}
		if g.files++; g.path == "" || slices.Compare(sum[:], g.least[:]) < 0 {
			g.path, g.least = f.Path, sum
		}
	}
	var all []*group
	for _, g := range groups {
		all = append(all, g)
	}
	slices.SortFunc(all, func(a, b *group) int {
		return cmp.Or(cmp.Compare(a.class, b.class), cmp.Compare(b.files, a.files), cmp.Compare(a.kind, b.kind))
	})
	var places []place
	n := map[finding.Class]int{}
	for _, g := range all {
		if n[g.class]++; n[g.class] <= mostKinds {
			places = append(places, g.place)
		}
	}
	return places
}
