package results

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/finding/imported"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// examine runs the check over the files. It does what checktest.Run does, save
// that rules of other tools, which no check can declare, are allowed.
func examine(t testing.TB, tree checktest.Tree) evidence.Record {
	t.Helper()
	return examineWith(t, New(), tree)
}

func examineWith(t testing.TB, c *check.Check, tree checktest.Tree) evidence.Record {
	t.Helper()
	runner := &check.Runner{
		Subject: &check.Subject{Snapshot: checktest.Snapshot(tree), AsOf: checktest.Now},
		Store:   evidence.OpenStore(t.TempDir(), evidence.OpenKeys(t.TempDir())),
		Clock:   func() time.Time { return checktest.Now },
		NoMemo:  true,
	}
	w := runner.Run(t.Context(), []*check.Check{c})[0]
	if w.Err != nil {
		t.Fatal(w.Err)
	}
	prints := map[string]bool{}
	for _, f := range w.Evidence.Findings {
		if f.Fingerprint == "" || prints[f.Fingerprint] {
			t.Errorf("fingerprint %q of %s (%s) is empty or given twice", f.Fingerprint, f.Rule, f.Message)
		}
		prints[f.Fingerprint] = true
	}
	return w.Evidence.Record
}

func TestRulesHoldTheirExamples(t *testing.T) {
	rules, err := knowledge.Rules(ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rules {
		reported := func(ex knowledge.Example) bool {
			files := checktest.Tree{cmp.Or(ex.Path, "example"): ex.Text}
			maps.Copy(files, ex.Files)
			return slices.ContainsFunc(examine(t, files).Findings, func(f event.Finding) bool {
				return f.Rule == r.ID || r.ID == Reported && strings.HasPrefix(f.Rule, imported.Prefix)
			})
		}
		for i, ex := range r.Examples.Match {
			if !reported(ex) {
				t.Errorf("%s: example %d must match", r.ID, i+1)
			}
		}
		for i, ex := range r.Examples.NoMatch {
			if reported(ex) {
				t.Errorf("%s: example %d must not match", r.ID, i+1)
			}
		}
	}
}

func TestNothingToImport(t *testing.T) {
	record := examine(t, checktest.Tree{"package.json": `{"name": "x"}`, "main.go": "package main\n"})
	if len(record.Findings) != 0 || len(record.Observations) != 1 || record.Observations[0].Count != 0 {
		t.Errorf("got %+v", record.Observations)
	}
}

func TestCopiesAndTestDataCountOnce(t *testing.T) {
	const scan = `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Demo"}}, "results": [{"ruleId": "R", "message": {"text": "x"}}]}]}`
	record := examine(t, checktest.Tree{"a.sarif": scan, "b.sarif": scan, "testdata/c.sarif": scan, "examples/d.sarif": scan})
	last := record.Observations[len(record.Observations)-1]
	if len(record.Findings) != 1 || last.Count != 1 || last.What != "result files, 2 left out: test data, 1 left out: copies of another" {
		t.Errorf("got %d findings, %+v", len(record.Findings), last)
	}
}

// TestBrokenFileLeavesTheRest holds that a file that cannot be read is told
// with its place, and that the others are imported.
func TestBrokenFileLeavesTheRest(t *testing.T) {
	record := examine(t, checktest.Tree{
		"a.sarif":        "{\n \"version\": oops}",
		"junit.xml":      "<testsuite>\n<testcase name='a'><failure/></testcase>\n<testcase",
		"old.sarif":      `{"version": "1.0.0", "runs": []}`,
		"x.cdx.json":     "",
		"y.cdx.xml":      "<!DOCTYPE bom [<!ENTITY a 'b'>]><bom/>",
		"z.openvex.json": "[]",
	})
	var got []string
	for _, p := range record.Problems {
		if !p.Incomplete {
			t.Errorf("%s: %s makes nothing incomplete", p.Path, p.Message)
		}
		got = append(got, p.Path)
	}
	want := []string{"a.sarif", "junit.xml", "old.sarif", "x.cdx.json", "y.cdx.xml", "z.openvex.json"}
	if !slices.Equal(got, want) {
		t.Errorf("problems about %v, want %v", got, want)
	}
	if n := len(record.Observations); n != 1 {
		t.Errorf("half a file counts as looked at: %+v", record.Observations)
	}
	if p := record.Problems[0]; p.Line != 2 || p.Column != 13 || p.Source != ` "version": oops}` {
		t.Errorf("the place is %d:%d %q", p.Line, p.Column, p.Source)
	}
	if len(record.Findings) != 1 || record.Findings[0].Rule != FailedTest {
		t.Errorf("got %+v", record.Findings)
	}
}

func TestAge(t *testing.T) {
	tests := []struct {
		name, ended string
		code        string
		until       time.Time
	}{
		{"fresh", "2026-05-20T12:00:00Z", "", time.Date(2026, 6, 19, 12, 0, 0, 0, time.UTC)},
		{"old", "2026-04-01T12:00:00Z", "results-old", time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)},
		{"future", "2027-01-01T00:00:00Z", "results-from-future", checktest.Now.Add(90 * 24 * time.Hour)},
		{"unknown", "soon", "", checktest.Now.Add(90 * 24 * time.Hour)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			record := examine(t, checktest.Tree{"a.sarif": `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Demo", "rules": [{"id": "R"}]}}, "results": [],
			  "invocations": [{"executionSuccessful": true, "endTimeUtc": "` + tt.ended + `"}]}]}`})
			var code string
			for _, p := range record.Problems {
				code = p.Code
				if p.Incomplete != (tt.name == "future") {
					t.Errorf("incomplete %v: %s", p.Incomplete, p.Message)
				}
			}
			if code != tt.code || !record.FreshUntil.Equal(tt.until) {
				t.Errorf("got problem %q, fresh until %v; want %q, %v", code, record.FreshUntil, tt.code, tt.until)
			}
		})
	}
}

