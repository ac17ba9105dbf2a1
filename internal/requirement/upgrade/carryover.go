package upgrade

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Schema is the JSON Schema of a file in Dir.
//
//go:embed upgrade.schema.json
var Schema []byte

// Dir is where the files of upgrades stand in a repository.
const Dir = ".plimsoll/upgrades"

// Carryover names the attestations that go on counting after an upgrade.
type Carryover struct {
	Catalogue string `yaml:"catalogue"`
	From      string `yaml:"from"`
	To        string `yaml:"to"`
	Carried   []Pair `yaml:"carried"`
}

// Pair is an old requirement and the new one that asks for the same.
type Pair struct {
	Old          string   `yaml:"old"`
	New          string   `yaml:"new"`
	Attestations []string `yaml:"attestations"` // digests
}

// Path is where the file stands.
func (c Carryover) Path() string {
	return fmt.Sprintf("%s/%s-%s-%s.yaml", Dir, c.Catalogue, c.From, c.To)
}

// Marshal is the file: the same bytes for the same content.
func (c Carryover) Marshal() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Attestations given for %s %s that count for %s too, since both versions ask\n", c.Catalogue, c.From, c.To)
	b.WriteString("# for the same. Written by `plimsoll requirements upgrade --write`.\n")
	fmt.Fprintf(&b, "catalogue: %s\nfrom: %q\nto: %q\n", c.Catalogue, c.From, c.To)
	if len(c.Carried) == 0 {
		b.WriteString("carried: []\n")
		return []byte(b.String())
	}
	b.WriteString("carried:\n")
	for _, p := range c.Carried {
		fmt.Fprintf(&b, "  - old: %s\n    new: %s\n    attestations:\n", p.Old, p.New)
		for _, digest := range p.Attestations {
			fmt.Fprintf(&b, "      - %s\n", digest)
		}
	}
	return []byte(b.String())
}

// Parse reads such a file and holds it to the mapping in the binary.
func Parse(path string, data []byte) (Carryover, fault.List) {
	var c Carryover
	f, faults := yamlfile.Open(path, data, Schema, &c)
	if len(faults) > 0 {
		return Carryover{}, faults
	}
	u, ok, err := knowledge.FindUpgrade(c.Catalogue, c.From, c.To)
	if err != nil {
		return Carryover{}, fault.List{fault.Wrap(fault.Internal, err, "", "reading the mapping of %s", c.Catalogue)}
	}
	if !ok {
		return Carryover{}, fault.List{f.Fault("/catalogue", "`plimsoll requirements upgrade --help` lists them", "there is no upgrade of %s from %s to %s", c.Catalogue, c.From, c.To)}
	}
	if faults := c.check(f, u); len(faults) > 0 {
		return Carryover{}, faults
	}
	return c, nil
}

func (c Carryover) check(f *yamlfile.File, u knowledge.Upgrade) fault.List {
	entries := map[string]knowledge.UpgradeEntry{}
	for _, e := range u.Entries {
		entries[e.Old] = e
	}
	var faults fault.List
	for i, p := range c.Carried {
		e, there := entries[p.Old]
		at := yamlfile.Pointer("carried", i, "old")
		switch {
		case !there:
			faults = append(faults, f.Fault(at, "correct the id, or remove the entry", "%s %s has no requirement %s", u.Catalogue, u.From, p.Old))
		case !e.Relation.Carries():
			faults = append(faults, f.Fault(at, "remove the entry, and verify "+strings.Join(e.New, ", ")+" again", "%s is %s in %s: its evidence does not carry over", p.Old, e.Relation, u.To))
		case !slices.Equal(e.New, []string{p.New}):
			faults = append(faults, f.Fault(yamlfile.Pointer("carried", i, "new"), "write "+e.New[0], "%s goes on as %s, and not as %s", p.Old, e.New[0], p.New))
		}
	}
	return yamlfile.Sorted(faults)
}

// Carry gives the id for which an attestation counts too, "" for none.
// Requirement is what it was given for, and digest names it.
func (c Carryover) Carry(requirement, digest string) string {
	old, ok := OldID(requirement, c.From)
	if !ok {
		return ""
	}
	for _, p := range c.Carried {
		if p.Old == old && slices.Contains(p.Attestations, digest) {
			return p.New
		}
	}
	return ""
}
