package identity_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/finding/identity"
)

func TestTokens(t *testing.T) {
	same := []struct{ name, a, b string }{
		{"a.go", "x := f(a, b) // why", "\tx   :=  f( a,\n\t\tb,\n\t)"},
		{"a.go", "return /* not now */ x", "return x"},
		{"a.js", "exec('rm ' + name);", `exec("rm " + name)`},
		{"a.ts", "const a = [1, 2,];\nconst b = 1;", "const a=[1,2]\nconst b=1"},
		{"a.py", "run(cmd, shell=True)  # noqa", "run(\n    cmd,\n    shell=True,\n)"},
		{"a.yml", "key: 'v' # c", `key: "v"`},
		{"a.sql", "SELECT a FROM b -- all", "SELECT a\nFROM b"},
		{"a.html", "<a href='x'><!-- y -->b</a>", "<a  href='x'>b</a>"},
		{"a.xyz", "one  two", "one\n\ttwo"},
	}
	for _, tt := range same {
		if a, b := identity.Tokens(tt.name, tt.a), identity.Tokens(tt.name, tt.b); a != b {
			t.Errorf("%s: %q gives %q and %q gives %q", tt.name, tt.a, a, tt.b, b)
		}
	}
	other := []struct{ name, a, b string }{
		{"a.go", "f(a, b)", "f(b, a)"},
		{"a.go", `f("a b")`, `f("a  b")`},
		{"a.go", `f("// a")`, `f("")`},
		{"a.go", "return x", "returnx"},
		{"a.go", "f('a')", `f("a")`},
		{"a.sh", "echo a#b", "echo a"},
		{"a.js", "a;b", "a b"},
		{"a.py", "password = 'one'", "password = 'two'"},
		{"a.xyz", "a // b", "a"},
	}
	for _, tt := range other {
		if a, b := identity.Tokens(tt.name, tt.a), identity.Tokens(tt.name, tt.b); a == b {
			t.Errorf("%s: %q and %q both give %q", tt.name, tt.a, tt.b, a)
		}
	}
}

func code(path string, line int, text, before, after string) identity.Code {
	return identity.Code{Family: "go.exec", Text: text, Scope: "run", Before: before, After: after, Path: path, Line: line}
}

// TestPlaceIsNoPartOfIt: moved lines, another file and another neighbour keep
// the fingerprint; other code, another function and another rule do not.
func TestPlaceIsNoPartOfIt(t *testing.T) {
	one := func(c identity.Code) string { return identity.Prints([]identity.Code{c})[0] }
	base := code("a.go", 10, "exec(x)", "a()", "b()")
	for _, c := range []identity.Code{code("a.go", 99, "exec(x)", "a()", "b()"), code("z/y.go", 10, "exec(x)", "a()", "b()"), code("a.go", 10, "exec(x)", "c()", "d()")} {
		if one(c) != one(base) {
			t.Errorf("%+v is another finding", c)
		}
	}
	text, scope, family, secret := base, base, base, base
	text.Text, scope.Scope, family.Family, secret.Secret = "exec(y)", "stop", "go.sql", true
	for _, c := range []identity.Code{text, scope, family, secret} {
		if one(c) == one(base) {
			t.Errorf("%+v is the same finding", c)
		}
	}
}

// TestTwins: of equal findings each has a fingerprint of its own, in whatever
// order they come; one more is one new fingerprint, one less is one that is gone.
func TestTwins(t *testing.T) {
	twins := []identity.Code{
		code("a.go", 10, "exec(x)", "a()", "b()"), code("a.go", 20, "exec(x)", "a()", "b()"), code("a.go", 30, "exec(x)", "c()", "b()"),
		code("b.go", 5, "exec(x)", "a()", "b()"), code("b.go", 5, "exec(y)", "a()", "b()"),
	}
	prints := identity.Prints(twins)
	if n := distinct(prints); n != len(twins) {
		t.Errorf("%d findings have %d fingerprints", len(twins), n)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		order := r.Perm(len(twins))
		var mixed []identity.Code
		for _, i := range order {
			mixed = append(mixed, twins[i])
		}
		for n, print := range identity.Prints(mixed) {
			if print != prints[order[n]] {
				t.Fatalf("in the order %v the fingerprints are others", order)
			}
		}
	}
	for i := range twins {
		less := append(slices.Clone(twins[:i]), twins[i+1:]...)
		kept := identity.Prints(less)
		lost := 0
		for _, print := range prints {
			if !slices.Contains(kept, print) {
				lost++
			}
		}
		if lost != 1 || distinct(kept) != len(less) {
			t.Errorf("without %d there are %d fingerprints less", i, lost)
		}
	}
	// Twins that are not the first stay themselves when one comes ahead of them.
	more := identity.Prints(append([]identity.Code{code("0.go", 1, "exec(x)", "new()", "b()")}, twins...))
	if more[3] != prints[2] || more[5] != prints[4] {
		t.Error("a new twin has renamed one that is told by its neighbours")
	}
}

func distinct(list []string) int {
	return len(slices.Compact(slices.Sorted(slices.Values(list))))
}

func FuzzTokens(f *testing.F) {
	for _, name := range []string{"a.go", "a.js", "a.py", "a.sql", "a.html", "a"} {
		f.Add(name, "f(a, 'b', \"c\\\"\", `d`, ) ; // x /* y */ # z -- <!-- -->\n;,]")
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		once := identity.Tokens(name, text)
		if len(once) > len(text) {
			t.Errorf("%q grew to %q", text, once)
		}
		if strings.ContainsAny(once, "\t\r\v\f") && !strings.ContainsAny(text, "\"'`") {
			t.Errorf("%q keeps white space: %q", text, once)
		}
	})
}
