// Package mapping reads .plimsoll/tests.yaml, which says which tests verify
// which requirement, for tests that do not carry the requirement's id
// themselves; and it proposes such a mapping.
package mapping

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Path is where the mapping stands in a repository.
const Path = ".plimsoll/tests.yaml"

// Schema is the JSON Schema of the file.
//
//go:embed tests.schema.json
var Schema []byte

// Entry maps tests to one requirement.
type Entry struct {
	Requirement string   `yaml:"requirement"` // as NormalID writes it
	Tests       []string `yaml:"tests"`       // names or globs
	Why         string   `yaml:"why"`
	Line        int      `yaml:"-"` // where the requirement stands
}

// maxGlobs bounds the patterns with wildcards of a file: each is held against
// every test.
const maxGlobs = 2000

// Parse reads a mapping, named path in faults. Its error is a fault.List with
// everything that is wrong with the file.
func Parse(path string, data []byte) ([]Entry, error) {
	var entries []Entry
	f, faults := yamlfile.Open(path, data, Schema, &entries)
	if len(faults) > 0 {
		return nil, faults
	}
	globs := 0
	mapped := map[string]string{} // requirement and test → where it stands
	for i := range entries {
		e := &entries[i]
		e.Requirement, e.Line = knowledge.NormalID(e.Requirement), f.Place(yamlfile.Pointer(i, "requirement")).Line
		for k, pattern := range e.Tests {
			at := yamlfile.Pointer(i, "tests", k)
			key := e.Requirement + "\x00" + pattern
			if first, twice := mapped[key]; twice {
				faults = append(faults, f.Fault(at, "remove one of the two", "%s is mapped to %s already, in line %s", pattern, e.Requirement, first))
			}
			mapped[key] = fmt.Sprint(f.Place(at).Line)
			if wild(pattern) {
				globs++
			}
			if strings.Trim(pattern, "*?/.: ") == "" {
				faults = append(faults, f.Fault(at, "name the tests more closely", "%q takes every test, so it says nothing of any", pattern))
			}
		}
	}
	if globs > maxGlobs {
		faults = append(faults, fault.At(fault.Config, fault.Place{Path: path}, "write the names out, or let the tests carry the ids",
			"%d globs; at most %d are read", globs, maxGlobs))
	}
	if len(faults) > 0 {
		return nil, yamlfile.Sorted(faults)
	}
	return entries, nil
}

func wild(pattern string) bool { return strings.ContainsAny(pattern, "*?") }

// Name is what is known of a test's name: what it stands in (a class, a package,
// a file, the title of a group), outermost first, and its own.
type Name struct {
	Suite, Class, Name string
}

// forms are the ways in which people write the name of a test in full.
func (n Name) forms() []string {
	out := []string{n.Name}
	for _, in := range []string{n.Class, n.Suite} {
		if in == "" || in == n.Name {
			continue
		}
		for _, separator := range []string{".", "/", "::", " > ", " "} {
			out = append(out, in+separator+n.Name)
		}
		if strings.HasPrefix(n.Name, in) { // the class is in the name already
			break
		}
	}
	return out
}

// Matcher answers for many patterns at once which of them take a test. Most
// patterns are told by their words, so that only few are ever compared.
type Matcher struct {
	exact map[string][]pattern // those without wildcards, by their last word
	globs []pattern
}

type pattern struct {
	text  string
	words []string // that every name it takes holds
	id    int
}

// NewMatcher makes an empty matcher.
func NewMatcher() *Matcher { return &Matcher{exact: map[string][]pattern{}} }

// Add enters a pattern under a number.
func (m *Matcher) Add(text string, id int) {
	p := pattern{text: text, id: id}
	if !wild(text) {
		last := lastWord(text)
		m.exact[last] = append(m.exact[last], p)
		return
	}
	p.words = strings.FieldsFunc(text, func(r rune) bool { return r == '*' || r == '?' || r < utf8.RuneSelf && separates(byte(r)) })
	m.globs = append(m.globs, p)
}

// separates tells the bytes of what stands between the parts of a full name.
func separates(c byte) bool { return strings.IndexByte(" ./:>", c) >= 0 }

// lastWord is the end of a full name, which is that of the test's own name.
func lastWord(s string) string {
	end := len(s)
	for end > 0 && separates(s[end-1]) {
		end--
	}
	start := end
	for start > 0 && !separates(s[start-1]) {
		start--
	}
	return s[start:end]
}

// Match calls fn with the number of every pattern that takes the test, each
// once. A pattern may leave out the front of what the test stands in, up to a
// slash or a dot: "auth/*Login*" takes TestLogin in example.org/shop/auth.
func (m *Matcher) Match(n Name, fn func(id int)) {
	likely := m.likely(n)
	if len(likely) == 0 {
		return
	}
	forms := n.forms()
	for _, p := range likely {
		if slices.ContainsFunc(forms, func(form string) bool { return p.takes(form, len(form)-len(n.Name)) }) {
			fn(p.id)
		}
	}
}

// likely are the patterns whose words the name holds.
func (m *Matcher) likely(n Name) []pattern {
	out := slices.Clone(m.exact[lastWord(n.Name)])
	if len(m.globs) == 0 {
		return out
	}
	whole := n.Suite + "\x00" + n.Class + "\x00" + n.Name
	for _, g := range m.globs {
		if !slices.ContainsFunc(g.words, func(w string) bool { return !strings.Contains(whole, w) }) {
			out = append(out, g)
		}
	}
	return out
}

// mostTails bounds at how many places a pattern may begin.
const mostTails = 32

// tails are form and what follows each separator in its first front bytes.
func tails(form string, front int) []string {
	out := []string{form}
	for i := 0; i < front && len(out) < mostTails; i++ {
		if form[i] == '/' || form[i] == '.' || form[i] == ':' || form[i] == ' ' {
			out = append(out, form[i+1:])
		}
	}
	return out
}

func (p pattern) takes(form string, front int) bool {
	for _, tail := range tails(form, front) {
		if Match(p.text, tail) {
			return true
		}
	}
	return false
}

// Match tells whether the whole of s is of the pattern: "*" stands for any run
// of characters, "?" for one byte. It takes time in proportion to both lengths.
func Match(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0: // let the last star take one more
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
