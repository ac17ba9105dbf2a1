// Package userrules reads the rule files that a user names, in the form that
// gitleaks has made common.
//
// Many organisations have such a file, with the kinds of credential that only
// they know. It stands in the repository and may come with a pull request, so
// it is data from strangers: bounded, read to its end, and every mistake in it
// told at once with its line and column. Expressions are RE2, which no text can
// make slow. What cannot be honoured is a mistake or a note, never ignored.
package userrules

import (
	"crypto/sha256"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Limits of a rule file.
const (
	MaxSize  = 1 << 20 // bytes
	MaxRules = 2000

	maxRegex = 16 << 10
)

// File is one rule file.
type File struct {
	Path  string
	Rules []*Rule
	Notes []string // what it asks for that is done otherwise
}

// Rule is one kind of credential.
type Rule struct {
	ID          string
	Description string
	Regex       *regexp.Regexp // nil for a rule about paths alone
	Group       int            // of the secret; 0 for the first that is not empty
	Entropy     float64        // what the secret's must exceed; 0 for any
	Path        *regexp.Regexp // nil for every path
	Keywords    []string       // in lower case; one must stand near
	Allow       []*Allow       // its own, and those of the whole file
	Source      string         // the rule file
	Revision    int            // moves when anything above does
}

// Allow says what is no finding after all.
type Allow struct {
	All       bool // all conditions that it has, not any one
	Paths     []*regexp.Regexp
	Regexes   []*regexp.Regexp
	Target    string // of the regexes: "secret", "match" or "line"
	StopWords []string
}

// Read reads a rule file called path. Taken tells which ids are ours. With any
// fault the file is nil, and the list holds all faults, sorted by place.
func Read(path string, data []byte, taken func(id string) bool) (*File, fault.List) {
	r := &reader{file: &File{Path: path}, source: newSource(path, data), taken: taken, seen: map[string]bool{}}
	if len(data) > MaxSize {
		r.faultAt(pos{}, "split it, and name both files", "the file is %d bytes long; at most %d are read", len(data), MaxSize)
		return nil, r.faults
	}
	root, ok := r.parse(data)
	if !ok {
		return nil, r.sorted()
	}
	r.root(root)
	if len(r.faults) > 0 {
		return nil, r.sorted()
	}
	for _, rule := range r.file.Rules {
		rule.Allow = append(rule.Allow, r.global...)
		rule.Allow = append(rule.Allow, r.targeted[rule.ID]...)
		rule.Revision = rule.revision()
	}
	return r.file, nil
}

// revision is a number from all that the rule says.
func (r *Rule) revision() int {
	list := func(of []*regexp.Regexp) []string {
		texts := make([]string, len(of))
		for i, re := range of {
			texts[i] = re.String()
		}
		return texts
	}
	said := []any{r.ID, r.Group, r.Entropy, r.Keywords, text(r.Regex), text(r.Path)}
	for _, a := range r.Allow {
		said = append(said, []any{a.All, list(a.Paths), list(a.Regexes), a.Target, a.StopWords})
	}
	data, err := json.Marshal(said)
	if err != nil {
		panic(err) // strings and numbers alone; an entropy is finite
	}
	sum := sha256.Sum256(data)
	return int(sum[0])<<16 | int(sum[1])<<8 | int(sum[2]) | 1<<24
}

func text(re *regexp.Regexp) string {
	if re == nil {
		return ""
	}
	return re.String()
}

// AllowsPath says whether nothing under path is a finding.
func (a *Allow) AllowsPath(path string) bool {
	if a.All && len(a.Regexes)+len(a.StopWords) > 0 {
		return false // the secret counts as well
	}
	return a.InPath(path)
}

// InPath says whether the path is one of the allowed.
func (a *Allow) InPath(path string) bool { return anyMatch(a.Paths, []byte(path)) }

// AllowsSecret says whether a secret is no finding: under any path, or else, if
// InPath, where the path is allowed too.
func (a *Allow) AllowsSecret(secret, match, line []byte) (allowed, ifInPath bool) {
	target := map[string][]byte{"secret": secret, "match": match, "line": line}[a.Target]
	byRegex, byWord := anyMatch(a.Regexes, target), a.hasStopWord(secret)
	if !a.All {
		return byRegex || byWord, false
	}
	if len(a.Regexes) > 0 && !byRegex || len(a.StopWords) > 0 && !byWord || len(a.Regexes)+len(a.StopWords) == 0 {
		return false, false
	}
	return len(a.Paths) == 0, len(a.Paths) > 0
}

func (a *Allow) hasStopWord(secret []byte) bool {
	lower := strings.ToLower(string(secret))
	for _, word := range a.StopWords {
		if strings.Contains(lower, word) {
			return true
		}
	}
	return false
}

func anyMatch(list []*regexp.Regexp, b []byte) bool {
	for _, re := range list {
		if re.Match(b) {
			return true
		}
	}
	return false
}
