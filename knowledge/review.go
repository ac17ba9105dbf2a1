package knowledge

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
)

//go:embed review/*.yaml
var reviewFiles embed.FS

// reviewSets names sets of globs for the triggers of review items.
const reviewSets = "review/sets.yaml"

// ReviewItem is one question that a change may deserve, and what in a change
// calls for it. The items stand in review/*.yaml, one file a topic.
type ReviewItem struct {
	ID       string `yaml:"id"`       // "review.what"
	Question string `yaml:"question"` // one sentence that can be answered from the lines shown
	Why      string `yaml:"why"`
	Good     string `yaml:"good"` // what good looks like
	// Close lists what may close it: test, check, person.
	Close []string `yaml:"close"`
	// Checks are those that may close it.
	Checks   []string `yaml:"checks"`
	Maps     []string `yaml:"maps"`
	CWE      []int    `yaml:"cwe"`
	Severity string   `yaml:"severity"` // of what goes wrong where nobody asks
	Weight   int      `yaml:"weight"`   // 1 to 10: how much this question is worth before others
	// Applies is an expression over the facts; the item is not asked where it is
	// false. Where Louder is true, the item weighs more.
	Applies string `yaml:"applies"`
	Louder  string `yaml:"louder"`
	// Since is the day from which changes owe an answer, YYYY-MM-DD: a question
	// that is new asks nothing of changes that were merged before.
	Since    string          `yaml:"since"`
	Triggers []ReviewTrigger `yaml:"triggers"` // one is enough
	Examples ReviewExamples  `yaml:"examples"`
}

// ReviewTrigger says what in a change calls for a question. All of what it
// names must hold.
type ReviewTrigger struct {
	// Change is what happened: added, removed, changed, touched, newer (a first
	// number that rose), file-added, file-removed, file-touched, file-binary,
	// file-executable, finding.
	Change string `yaml:"change"`
	// Languages and Files say in which files; empty for all. A glob without a
	// slash is held against the name alone; "@x" is a set.
	Languages []string `yaml:"languages"`
	Files     []string `yaml:"files"`
	NotFiles  []string `yaml:"not_files"`
	// Class lists kinds of files: production where empty; "any" takes all.
	Class []string `yaml:"class"`
	// Match is a regular expression (RE2) on a statement without comments, with
	// single spaces and all strings in double quotes. A group called key says what
	// is the same thing on both sides, one called major its first number.
	Match  string `yaml:"match"`
	Unless string `yaml:"unless"` // the statement must not match it
	// In is code where strings are to be empty, full where they are not.
	In string `yaml:"in"`
	// Inside must match one of the lines that the statement stands in; Near one
	// of the lines around it.
	Inside    string `yaml:"inside"`
	NotInside string `yaml:"not_inside"`
	Near      string `yaml:"near"`
	NotNear   string `yaml:"not_near"`
	// Within is how many lines around it Near takes; 6 where 0.
	Within int `yaml:"within"`
	// FileHas must match the new file's text somewhere.
	FileHas string `yaml:"file_has"`
	// Min is the fewest places in the whole change; 1 where 0.
	Min int `yaml:"min"`
	// WithoutChange lists sets of files of which the change must touch none, and
	// Tree sets of which the product must have some.
	WithoutChange []string `yaml:"without_change"`
	Tree          []string `yaml:"tree"`
	// States are those of past findings, for the change "finding".
	States []string `yaml:"states"`
}

// ReviewExamples are changes that must and must not call for the question.
type ReviewExamples struct {
	Match   []ReviewExample `yaml:"match"`
	NoMatch []ReviewExample `yaml:"no_match"`
}

// ReviewExample is a small change: one file before and after, and others.
type ReviewExample struct {
	Path   string `yaml:"path"`
	From   string `yaml:"from"` // the path before, where it is another
	Before string `yaml:"before"`
	After  string `yaml:"after"`
	// Executable says that the file becomes a program.
	Executable bool                  `yaml:"executable"`
	Files      map[string]ReviewPair `yaml:"files"`
	// Tree lists further paths of the product, and Findings past findings as
	// "state path:line rule".
	Tree     []string `yaml:"tree"`
	Findings []string `yaml:"findings"`
}

// ReviewPair is a file before and after; "" where there is none.
type ReviewPair struct {
	Before string `yaml:"before"`
	After  string `yaml:"after"`
}

// ReviewItems are all items, sorted by id.
func ReviewItems() ([]ReviewItem, error) {
	items, err := reviewItems()
	return slices.Clone(items), err
}

// ReviewSets are the sets of globs that triggers name.
func ReviewSets() ([]FileSet, error) { return reviewFileSets() }

// ReviewDigest is the SHA-256 of everything that questions are made from.
func ReviewDigest() (string, error) { return reviewDigest() }

var (
	reviewItems    = sync.OnceValues(func() ([]ReviewItem, error) { return loadReview(reviewFiles) })
	reviewFileSets = sync.OnceValues(func() ([]FileSet, error) { return readList[FileSet](reviewFiles, reviewSets, "sets") })
	reviewDigest   = sync.OnceValues(digestReview)
)

func loadReview(fsys fs.FS) ([]ReviewItem, error) {
	names, err := fs.Glob(fsys, "review/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing review items: %w", err)
	}
	var all []ReviewItem
	var faults []error
	for _, name := range names {
		if name == reviewSets {
			continue
		}
		items, err := readList[ReviewItem](fsys, name, "review items")
		all, faults = append(all, items...), append(faults, err)
	}
	slices.SortStableFunc(all, func(a, b ReviewItem) int { return strings.Compare(a.ID, b.ID) })
	for i := 1; i < len(all); i++ {
		if all[i].ID == all[i-1].ID {
			faults = append(faults, fmt.Errorf("review item %s is defined twice", all[i].ID))
		}
	}
	return all, errors.Join(faults...)
}

func digestReview() (string, error) {
	names, err := fs.Glob(reviewFiles, "review/*.yaml")
	if err != nil {
		return "", fmt.Errorf("listing review items: %w", err)
	}
	h := sha256.New()
	for _, name := range names {
		data, err := reviewFiles.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("reading knowledge: %w", err)
		}
		fmt.Fprintf(h, "%s %d\n", name, len(data))
		h.Write(data)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}
