package results

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
)

// shop is the product that the files in testdata are about.
var shop = checktest.Tree{
	"web/app.js":            "const x = 1;\n  const name = q;\n  /* 😀 */ res.send(name);\n// end\neval(x)\n",
	"web/package-lock.json": "{}\n",
	"db/query.go":           "package db\nimport \"math/rand\"\nfunc f() {\n\tdb.Query(s)\n}\n",
}

// with adds a file of testdata to the shop.
func with(t *testing.T, names ...string) checktest.Tree {
	t.Helper()
	tree := checktest.Tree{}
	for name, content := range shop {
		tree[name] = content
	}
	for _, name := range names {
		data, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		tree["reports/"+name] = string(data)
	}
	return tree
}

// brief is what matters of a finding, without its fingerprint.
func brief(findings []event.Finding) []event.Finding {
	findings = slices.Clone(findings)
	for i := range findings {
		findings[i].Check, findings[i].Fingerprint = "", ""
	}
	return findings
}

func TestSARIFOfRealTools(t *testing.T) {
	tests := []struct {
		file string
		want []event.Finding
		saw  event.Observation
	}{
		{"semgrep.sarif", []event.Finding{
			{Rule: "sarif.semgrep-oss/javascript.express.xss", Severity: event.High, Confidence: event.Sure, Tool: "Semgrep OSS",
				Path: "web/app.js", Line: 3, Column: 16, EndColumn: 24, Message: "User data flows into the page without escaping.",
				Fix: "see https://example.com/xss", Source: "  /* 😀 */ res.send(name);", State: event.Open, CWE: []int{79}},
			{Rule: "sarif.semgrep-oss/javascript.lang.eval", Severity: event.Medium, Confidence: event.Possible, Tool: "Semgrep OSS",
				Path: "web/app.js", Line: 5, Message: "eval with data", Source: "eval(x)", State: event.Decided,
				Decision: &event.Decision{Verdict: "accepted", By: "Semgrep OSS", Because: "suppressed where Semgrep OSS ran, without a reason"}},
		}, event.Observation{What: "rules in results of Semgrep OSS 1.100.0", Tool: "Semgrep OSS", Count: 2,
			Rules: []string{"sarif.semgrep-oss/javascript.express.xss", "sarif.semgrep-oss/javascript.lang.eval"}}},
		{"codeql.sarif", []event.Finding{
			{Rule: "sarif.codeql/go/sql-injection", Severity: event.High, Confidence: event.Sure, Tool: "CodeQL",
				Path: "db/query.go", Line: 4, Column: 2, EndColumn: 10, Source: " db.Query(s)", State: event.Open, CWE: []int{89},
				Message: "This query depends on user input. This query depends on user input."},
			{Rule: "sarif.codeql/go/redundant-assignment", Severity: event.Medium, Confidence: event.Possible, Tool: "CodeQL",
				Path: "db/query.go", Line: 5, Source: "}", State: event.Fixed, Message: "This assignment has no effect."},
		}, event.Observation{What: "rules in results of CodeQL 2.15.1", Tool: "CodeQL", Count: 2,
			Rules: []string{"sarif.codeql/go/redundant-assignment", "sarif.codeql/go/sql-injection"}}},
		{"gosec.sarif", []event.Finding{
			{Rule: "sarif.gosec/G404", Severity: event.High, Confidence: event.Likely, Tool: "gosec",
				Path: "db/query.go", Line: 2, Column: 1, Source: `import "math/rand"`, State: event.Open, Message: "Use of weak random number generator", CWE: []int{338}},
			{Rule: "sarif.gosec/G304", Severity: event.Medium, Confidence: event.Sure, Tool: "gosec",
				Path: "reports/gosec.sarif", State: event.Open, Message: "Potential file inclusion via variable (at file.go, outside of the product)"},
		}, event.Observation{What: "rules in results of gosec 2.21.4", Tool: "gosec", Count: 2, Rules: []string{"sarif.gosec/G304", "sarif.gosec/G404"}}},
		{"trivy.sarif", []event.Finding{
			{Rule: "sarif.trivy/CVE-2021-23337", Severity: event.High, Confidence: event.Sure, Tool: "Trivy",
				Path: "web/package-lock.json", Line: 1, Column: 1, Source: "{}", State: event.Open, Fix: "see https://avd.example.com/cve-2021-23337",
				Message: "Package: lodash Installed Version: 4.17.20 Vulnerability CVE-2021-23337 Severity: HIGH Fixed Version: 4.17.21 Link: CVE-2021-23337"},
		}, event.Observation{What: "rules in results of Trivy 0.57.0", Tool: "Trivy", Count: 1, Rules: []string{"sarif.trivy/CVE-2021-23337"}}},
		{"eslint.sarif", []event.Finding{
			{Rule: "sarif.eslint/no-unused-vars", Severity: event.Medium, Confidence: event.Likely, Tool: "ESLint",
				Path: "web/app.js", Line: 2, Column: 9, EndColumn: 13, Source: "  const name = q;", State: event.Open,
				Fix: "see https://eslint.org/docs/rules/no-unused-vars", Message: "'name' is assigned a value but never used."},
		}, event.Observation{What: "rules in results of ESLint 8.57.0", Tool: "ESLint", Count: 1, Rules: []string{"sarif.eslint/no-unused-vars"}}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			record := examine(t, with(t, tt.file))
			if diff := cmp.Diff(tt.want, brief(record.Findings)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if len(record.Observations) != 2 {
				t.Fatalf("got %d observations", len(record.Observations))
			}
			saw := record.Observations[0]
			saw.Check, saw.Inputs = "", nil
			if diff := cmp.Diff(tt.saw, saw); diff != "" {
				t.Errorf("observation (-want +got):\n%s", diff)
			}
		})
	}
}

