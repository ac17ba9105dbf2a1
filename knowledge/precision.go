package knowledge

import (
	"embed"
	"fmt"
	"slices"
	"sync"
	"time"
)

//go:embed precision.yaml
var precisionFile embed.FS

// Measured is how many findings of a rule somebody read on public repositories,
// and how many of them were right: a real defect, or one of real form in a test,
// shown as such.
type Measured struct {
	Rule string `yaml:"rule"`
	// Class is the class of the paths that they stand in (see finding.Class);
	// empty where it was not kept apart.
	Class string `yaml:"class"`
	Right int    `yaml:"right"`
	Wrong int    `yaml:"wrong"`
	// Blind says that the repositories had no part in making or mending the rule.
	// What is not blind counts for the mean, and never makes a rule interrupt.
	Blind bool   `yaml:"blind"`
	Where string `yaml:"where"` // the repositories
	On    string `yaml:"on"`    // YYYY-MM-DD
}

var measured = sync.OnceValues(func() ([]Measured, error) {
	all, err := readList[Measured](precisionFile, "precision.yaml", "measurements")
	if err != nil {
		return nil, fmt.Errorf("loading the campaign's figures: %w", err)
	}
	for i, m := range all {
		if fault := m.fault(); fault != "" {
			return nil, fmt.Errorf("loading the campaign's figures: entry %d (%s): %s", i+1, m.Rule, fault)
		}
	}
	return all, nil
})

// Precision returns what our own campaign measured. The slice is the caller's.
func Precision() ([]Measured, error) {
	all, err := measured()
	return slices.Clone(all), err
}

var pathClasses = []string{"", "production", "test", "example", "generated", "vendored", "documentation"}

func (m Measured) fault() string {
	_, err := time.Parse(time.DateOnly, m.On)
	switch {
	case !ruleID.MatchString(m.Rule):
		return "the rule's id is missing or wrong"
	case !slices.Contains(pathClasses, m.Class):
		return fmt.Sprintf("there is no class %q of paths", m.Class)
	case m.Right < 0 || m.Wrong < 0 || m.Right+m.Wrong == 0:
		return "nothing was counted"
	case m.Where == "":
		return "it does not say where they were read"
	case err != nil:
		return "it does not say when"
	}
	return ""
}

// Proof is what a credential's own form proves.
type Proof uint8

const (
	NoProof    Proof = iota
	FormProof        // a prefix of its issuer's and a length
	ChecksumOK       // a checksum or a structure that chance does not meet
)

// ProofOf says what the findings of a rule carry in themselves; NoProof for
// rules that are about no credential.
func ProofOf(rule string) Proof {
	i, found := slices.BinarySearchFunc(secretTable, rule, func(s Secret, id string) int {
		if s.ID < id {
			return -1
		}
		if s.ID > id {
			return 1
		}
		return 0
	})
	if !found {
		return NoProof
	}
	s := &secretTable[i]
	switch {
	case s.Generic || s.Confidence != "high":
		return NoProof
	case s.Checksum != "":
		return ChecksumOK
	case s.Form == TokenForm && s.Prefix > 0:
		return FormProof
	}
	return NoProof
}
