package review

import (
	"path"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// TestCovers wants a test of that name in the file, outside of comments, and in
// the file something of what the question is about: the name of a changed
// function or file. Where neither has a telling name, the test is taken at its
// word.
func TestCovers(name, content, test string, places []Place) error {
	src := lex(name, content)
	if !src.says(lastName(test)) {
		return fault.At(fault.NotFound, fault.Place{Path: name}, "name it as the file does", "there is no test %q in %s", test, name)
	}
	wanted := telling(places)
	if len(wanted) == 0 || sameFolder(name, places) {
		return nil
	}
	for _, w := range wanted {
		if src.mentions(w) {
			return nil
		}
	}
	return fault.At(fault.Usage, fault.Place{Path: name}, "name a test that calls what changed, or answer with --because",
		"the test's file mentions nothing of what changed (%s)", strings.Join(wanted[:min(len(wanted), 4)], ", "))
}

// lastName is the test's own name; what stands in brackets is a case of it.
func lastName(test string) string {
	test, _, _ = strings.Cut(test, "[")
	for _, sep := range []string{"::", "#"} {
		if i := strings.LastIndex(test, sep); i >= 0 {
			test = test[i+len(sep):]
		}
	}
	first, _, _ := strings.Cut(test, "/") // a case of a Go test
	return first
}

// says looks for a token that is the name, or a string that begins with it.
func (s *source) says(name string) bool {
	for _, t := range s.tokens {
		if t.text == name || t.kind == text && strings.HasPrefix(t.text, name) {
			return true
		}
	}
	return false
}

// mentions looks for a name inside of names and strings, in any case.
func (s *source) mentions(name string) bool {
	name = plainName(name)
	for _, t := range s.tokens {
		if t.kind != symbol && strings.Contains(plainName(t.text), name) {
			return true
		}
	}
	return false
}

func plainName(s string) string {
	return strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(s))
}

// dull names say nothing of what stands behind them.
var dull = map[string]bool{"index": true, "main": true, "init": true, "app": true, "mod": true, "lib": true, "server": true, "views": true, "models": true, "test": true, "": true}

// telling lists the names of changed functions and files that can be looked for.
func telling(places []Place) []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range places {
		stem, _, _ := strings.Cut(path.Base(p.Path), ".")
		for _, w := range []string{p.Func, stem} {
			if !dull[strings.ToLower(w)] && len(w) > 2 && !seen[w] {
				seen[w] = true
				out = append(out, w)
			}
		}
	}
	return out
}

// sameFolder is how Go and others keep a test beside what it tests.
func sameFolder(name string, places []Place) bool {
	for _, p := range places {
		if path.Dir(p.Path) == path.Dir(name) {
			return true
		}
	}
	return false
}
