package scanners

import (
	"cmp"
	"context"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// script puts a program called demo on PATH that runs a shell script.
func script(t *testing.T, body string) {
	t.Helper()
	if _, err := os.Stat("/bin/sh"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("/bin/sh is needed and not there")
		}
		t.Skip("there is no /bin/sh")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "demo"), []byte("#!/bin/sh\n"+body), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
}

func demo(args ...string) []product.Scanner {
	return []product.Scanner{{Tool: "demo", Command: append([]string{"demo"}, args...)}}
}

const sample = `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Demo", "version": "1", "rules": [{"id": "D1", "properties": {"tags": ["CWE-89"]}}, {"id": "D2"}]}},
 "results": [{"ruleId": "D1", "level": "error", "message": {"text": "user input reaches a query"},
   "locations": [{"physicalLocation": {"artifactLocation": {"uri": "src/a.js"}, "region": {"startLine": 2, "startColumn": 3}}}]}]}]}`

var tree = checktest.Tree{"src/a.js": "one\n  query(x)\n", "scan.sarif": sample}

func TestWhatAScannerFinds(t *testing.T) {
	for name, tt := range map[string]struct {
		body string
		args []string
	}{
		"printed":       {`cat scan.sarif`, nil},
		"written":       {`cat scan.sarif > "$1"; echo noise`, []string{"{output}"}},
		"with findings": {`cat scan.sarif; exit 1`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			script(t, tt.body)
			got := checktest.Run(t, New(demo(tt.args...), true), tree)
			if len(got.Problems) != 0 || len(got.Findings) != 1 {
				t.Fatalf("got %+v and problems %+v", got.Findings, got.Problems)
			}
			f := got.Findings[0]
			if f.Rule != "sarif.demo/D1" || f.Path != "src/a.js" || f.Line != 2 || f.Column != 3 || f.Source != "  query(x)" ||
				f.Severity != event.High || f.Tool != "Demo" || !slices.Equal(f.CWE, []int{89}) {
				t.Errorf("got %+v", f)
			}
			if o := got.Observations; len(o) != 1 || o[0].Count != 2 || !slices.Equal(o[0].Rules, []string{"sarif.demo/D1", "sarif.demo/D2"}) {
				t.Errorf("the inventory: got %+v", o)
			}
		})
	}
}

func TestWhatGoesWrong(t *testing.T) {
	for name, tt := range map[string]struct {
		body    string
		named   []product.Scanner
		allowed bool
		want    string
	}{
		"not allowed":     {`cat scan.sarif`, demo(), false, "may not be run on this machine: demo"},
		"not there":       {`:`, []product.Scanner{{Tool: "gone", Command: []string{"no-such-program-anywhere"}}}, true, "is not on this machine"},
		"fails":           {`echo "out of rules" >&2; exit 7`, demo(), true, "exit status 7: out of rules"},
		"writes nothing":  {`exit 0`, demo("{output}"), true, "wrote no results"},
		"writes no SARIF": {`echo '{"version": "2.1.0", "runs": [{'`, demo(), true, "reading what demo wrote"},
		"says it failed": {`echo '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Demo"}}, "invocations": [{"executionSuccessful": false}]}]}'`,
			demo(), true, "says that its run was incomplete"},
		"takes too long": {`sleep 30`, []product.Scanner{{Tool: "demo", Command: []string{"demo"}, Timeout: "100ms"}}, true, "stopped after 100ms"},
	} {
		t.Run(name, func(t *testing.T) {
			script(t, tt.body)
			got := checktest.Run(t, New(tt.named, tt.allowed), tree)
			if len(got.Problems) == 0 || !got.Problems[0].Incomplete || !strings.Contains(got.Problems[0].Message, tt.want) {
				t.Errorf("got %+v, want an incomplete run: %q", got.Problems, tt.want)
			}
			if len(got.Observations) != 0 && name != "says it failed" {
				t.Errorf("it counts as looked at: %+v", got.Observations)
			}
		})
	}
}

// known scanners are run by a command of this test's, with what is known of them.
func TestWhatItCouldNotRead(t *testing.T) {
	const compile = `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Demo"}}, "results": [{"ruleId": "compile", "message": {"text": "x.go:1: no such type"}}]}]}`
	const silent = `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Demo"}}, "results": []}]}`
	for name, tt := range map[string]struct {
		body     string
		c        command
		faults   string
		observed int64
	}{
		"a result tells it":       {"echo '" + compile + "'", command{unread: []string{"compile"}, taciturn: true}, "x.go:1: no such type", 0},
		"its log tells it":        {"echo '" + silent + "'; echo 'Error building package x' >&2", command{complains: regexp.MustCompile("Error building .*"), taciturn: true}, "Error building package x", 0},
		"it finds nothing":        {"echo '" + silent + "'", command{taciturn: true}, "", 1},
		"nothing is known of it":  {"echo '" + silent + "'", command{}, "", 0},
		"a finding, and taciturn": {"cat scan.sarif", command{taciturn: true}, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			script(t, tt.body)
			got := checktest.Run(t, runs(tt.c), tree)
			said := ""
			for _, p := range got.Problems {
				said += p.Message
			}
			if tt.faults == "" && said != "" || !strings.Contains(said, tt.faults) {
				t.Errorf("problems: %q, want %q", said, tt.faults)
			}
			var n int64
			for _, o := range got.Observations {
				n += o.Count
			}
			if n != tt.observed {
				t.Errorf("looked at %d, want %d: %+v", n, tt.observed, got.Observations)
			}
			for _, f := range got.Findings {
				if strings.HasSuffix(f.Rule, "/compile") {
					t.Errorf("what could not be read is told as a finding: %+v", f)
				}
			}
		})
	}
}