// TestFingerprintSurvives moves and renames what a tool reports: what the tool
// itself sees as the same keeps its fingerprint, and twins stay apart.
func TestFingerprintSurvives(t *testing.T) {
	scan := func(results string) string {
		return `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Demo"}}, "results": [` + results + `]}]}`
	}
	result := func(path, line, more string) string {
		return `{"ruleId": "R", "message": {"text": "wrong"}, ` + more + ` "locations": [{"physicalLocation": {"artifactLocation": {"uri": "` + path +
			`"}, "region": {"startLine": ` + line + `, "snippet": {"text": "call( x )"}}}}]}`
	}
	prints := func(results string) []string {
		var all []string
		for _, f := range examine(t, checktest.Tree{"scan.sarif": scan(results)}).Findings {
			all = append(all, f.Fingerprint)
		}
		return all
	}
	first := prints(result("a.js", "3", ""))
	if moved := prints(strings.ReplaceAll(result("lib/b.js", "9", ""), "call( x )", "call(\\n x )")); !slices.Equal(first, moved) {
		t.Errorf("a moved, reformatted and renamed result has %v instead of %v", moved, first)
	}
	own := prints(result("a.js", "3", `"fingerprints": {"id/v1": "0123456789"},`))
	if changed := prints(strings.ReplaceAll(result("c.js", "7", `"fingerprints": {"id/v1": "0123456789"},`), "call", "other")); !slices.Equal(own, changed) {
		t.Errorf("the tool's own fingerprint does not count: %v, %v", own, changed)
	}
	twins := prints(result("a.js", "3", "") + "," + result("a.js", "5", "") + "," + result("b.js", "3", ""))
	again := prints(result("b.js", "13", "") + "," + result("a.js", "15", "") + "," + result("a.js", "13", ""))
	if len(twins) != 3 || !slices.Equal(twins, again) {
		t.Errorf("twins have %v and then %v", twins, again)
	}
	at := func(path, text, line string) []string {
		var all []string
		found := strings.ReplaceAll(result(path, line, ""), `, "snippet": {"text": "call( x )"}`, "")
		for _, f := range examine(t, checktest.Tree{"scan.sarif": scan(found), path: text}).Findings {
			all = append(all, f.Fingerprint)
		}
		return all
	}
	code := at("a.js", "a();\ncall('x', y);\n", "2")
	if moved := at("lib/b.js", "b()\n\n\n  call( // why\n    \"x\",\n    y,\n  )\n", "4"); !slices.Equal(code, moved) {
		t.Errorf("moved, reformatted and renamed code has %v instead of %v", moved, code)
	}
	if other := at("a.js", "a();\ncall('x',\n  z);\n", "2"); slices.Equal(code, other) {
		t.Error("other code at the same line is the same finding")
	}
	if twice := prints(result("a.js", "3", "") + "," + result("a.js", "3", "")); len(twice) != 1 {
		t.Errorf("one result given twice makes %d findings", len(twice))
	}
}

func TestCountSaysWhatWasLookedAt(t *testing.T) {
	tests := []struct {
		name, run string
		want      int64
	}{
		{"nothing", `"results": []`, 0},
		{"only what is well", `"results": [{"ruleId": "A", "kind": "pass", "message": {"text": "x"}}]`, 0},
		{"artifacts", `"results": [], "artifacts": [{"location": {"uri": "a"}}, {"location": {"uri": "b"}}]`, 2},
		{"results alone", `"results": [{"ruleId": "A", "message": {"text": "x"}}, {"ruleId": "A", "message": {"text": "y"}}]`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			record := examine(t, checktest.Tree{"a.sarif": `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "T"}}, ` + tt.run + `}]}`})
			if got := record.Observations[0].Count; got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

// TestSourceIsTheTools holds that a line is only quoted where it is the one
// that the tool saw, and never where it may hold a secret.
func TestSourceIsTheTools(t *testing.T) {
	scan := `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "Demo"}}, "results": [{"ruleId": "RULE", "message": {"text": "x"},
	  "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a.js"}, "region": {"REGION", "snippet": {"text": "key = 1"}}}}]}]}]}`
	run := func(rule, region, content string) evidence.Record {
		s := strings.NewReplacer("RULE", rule, `"REGION"`, region).Replace(scan)
		return examine(t, checktest.Tree{"a.js": content, "scan.sarif": s})
	}
	line := `"startLine": 2, "startColumn": 3`
	if f := run("R", line, "\n\x1b[ key = 1\n").Findings[0]; f.Source != " [ key = 1" || f.Column != 3 {
		t.Errorf("got %q at column %d", f.Source, f.Column)
	}
	moved := run("R", line, "\nchanged\n")
	if f := moved.Findings[0]; f.Source != "" || f.Line != 2 || len(moved.Problems) != 1 || moved.Problems[0].Code != "results-moved" {
		t.Errorf("got %q and problems %v", f.Source, moved.Problems)
	}
	if f := run("generic-secret", line, "\n  key = 1\n").Findings[0]; f.Source != "" {
		t.Errorf("quotes a secret: %q", f.Source)
	}
	if f := run("R", `"charOffset": 5`, "é😀\n key = 1\n").Findings[0]; f.Line != 2 || f.Column != 2 {
		t.Errorf("an offset became %d:%d", f.Line, f.Column)
	}
}
