package knowledge

import (
	"bufio"
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed upgrades
var upgradeFiles embed.FS

// Upgrade says what became of each requirement of a catalogue's version in a
// later one. It holds ids and relations; no text of either version.
type Upgrade struct {
	Catalogue string // "asvs"
	From, To  string // versions
	Entries   []UpgradeEntry
	New       []string // ids of To that come from nothing in From, in the file's order
}

// UpgradeEntry is one requirement of the old version.
type UpgradeEntry struct {
	Old      string // id
	Relation Relation
	New      []string // ids that go on with it
	Because  string   // why it was deleted; empty for the other relations
}

// Relation says how an old requirement and the new ones are related.
type Relation string

const (
	Unchanged Relation = "unchanged" // at most moved
	Grammar   Relation = "grammar"   // says the same in other words
	Modified  Relation = "modified"
	Split     Relation = "split"
	Merged    Relation = "merged"   // deleted; another one says it too now
	Covered   Relation = "covered"  // deleted; others cover it
	Replaced  Relation = "replaced" // deleted; another one takes its place
	Deleted   Relation = "deleted"  // nothing goes on with it
)

// relations lists them all.
var relations = []Relation{Unchanged, Grammar, Modified, Split, Merged, Covered, Replaced, Deleted}

// Carries tells whether evidence for the old requirement is evidence for the
// new one: only where both ask for the same.
func (r Relation) Carries() bool { return r == Unchanged || r == Grammar }

// Gone tells whether the publisher calls the old requirement deleted.
func (r Relation) Gone() bool {
	return slices.Contains([]Relation{Merged, Covered, Replaced, Deleted}, r)
}

// upgrades are read once, when somebody asks.
var upgrades = sync.OnceValues(func() ([]Upgrade, error) {
	files, err := fs.Glob(upgradeFiles, "upgrades/*.tsv")
	if err != nil {
		return nil, fmt.Errorf("listing the upgrades: %w", err)
	}
	slices.Sort(files)
	var all []Upgrade
	for _, file := range files {
		u, err := readUpgrade(file)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", file, err)
		}
		all = append(all, u)
	}
	return all, nil
})

// Upgrades lists what upgrades there are, sorted by catalogue and versions.
func Upgrades() ([]Upgrade, error) {
	all, err := upgrades()
	return slices.Clone(all), err
}

// FindUpgrade returns the upgrade of a catalogue between two versions.
func FindUpgrade(catalogue, from, to string) (Upgrade, bool, error) {
	all, err := upgrades()
	for _, u := range all {
		if u.Catalogue == catalogue && u.From == from && u.To == to {
			return u, true, nil
		}
	}
	return Upgrade{}, false, err
}

// readUpgrade reads a file named CATALOGUE-FROM-TO.tsv.
func readUpgrade(file string) (Upgrade, error) {
	name := strings.TrimSuffix(strings.TrimPrefix(file, "upgrades/"), ".tsv")
	parts := strings.Split(name, "-")
	if len(parts) != 3 {
		return Upgrade{}, fmt.Errorf("the name %q is not CATALOGUE-FROM-TO", name)
	}
	u := Upgrade{Catalogue: parts[0], From: parts[1], To: parts[2]}
	data, err := upgradeFiles.ReadFile(file)
	if err != nil {
		return Upgrade{}, err
	}
	lines := bufio.NewScanner(strings.NewReader(string(data)))
	for n := 1; lines.Scan(); n++ {
		if line := lines.Text(); line != "" && !strings.HasPrefix(line, "#") {
			if err := u.read(line); err != nil {
				return Upgrade{}, fmt.Errorf("line %d: %w", n, err)
			}
		}
	}
	return u, lines.Err()
}

// read takes one line: old id, relation, new ids, reason.
func (u *Upgrade) read(line string) error {
	cells := strings.Split(line, "\t")
	if len(cells) < 3 {
		return fmt.Errorf("%d columns, expected 3 or 4", len(cells))
	}
	var to []string
	if cells[2] != "-" {
		for id := range strings.FieldsSeq(cells[2]) {
			to = append(to, "v"+u.To+"-"+id)
		}
	}
	if cells[1] == "new" {
		u.New = append(u.New, to...)
		return nil
	}
	e := UpgradeEntry{Old: "v" + u.From + "-" + cells[0], Relation: Relation(cells[1]), New: to}
	if len(cells) > 3 {
		e.Because = cells[3]
	}
	if !slices.Contains(relations, e.Relation) {
		return fmt.Errorf("there is no relation %q", cells[1])
	}
	u.Entries = append(u.Entries, e)
	return nil
}