// runs is a check that runs the program demo as c says.
func runs(c command) *check.Check {
	all := New(demo(), true)
	all.Run = func(ctx context.Context, p *check.Pass) error {
		dir, done, err := folder(ctx, p)
		if err != nil {
			return err
		}
		defer done()
		found, err := commandOf(demo()[0], dir)
		if err != nil {
			return err
		}
		c.path, c.timeout = found.path, found.timeout
		in := newImport(p)
		in.run(ctx, "demo", &c, dir)
		return in.finish(ctx)
	}
	return all
}

// TestOneFailsTheOthersGoOn: a scanner that is not there costs its own findings.
func TestOneFailsTheOthersGoOn(t *testing.T) {
	script(t, `cat scan.sarif`)
	named := append([]product.Scanner{{Tool: "gone", Command: []string{"no-such-program-anywhere"}}}, demo()...)
	got := checktest.Run(t, New(named, true), tree)
	if len(got.Problems) != 1 || len(got.Findings) != 1 {
		t.Errorf("got %+v and problems %+v", got.Findings, got.Problems)
	}
}

// TestEnvironment: a scanner gets what a program needs, and no secret.
func TestEnvironment(t *testing.T) {
	script(t, `[ -z "$DEPLOY_TOKEN" ] && [ -n "$PATH" ] && [ "$WANTED" = yes ] && cat scan.sarif`)
	t.Setenv("DEPLOY_TOKEN", "x")
	t.Setenv("WANTED", "yes")
	named := demo()
	named[0].Env = []string{"WANTED"}
	if got := checktest.Run(t, New(named, true), tree); len(got.Findings) != 1 {
		t.Errorf("got %+v and problems %+v", got.Findings, got.Problems)
	}
}

// TestNothingNamed: a product that names no scanner hears nothing of them, and
// nothing counts as looked at.
func TestNothingNamed(t *testing.T) {
	got := checktest.Run(t, New(nil, false), tree)
	if len(got.Problems)+len(got.Findings)+len(got.Observations) != 0 {
		t.Errorf("got %+v", got)
	}
}

func TestExamples(t *testing.T) {
	script(t, `cat scan.sarif`)
	rules, err := knowledge.Rules(ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		reported := func(ex knowledge.Example) bool {
			files := checktest.Tree{cmp.Or(ex.Path, "scan.sarif"): ex.Text}
			maps.Copy(files, ex.Files)
			return slices.ContainsFunc(checktest.Run(t, New(demo(), true), files).Findings, func(f event.Finding) bool {
				return f.Rule == r.ID || r.ID == Reported && strings.HasPrefix(f.Rule, "sarif.")
			})
		}
		for i, ex := range r.Examples.Match {
			if !reported(ex) {
				t.Errorf("%s: example %d is not reported", r.ID, i+1)
			}
		}
		for i, ex := range r.Examples.NoMatch {
			if reported(ex) {
				t.Errorf("%s: counter-example %d is reported", r.ID, i+1)
			}
		}
	}
}

func TestConsent(t *testing.T) {
	c := OpenConsent(filepath.Join(t.TempDir(), "keys"))
	first, err := ListDigest([]string{"root"}, demo())
	if err != nil {
		t.Fatal(err)
	}
	second, err := ListDigest([]string{"root"}, demo("--more"))
	if err != nil || first == second {
		t.Fatalf("another list has the same digest: %v", err)
	}
	if elsewhere, err := ListDigest([]string{"other"}, demo()); err != nil || elsewhere == first {
		t.Fatalf("another repository has the same digest: %v", err)
	}
	if c.Has(first) {
		t.Error("nobody has allowed it")
	}
	if err := c.Give(first); err != nil || !c.Has(first) || c.Has(second) {
		t.Errorf("allowed: got %v, %t, %t", err, c.Has(first), c.Has(second))
	}
	if err := c.Withdraw(first); err != nil || c.Has(first) {
		t.Errorf("withdrawn: got %v, %t", err, c.Has(first))
	}
}

// TestKnown holds the scanners known to what can be run.
func TestKnown(t *testing.T) {
	all, err := knowledge.Scanners()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		c := command{args: k.Run, writes: k.Writes}
		_, writes := c.fillIn("folder", "file")
		if k.Writes != "" && !writes {
			t.Errorf("%s is said to write %s and is given no folder", k.ID, k.Writes)
		}
	}
}
