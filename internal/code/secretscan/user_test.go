package secretscan

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan/userrules"
)

const ruleFile = `
[[rules]]
id = "acme-token"
description = "an Acme token"
regex = '''(?i)[\w.-]{0,20}?acme[ \t]*=[ \t]*"?([a-z0-9]{10,})"?'''
entropy = 2
keywords = ["acme"]
[[rules.allowlists]]
stopwords = ["example"]

[[rules]]
id = "two-lines"
regex = '''begin acmekey\n([a-z]+)\nend'''
secretGroup = 1

[[rules]]
id = "near"
regex = '''\b[0-9]{12}\b'''
keywords = ["account"]
path = '''\.conf$'''

[[rules]]
id = "wide"
regex = '''\bQ[0-9]{9}\b'''

[[rules]]
id = "p12"
path = '''\.p12$'''

[[allowlists]]
condition = "AND"
paths = ['''^testdata/''']
regexes = ['''^k[0-9]''']
`

func mustReadRules(t testing.TB, path string, data []byte) *userrules.File {
	t.Helper()
	f, faults := userrules.Read(path, data, nil)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestUserRules runs the rules of a user's file over tree and history.
func TestUserRules(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	token := "k7x9q2" + "w8e3r4"
	commit(t, dir, map[string]string{
		"rules.toml":    ruleFile,
		"a.env":         "MY_ACME = \"" + token + "\"\nacme=example1234567\nacme = aaaaaaaaaaaa\n",
		"testdata/a.go": "acme = \"" + "k5" + "z8y2x4w6v1" + "\"\n",
		"b.txt":         "begin acmekey\nsecretword\nend\n",
		"c.conf":        "# account\nid 123456789012\n",
		"d.txt":         "account 123456789012, Q123456789\n",
		"gone.p12":      "x",
	})
	if err := os.Remove(filepath.Join(dir, "gone.p12")); err != nil {
		t.Fatal(err)
	}
	commit(t, dir, map[string]string{"new.p12": "y"})
	f := mustReadRules(t, "rules.toml", []byte(ruleFile))
	r := checktest.RunRepo(t, With(f), dir)
	var got []string
	for _, f := range r.Findings {
		got = append(got, fmt.Sprintf("%s:%d:%d %s", f.Path, f.Line, f.Column, f.Rule))
		if strings.Contains(f.Source, token) {
			t.Errorf("the source shows the secret: %q", f.Source)
		}
	}
	want := []string{"a.env:1:12 acme-token", "b.txt:1:1 two-lines", "c.conf:2:4 near", "d.txt:1:23 wide", "gone.p12:0:0 p12", "new.p12:0:0 p12"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Message, "wide") {
		t.Errorf("problems: %+v", r.Problems)
	}
}

// TestUserRulesOnCorpus writes what the rule file that PLIMSOLL_RULES names finds
// in the folder that PLIMSOLL_CORPUS names into the file PLIMSOLL_OUT, to be
// compared with what another program finds.
func TestUserRulesOnCorpus(t *testing.T) {
	rules, dir, out := os.Getenv("PLIMSOLL_RULES"), os.Getenv("PLIMSOLL_CORPUS"), os.Getenv("PLIMSOLL_OUT")
	if rules == "" || dir == "" || out == "" {
		t.Skip("PLIMSOLL_RULES, PLIMSOLL_CORPUS and PLIMSOLL_OUT are not all set")
	}
	data, err := os.ReadFile(rules)
	if err != nil {
		t.Fatal(err)
	}
	s, err := newScanner(nil, mustReadRules(t, rules, data))
	if err != nil {
		t.Fatal(err)
	}
	var lines []byte
	err = fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.HasPrefix(path, ".git/") {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, path))
		if err != nil {
			return err
		}
		result := s.mustRead(t, strings.NewReader(string(data)), int64(len(data)))
		for _, g := range append(s.choose(path, result.sightings), s.byPath(path)...) {
			if _, ok := s.judge(within(path, g), g); !ok {
				continue
			}
			line, err := json.Marshal(placed{within(path, g), g})
			if err != nil {
				return err
			}
			lines = append(append(lines, line...), '\n')
		}
		return nil
	})
	if err == nil {
		err = os.WriteFile(out, lines, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
