package product

import (
	"slices"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// Defaults of a release where product.yaml says nothing.
const (
	DefaultValid   = 2160 * time.Hour // ninety days
	DefaultLongest = 336 * time.Hour  // of an emergency release: two weeks
)

// longestValid bounds a permit: what stands for longer is never looked at again.
const longestValid = 5 * 366 * 24 * time.Hour

// Release says what a release must meet, who approves it, and how long it stands.
type Release struct {
	Preconditions []Precondition `yaml:"preconditions"`
	// Approvals is nil where the file says nothing, and empty where it waives them.
	Approvals []Approval `yaml:"approvals"`
	Valid     string     `yaml:"valid"`
	Emergency Emergency  `yaml:"emergency"`
	Line      string     `yaml:"line"`
}

// Precondition is one that the product adds, or has in place of a built-in one.
type Precondition struct {
	ID         string `yaml:"id"`
	Title      string `yaml:"title"`
	Expression string `yaml:"expression"` // CEL over what is known of the release
	Fix        string `yaml:"fix"`
}

// Approval is how many people of which roles must approve.
type Approval struct {
	Count int      `yaml:"count"`
	Roles []string `yaml:"roles"` // any owner where empty
}

// Emergency says whether a release may go out that does not meet everything.
type Emergency struct {
	Allowed bool     `yaml:"allowed"`
	Longest string   `yaml:"longest"`
	Roles   []string `yaml:"roles"`
}

// Needed is who must approve a release: by default one owner who has written
// nothing of it.
func (r Release) Needed() []Approval {
	if r.Approvals == nil {
		return []Approval{{Count: 1}}
	}
	return r.Approvals
}

// ValidFor is how long a permit stands.
func (r Release) ValidFor() time.Duration { return durationOr(r.Valid, DefaultValid) }

// Stands is how long an emergency release may stand at most.
func (e Emergency) Stands() time.Duration { return durationOr(e.Longest, DefaultLongest) }

func durationOr(text string, otherwise time.Duration) time.Duration {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return otherwise // Load has refused what cannot be read
	}
	return d
}

// badRelease finds what a schema cannot: durations out of bounds, ids that stand
// there twice, and approvals that the people of the product can never give.
func badRelease(f *yamlfile.File, p *Product) fault.List {
	var faults fault.List
	for _, d := range []struct{ at, text string }{
		{yamlfile.Pointer("release", "valid"), p.Release.Valid},
		{yamlfile.Pointer("release", "emergency", "longest"), p.Release.Emergency.Longest},
	} {
		if span, err := time.ParseDuration(d.text); d.text != "" && (err != nil || span <= 0 || span > longestValid) {
			faults = append(faults, f.Fault(d.at, "give hours, from 1h to 43920h", "a release cannot stand for %q", d.text))
		}
	}
	seen := map[string]bool{}
	for i, c := range p.Release.Preconditions {
		if c.ID != "" && seen[c.ID] {
			faults = append(faults, f.Fault(yamlfile.Pointer("release", "preconditions", i, "id"), "keep one of the two", "the precondition %s stands there twice", c.ID))
		}
		seen[c.ID] = true
	}
	return append(faults, tooFewPeople(f, p)...)
}

// tooFewPeople finds roles of which there are fewer people than must approve.
func tooFewPeople(f *yamlfile.File, p *Product) fault.List {
	var faults fault.List
	for i, a := range p.Release.Approvals {
		able := 0
		for _, who := range p.People() {
			if len(a.Roles) == 0 || slices.ContainsFunc(a.Roles, func(r string) bool { return slices.Contains(who.Roles, r) }) {
				able++
			}
		}
		if able < a.Count {
			faults = append(faults, f.Fault(yamlfile.Pointer("release", "approvals", i), "add people to owners, or ask for fewer",
				"%d people must approve, and owners names %d who could", a.Count, able))
		}
	}
	return faults
}
