package mapping

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	got, err := Parse(Path, []byte("- requirement: V6.3.1\n  tests: [\"auth/*Login*\", pkg.TestX]\n  why: they lock out\n- {requirement: ACME-1, tests: [TestY]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{{"v5.0.0-6.3.1", []string{"auth/*Login*", "pkg.TestX"}, "they lock out", 1}, {"ACME-1", []string{"TestY"}, "", 4}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got, err := Parse(Path, nil); err != nil || len(got) != 0 {
		t.Errorf("an empty file: %v, %v", got, err)
	}
}

func TestFaultsAllAtOnce(t *testing.T) {
	_, err := Parse(Path, []byte(`- requirement: V6.3.1
  tests: [TestA, "*"]
- requirement: v5.0.0-6.3.1
  tests: [TestA]
`))
	if err == nil {
		t.Fatal("taken")
	}
	for _, want := range []string{"2:18: \"*\" takes every test", "4:11: TestA is mapped to v5.0.0-6.3.1 already, in line 2"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not said:\n%v", want, err)
		}
	}
	_, err = Parse(Path, []byte("- requirement: V6.3.1\n  test: [TestA]\n- tests: []\n"))
	if err == nil || !strings.Contains(err.Error(), "tests is missing") || !strings.Contains(err.Error(), `"test" is not known here`) || !strings.Contains(err.Error(), "requirement is missing") {
		t.Errorf("got %v", err)
	}
}

func TestMatcher(t *testing.T) {
	tests := []struct {
		pattern string
		name    Name
		want    bool
	}{
		{"TestX", Name{Class: "example.org/auth", Name: "TestX"}, true},
		{"TestX", Name{Class: "example.org/auth", Name: "TestXY"}, false},
		{"auth/*Login*", Name{Class: "example.org/shop/auth", Name: "TestLoginLocks"}, true},
		{"auth/*Login*", Name{Class: "example.org/shop/oauth", Name: "TestLoginLocks"}, false},
		{"auth.TestX/*", Name{Class: "auth", Name: "TestX/wrong password"}, true},
		{"auth.TestX/*", Name{Class: "auth", Name: "TestX"}, false},
		{"LoginTest.*", Name{Class: "org.example.LoginTest", Name: "locksOut"}, true},
		{"org.example.LoginTest.locksOut", Name{Class: "org.example.LoginTest", Name: "locksOut"}, true},
		{"locks out", Name{Class: "login", Suite: "login.spec.ts", Name: "locks out"}, true},
		{"login locks out", Name{Class: "login", Name: "locks out"}, true},
		{"login.spec.ts > locks out", Name{Suite: "login.spec.ts", Name: "locks out"}, true},
		{"tests/test_login.py::test_?", Name{Class: "tests/test_login.py", Name: "test_a"}, true},
		{"ocks out", Name{Class: "login", Name: "locks out"}, false},
		{"Tests.Test*", Name{Class: "x", Name: "y.Tests.TestA"}, false},
	}
	for _, tt := range tests {
		m := NewMatcher()
		m.Add(tt.pattern, 7)
		var got []int
		m.Match(tt.name, func(id int) { got = append(got, id) })
		if slices.Equal(got, []int{7}) != tt.want || len(got) > 1 {
			t.Errorf("%q takes %+v: %v, want %v", tt.pattern, tt.name, got, tt.want)
		}
	}
}

// FuzzMatch holds the glob against the plainest way to say what it means.
func FuzzMatch(f *testing.F) {
	for _, seed := range [][2]string{{"a*b?c", "axxbyc"}, {"**", ""}, {"*a*a*a*b", "aaaaaaaaaaaaaaaa"}, {"?", ""}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, pattern, s string) {
		if len(pattern) > 20 || len(s) > 40 {
			return
		}
		if got, want := Match(pattern, s), plainly(pattern, s); got != want {
			t.Fatalf("Match(%q, %q) = %v", pattern, s, got)
		}
	})
}

func plainly(pattern, s string) bool {
	reach := map[int]bool{0: true} // how much of s the pattern so far can have taken
	for i := range len(pattern) {
		next := map[int]bool{}
		for n := range reach {
			switch {
			case pattern[i] == '*':
				for k := n; k <= len(s); k++ {
					next[k] = true
				}
			case n < len(s) && (pattern[i] == '?' || pattern[i] == s[n]):
				next[n+1] = true
			}
		}
		reach = next
	}
	return reach[len(s)]
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("- requirement: V6.3.1\n  tests: [a]\n"))
	f.Add([]byte("- {requirement: x, tests: ['*']}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := Parse(Path, data)
		if err != nil && entries != nil {
			t.Fatal("entries beside faults")
		}
	})
}
