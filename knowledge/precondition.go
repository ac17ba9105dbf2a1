package knowledge

import (
	"embed"
	"fmt"
	"sync"
)

//go:embed release/preconditions.yaml
var releaseFiles embed.FS

// Precondition is something that a release must meet.
type Precondition struct {
	ID         string `yaml:"id"`
	Title      string `yaml:"title"`
	Why        string `yaml:"why"`
	Fix        string `yaml:"fix"`
	Expression string `yaml:"expression"` // CEL; package checklist has the names
	// Emergency says that an emergency release may leave it unmet.
	Emergency bool                 `yaml:"emergency"`
	Examples  PreconditionExamples `yaml:"examples"`
}

// PreconditionExamples are differences from a release that meets everything.
type PreconditionExamples struct {
	Met    []map[string]any `yaml:"met"`
	NotMet []map[string]any `yaml:"not_met"`
}

var preconditions = sync.OnceValues(func() ([]Precondition, error) {
	all, err := readList[Precondition](releaseFiles, "release/preconditions.yaml", "preconditions")
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	for i, p := range all {
		switch {
		case p.ID == "" || p.Title == "" || p.Why == "" || p.Fix == "" || p.Expression == "":
			return nil, fmt.Errorf("release/preconditions.yaml: entry %d (%s) lacks a field", i+1, p.ID)
		case len(p.Examples.Met) == 0 || len(p.Examples.NotMet) == 0:
			return nil, fmt.Errorf("release/preconditions.yaml: %s has no examples of both kinds", p.ID)
		case seen[p.ID]:
			return nil, fmt.Errorf("release/preconditions.yaml: %s stands there twice", p.ID)
		}
		seen[p.ID] = true
	}
	return all, nil
})

// Preconditions lists those that hold where the product has none of its own
// under the same id.
func Preconditions() ([]Precondition, error) { return preconditions() }