func TestFailedTestStandsInItsFile(t *testing.T) {
	record := examine(t, checktest.Tree{
		"tests/test_login.py": "def test_wrong(): pass\n",
		"out/junit.xml": `<testsuite name="pytest" tests="3" failures="2" skipped="1">
<testcase classname="login" name="wrong" file="/builds/shop/tests/test_login.py" line="1"><failure message="200"/></testcase>
<testcase classname="login" name="gone" file="tests/gone.py" line="9"><failure/></testcase>
<testcase classname="login" name="later"><skipped/></testcase></testsuite>`,
	})
	want := []event.Finding{
		{Rule: FailedTest, Severity: event.Medium, Confidence: event.Sure, Tool: "pytest", Path: "out/junit.xml", Line: 3, State: event.Open, Message: "the test login.gone failed"},
		{Rule: FailedTest, Severity: event.Medium, Confidence: event.Sure, Tool: "pytest", Path: "tests/test_login.py", Line: 1, State: event.Open, Message: "the test login.wrong failed: 200"},
	}
	if diff := gocmp.Diff(want, brief(record.Findings)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if o := record.Observations[0]; o.Count != 2 || o.What != "tests run (0 passed, 2 failed, 0 errored, 1 skipped)" {
		t.Errorf("got %+v", o)
	}
}

func TestNamedFiles(t *testing.T) {
	tree := checktest.Tree{
		"testdata/scan.sarif": `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Demo"}}, "results": [{"ruleId": "R", "message": {"text": "x"}}]}]}`,
		"out/unit":            `<testsuite name="a"><testcase name="b"><failure/></testcase></testsuite>`,
		"out/note.txt":        "nothing",
		"other/unit":          `<testsuite name="a"><testcase name="c"><failure/></testcase></testsuite>`,
	}
	c := Naming(func(path string) bool { return strings.HasPrefix(path, "out/") || strings.HasPrefix(path, "testdata/") })
	record := examineWith(t, c, tree)
	if len(record.Findings) != 2 || record.Findings[0].Path != "out/unit" || record.Findings[1].Path != "testdata/scan.sarif" {
		t.Errorf("got %+v", record.Findings)
	}
	if len(record.Problems) != 1 || record.Problems[0].Path != "out/note.txt" || !record.Problems[0].Incomplete {
		t.Errorf("got %+v", record.Problems)
	}
}
