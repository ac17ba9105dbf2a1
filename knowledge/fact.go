package knowledge

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
)

//go:embed facts/*.yaml
var factFiles embed.FS

// FactRule says what in a product's files makes a fact. The rules stand in
// facts/*.yaml, one file a topic, each a list.
type FactRule struct {
	ID         string `yaml:"id"` // "topic.what"
	Fact       string `yaml:"fact"`
	Value      string `yaml:"value"`
	Confidence string `yaml:"confidence"` // high | medium | low
	Because    string `yaml:"because"`    // what was seen, a few words; a dependency's name is put before it
	// When holds alternatives: one is enough.
	When FactCondition `yaml:"when"`
	// Unless holds what speaks against it: one is enough to drop the rule.
	Unless FactCondition `yaml:"unless"`
	// Needs are facts ("kind=web") of which one must be inferred already.
	Needs []string `yaml:"needs"`
	// Dev lets dependencies for development count: bundlers and desktop shells
	// are asked for so and ship all the same.
	Dev bool `yaml:"dev"`
	// Anywhere lets files under tests, examples, documents and vendored folders
	// count too. What a product is, is decided without them.
	Anywhere bool `yaml:"anywhere"`
	// Depth, where not 0, is how many folders deep the file may lie: 1 takes
	// the root alone, 2 also the folders in it.
	Depth    int      `yaml:"depth"`
	Examples Examples `yaml:"examples"`
}

// FactCondition is a set of alternatives.
type FactCondition struct {
	// Files are globs. One without a slash is matched with the name of the file
	// in any folder, another with the whole path; "**" takes any folders.
	Files []string `yaml:"files"`
	// Depends are package names by ecosystem; a name may end with "*".
	Depends map[string][]string `yaml:"depends"`
	// Traits are what a manifest says of its package, by ecosystem.
	Traits map[string][]string `yaml:"traits"`
	Text   []FactText          `yaml:"text"`
}

// FactText says what the text of certain files must hold: a match of a regular
// expression, or the declaration of a field.
type FactText struct {
	Files []string `yaml:"files"` // globs, or "@name" of a FileSet
	Match string   `yaml:"match"` // RE2; ^ and $ stand for the ends of a line
	// Fields are names of fields, in snake case; the text may write them in
	// another case, and with the name of their owner before them.
	Fields []string `yaml:"fields"`
}

// FactName documents one fact and the values that it may have.
type FactName struct {
	Name   string `yaml:"name"`
	Title  string `yaml:"title"`
	Doc    string `yaml:"doc"`
	Single bool   `yaml:"single"` // one value; the first of Values that applies wins
	// Pattern is a regular expression for values of a fact that names things
	// of the product itself, where Values is empty.
	Pattern string      `yaml:"pattern"`
	Values  []FactValue `yaml:"values"`
}

// FactValue documents one value of a fact.
type FactValue struct {
	Value string `yaml:"value"`
	Doc   string `yaml:"doc"`
}

// Language is a language that files are written in, known by their names.
type Language struct {
	Value      string   `yaml:"value"`
	Title      string   `yaml:"title"`
	Extensions []string `yaml:"extensions"` // with the dot, lower case
	Files      []string `yaml:"files"`      // whole names
}

// FileSet is a named set of globs, so that many rules can name it as "@name".
type FileSet struct {
	Name  string   `yaml:"name"`
	Doc   string   `yaml:"doc"`
	Files []string `yaml:"files"`
}

const (
	setsFile       = "facts/sets.yaml"
	vocabularyFile = "facts/vocabulary.yaml"
	languagesFile  = "facts/languages.yaml"
)

//go:generate go run ./genfacts -o fact_table.go

// FactRules are all rules in the order of files and of their lines, without their
// examples. The slice is shared: do not write to it.
func FactRules() []FactRule { return factRules() }

// FactNames is the vocabulary of facts, in the order in which they are shown.
func FactNames() ([]FactName, error) { return factNames() }

// Languages are all languages that are told apart.
func Languages() ([]Language, error) { return languages() }

// FileSets are the sets of globs that rules name.
func FileSets() ([]FileSet, error) { return fileSets() }

// FactsDigest is the SHA-256 of everything that inference goes by.
func FactsDigest() (string, error) { return factsDigest() }

var (
	factRules   = sync.OnceValue(factTable)
	factNames   = sync.OnceValues(func() ([]FactName, error) { return readList[FactName](factFiles, vocabularyFile, "names") })
	languages   = sync.OnceValues(func() ([]Language, error) { return readList[Language](factFiles, languagesFile, "languages") })
	fileSets    = sync.OnceValues(func() ([]FileSet, error) { return readList[FileSet](factFiles, setsFile, "sets") })
	factsDigest = sync.OnceValues(digestFacts)
)

// ReadFactRules reads facts/*.yaml of fsys, examples included.
func ReadFactRules(fsys fs.FS) ([]FactRule, error) {
	names, err := fs.Glob(fsys, "facts/*.yaml")
	if err != nil {
		return nil, fmt.Errorf("listing fact rules: %w", err)
	}
	parts := make([][]FactRule, len(names))
	errs := make([]error, len(names))
	var reading sync.WaitGroup
	for i, name := range names {
		if name != vocabularyFile && name != languagesFile && name != setsFile {
			reading.Go(func() { parts[i], errs[i] = readFactRules(fsys, name) })
		}
	}
	reading.Wait()
	return slices.Concat(parts...), errors.Join(errs...)
}

// readFactRules reads the rules of one topic, which their ids begin with.
func readFactRules(fsys fs.FS, name string) ([]FactRule, error) {
	rules, err := readList[FactRule](fsys, name, "rules")
	if err != nil {
		return nil, err
	}
	topic := strings.TrimSuffix(path.Base(name), ".yaml")
	for _, r := range rules {
		if !strings.HasPrefix(r.ID, topic+".") {
			return nil, fmt.Errorf("reading knowledge/%s: rule %q is not of the topic %q", name, r.ID, topic)
		}
	}
	return rules, nil
}

func digestFacts() (string, error) {
	names, err := fs.Glob(factFiles, "facts/*.yaml")
	if err != nil {
		return "", fmt.Errorf("listing fact rules: %w", err)
	}
	h := sha256.New()
	for _, name := range names {
		data, err := factFiles.ReadFile(name)
		if err != nil {
			return "", fmt.Errorf("reading knowledge: %w", err)
		}
		fmt.Fprintf(h, "%s %d\n", name, len(data))
		h.Write(data)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}
