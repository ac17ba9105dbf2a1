// Package testnames finds the tests that stand in source code, by their names,
// without running anything.
//
// What the results do not mention did not run; to say so, somebody must know
// what there is. And who maps tests to requirements wants the names before him.
// The readers know how tests are written in each language and nothing else of
// it: they look for the few words that begin a test, at the start of a line, and
// pass over what they do not understand.
package testnames

import (
	"cmp"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/plimsoll-dev/plimsoll/internal/testing/carried"
)

// Bounds of one file.
const (
	MaxFile     = 1 << 20 // bytes that are read
	maxTests    = 5000
	longestName = 300 // bytes
)

// Test is one test as it stands in the source.
type Test struct {
	Name string // of the function, or the title; subtests of Go as go test writes them
	In   string // class, or titles of the groups around it, outermost first; "" for none
	Line int    // from 1
	// Tags are ids of requirements in its tags, attributes or markers.
	Tags []string
	// Dynamic says that only a part of the name stands in the source.
	Dynamic bool
}

// IDs are the requirements that the test carries: in its name, in what it stands
// in, and in its tags.
func (t Test) IDs() []string {
	ids := slices.Concat(carried.InName(t.Name), carried.InName(t.In), t.Tags)
	slices.Sort(ids)
	return slices.Compact(ids)
}

// language is how tests are written in a language.
type language struct {
	// holds says by a file's base name and path, both in lower case, whether it
	// may have tests in it.
	holds func(base, path string) bool
	scan  func(text string) []Test
}

// languages maps the end of a file's name to the language.
func languages(ext string) (language, bool) {
	switch ext {
	case ".go":
		return language{func(base, _ string) bool { return strings.HasSuffix(base, "_test.go") }, scanGo}, true
	case ".js", ".jsx", ".ts", ".tsx", ".mjs", ".cjs", ".mts", ".cts":
		return language{isScriptTest, scanScript}, true
	case ".py":
		return language{func(base, p string) bool {
			return strings.HasPrefix(base, "test") || strings.HasSuffix(base, "_test.py") || strings.HasSuffix(base, "tests.py")
		}, scanPython}, true
	case ".rb":
		return language{func(base, _ string) bool {
			return strings.HasSuffix(base, "_spec.rb") || strings.HasSuffix(base, "_test.rb") || strings.HasPrefix(base, "test_")
		}, scanRuby}, true
	case ".java", ".kt", ".groovy", ".scala":
		return language{inTestFolder, scanJVM}, true
	case ".cs":
		return language{inTestFolder, scanCSharp}, true
	case ".php":
		return language{inTestFolder, scanPHP}, true
	case ".rs": // tests stand beside what they test
		return language{func(string, string) bool { return true }, scanRust}, true
	}
	return language{}, false
}

func isScriptTest(base, p string) bool {
	return strings.Contains(base, ".test.") || strings.Contains(base, ".spec.") || strings.Contains(base, "-test.") || strings.Contains(base, "_test.") ||
		strings.Contains(base, ".cy.") || strings.Contains(base, "spec.") || inTestFolder(base, p)
}

// inTestFolder knows the folders and names under which most tests stand.
func inTestFolder(base, p string) bool {
	if strings.Contains(base, "test") || strings.Contains(base, "spec") {
		return true
	}
	return slices.ContainsFunc(strings.Split(path.Dir(p), "/"), func(folder string) bool {
		return slices.Contains([]string{"test", "tests", "__tests__", "spec", "specs", "e2e", "cypress", "it"}, folder)
	})
}

// Candidate says whether a file's path allows that there are tests in it.
func Candidate(name string) bool {
	lower := strings.ToLower(name)
	l, ok := languages(path.Ext(lower))
	return ok && l.holds(path.Base(lower), lower)
}

// Scan returns the tests in a file, in the order in which they stand. The path
// decides about the language. Data over MaxFile is not looked at to its end.
func Scan(name string, data []byte) []Test {
	l, ok := languages(path.Ext(strings.ToLower(name)))
	if !ok {
		return nil
	}
	text := strings.ToValidUTF8(string(data[:min(len(data), MaxFile)]), "")
	tests := l.scan(text)
	slices.SortStableFunc(tests, func(a, b Test) int { return cmp.Compare(a.Line, b.Line) })
	tests = tests[:min(len(tests), maxTests)]
	for i := range tests {
		tests[i].Name, tests[i].In = short(tests[i].Name), short(tests[i].In)
	}
	return slices.DeleteFunc(tests, func(t Test) bool { return t.Name == "" })
}

// short is s on one line, cut at longestName.
func short(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) <= longestName {
		return s
	}
	s = s[:longestName]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}

// lines counts lines up to an offset. Offsets must not go back.
type lines struct {
	text     string
	at, line int
}

func newLines(text string) *lines { return &lines{text: text, line: 1} }

func (l *lines) of(offset int) int {
	l.line += strings.Count(l.text[l.at:offset], "\n")
	l.at = offset
	return l.line
}

// group is a class or a titled group that began at a column and reaches to the
// next line that begins no further to the right.
type group struct {
	column int
	title  string
}

// around drops the groups that have ended where something begins at a column,
// and joins the titles of the rest.
func around(groups []group, column int) ([]group, string) {
	for len(groups) > 0 && groups[len(groups)-1].column >= column {
		groups = groups[:len(groups)-1]
	}
	titles := make([]string, len(groups))
	for i, g := range groups {
		titles[i] = g.title
	}
	return groups, strings.Join(titles, " ")
}

// width is how far a line is indented; a tab counts as four.
func width(indent string) int { return len(indent) + 3*strings.Count(indent, "\t") }
