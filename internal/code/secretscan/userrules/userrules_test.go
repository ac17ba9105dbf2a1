package userrules

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const good = `title = "ours"
[extend]
useDefault = true

[[rules]]
id = "acme-token"
description = "an Acme token"
regex = '''acme_([a-z0-9]{20})'''
entropy = 3
keywords = ["ACME_"]
  [[rules.allowlists]]
  condition = "AND"
  paths = ['''_test\.go$''']
  stopwords = ["Example"]

[[rules]]
id = "key-file"
path = '''\.p12$'''

[[allowlists]]
regexTarget = "line"
regexes = ['''ignore me''']

[[allowlists]]
targetRules = ["key-file"]
commits = ["abc"]
paths = ['''^docs/''']
`

func TestRead(t *testing.T) {
	f, faults := Read("rules.toml", []byte(good), nil)
	if len(faults) > 0 {
		t.Fatal(faults.Err())
	}
	if len(f.Rules) != 2 || len(f.Notes) != 2 {
		t.Fatalf("got %+v", f)
	}
	token, file := f.Rules[0], f.Rules[1]
	if token.Keywords[0] != "acme_" || token.Entropy != 3 || len(token.Allow) != 2 || token.Revision == file.Revision || file.Regex != nil || len(file.Allow) != 2 {
		t.Errorf("got %+v and %+v", token, file)
	}
	changed, _ := Read("rules.toml", []byte(strings.Replace(good, "{20}", "{21}", 1)), nil)
	if changed.Rules[0].Revision == token.Revision || changed.Rules[1].Revision != file.Revision {
		t.Error("a revision moves with the rule and only with it")
	}
}

func TestAllow(t *testing.T) {
	f, _ := Read("rules.toml", []byte(good), nil)
	both, line := f.Rules[0].Allow[0], f.Rules[0].Allow[1]
	if allowed, inPath := both.AllowsSecret([]byte("anEXAMPLE"), nil, nil); allowed || !inPath || both.AllowsPath("a_test.go") || !both.InPath("a_test.go") {
		t.Error("AND wants the stop word and the path")
	}
	if allowed, _ := both.AllowsSecret([]byte("another"), nil, nil); allowed {
		t.Error("no stop word is in it")
	}
	if allowed, _ := line.AllowsSecret([]byte("x"), []byte("x"), []byte("x # ignore me")); !allowed {
		t.Error("the line is to be ignored")
	}
	if !f.Rules[1].Allow[1].AllowsPath("docs/a.p12") {
		t.Error("a path alone is enough for OR")
	}
}

// TestFaults wants every mistake of a file, with its place.
func TestFaults(t *testing.T) {
	const bad = `titel = "x"
[extend]
path = "base.toml"
[[rules]]
id = "ours"
regex = '''(?=a)'''
entropy = "high"
[[rules]]
id = "twice"
regex = "a(b)"
secretGroup = 2
keywords = "k"
[[rules]]
id = "twice"
[[rules.allowlists]]
condition = "XOR"
paths = [
  "fine",
  "[a",
]
[[rules]]
regex = "x"
[[rules.required]]
id = "twice"
[[rules]]
id = "empty allowlist"
regex = "y"
[[allowlists]]
targetRules = ["none"]
`
	_, faults := Read("rules.toml", []byte(bad), func(id string) bool { return id == "ours" })
	var got []string
	for _, f := range faults {
		got = append(got, fmt.Sprintf("%d:%d %s", f.Place.Line, f.Place.Column, f.Message))
	}
	want := []string{
		`1:1 "titel" is not known here`,
		`3:1 extending another file is not supported`,
		`5:1 "ours" is the id of one of Plimsoll's own rules`,
		"6:1 invalid or unsupported Perl syntax: `(?=`",
		`7:1 entropy must be a number`,
		`11:1 the expression has no group 2`,
		`12:1 keywords must be a list of texts`,
		`13:1 the rule "twice" finds nothing`,
		`14:1 the rule "twice" is defined twice`,
		`16:1 there is no condition "XOR"`,
		"19:4 missing closing ]: `[a`",
		`21:1 the rule has no id`,
		`21:1 rules that require other rules are not supported`,
		`26:1 "empty allowlist" cannot be the id of a rule`,
		`29:1 there is no rule "none"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSyntax wants the first mistake of each table.
func TestSyntax(t *testing.T) {
	_, faults := Read("rules.toml", []byte("[[rules]]\nid = \n[[rules]]\nid = \"b\"\n[[rules]]\nid = 'c\nregex = 'd'\n"), nil)
	if len(faults) != 2 || faults[0].Place.Line != 2 || faults[1].Place.Line != 6 || faults[0].Place.Source != "id = " {
		t.Errorf("got %v", faults)
	}
	if _, faults := Read("rules.toml", make([]byte, MaxSize+1), nil); len(faults) != 1 {
		t.Errorf("of a large file: %v", faults)
	}
}

// TestReadOther reads the rule file that PLIMSOLL_RULES names, for instance
// gitleaks' own.
func TestReadOther(t *testing.T) {
	name := os.Getenv("PLIMSOLL_RULES")
	if name == "" {
		t.Skip("PLIMSOLL_RULES names no file")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	f, faults := Read(name, data, nil)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d rules, notes %q", len(f.Rules), f.Notes)
}

// FuzzRead holds that no file makes the reader fail, and that it gives either
// rules or faults.
func FuzzRead(f *testing.F) {
	f.Add([]byte(good))
	f.Add([]byte("[[rules]]\nid = \n"))
	f.Add([]byte("rules = [{id='a', regex='b'}]\nallowlist = 1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		file, faults := Read("rules.toml", data, nil)
		if (file == nil) != (len(faults) > 0) {
			t.Errorf("file %v, faults %v", file, faults)
		}
	})
}
