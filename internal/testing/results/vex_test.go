package results

import (
	"fmt"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// vex is a document with statements that are given as JSON.
func vex(timestamp string, statements ...string) string {
	return fmt.Sprintf(`{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/%s", "author": "Shop team", "version": 1,
	  "timestamp": %q, "statements": [%s]}`, timestamp, timestamp, strings.Join(statements, ","))
}

// says is one statement on CVE-2021-23337.
func says(status, product, part string) string {
	parts := ""
	if part != "" {
		parts = fmt.Sprintf(`, "subcomponents": [{"@id": %q}]`, part)
	}
	return fmt.Sprintf(`{"vulnerability": {"name": "CVE-2021-23337", "aliases": ["GHSA-35jh-r3h4-6jhm"]}, "products": [{"@id": %q%s}],
	  "status": %q, "justification": "vulnerable_code_not_in_execute_path", "status_notes": "template() is never called"}`, product, parts, status)
}

const vulnerableBill = `{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
  "metadata": {"timestamp": "2026-05-20T00:00:00Z", "component": {"type": "application", "name": "shop", "purl": "pkg:oci/shop@2.0"}, "tools": {"components": [{"type": "application", "name": "grype"}]}},
  "components": [{"bom-ref": "l", "type": "library", "name": "lodash", "version": "4.17.20", "purl": "pkg:npm/lodash@4.17.20"}],
  "vulnerabilities": [{"id": "GHSA-35jh-r3h4-6jhm", "references": [{"id": "cve-2021-23337", "source": {}}], "ratings": [{"severity": "high"}], "affects": [{"ref": "l"}]STATE}]}`

func TestStatementsDecide(t *testing.T) {
	tests := []struct {
		name      string
		documents []string
		inBill    event.State // of the finding from the bill of materials
		inScan    event.State // of the finding from SARIF
	}{
		{"no statement", nil, event.Open, event.Open},
		{"component in this product", []string{vex("2026-05-21T00:00:00Z", says("not_affected", "pkg:oci/shop", "pkg:npm/lodash@4.17.20"))}, event.Decided, event.Decided},
		{"component of any version", []string{vex("2026-05-21T00:00:00Z", says("not_affected", "pkg:oci/shop", "pkg:npm/lodash"))}, event.Decided, event.Decided},
		{"component as product", []string{vex("2026-05-21T00:00:00Z", says("not_affected", "pkg:npm/lodash@4.17.20", ""))}, event.Decided, event.Decided},
		{"this product as a whole", []string{vex("2026-05-21T00:00:00Z", says("fixed", "pkg:oci/shop", ""))}, event.Fixed, event.Open},
		{"another product", []string{vex("2026-05-21T00:00:00Z", says("not_affected", "pkg:oci/other", ""))}, event.Open, event.Open},
		{"component in another product", []string{vex("2026-05-21T00:00:00Z", says("not_affected", "pkg:oci/other", "pkg:npm/lodash"))}, event.Open, event.Decided},
		{"another version", []string{vex("2026-05-21T00:00:00Z", says("not_affected", "pkg:oci/shop", "pkg:npm/lodash@4.17.19"))}, event.Open, event.Open},
		{"another component", []string{vex("2026-05-21T00:00:00Z", says("not_affected", "pkg:oci/shop", "pkg:npm/lodash.template"))}, event.Open, event.Open},
		{"under investigation", []string{vex("2026-05-21T00:00:00Z", says("under_investigation", "pkg:oci/shop", "pkg:npm/lodash"))}, event.Open, event.Open},
		{"withdrawn later", []string{
			vex("2026-05-23T00:00:00Z", says("affected", "pkg:oci/shop", "pkg:npm/lodash")),
			vex("2026-05-21T00:00:00Z", says("not_affected", "pkg:oci/shop", "pkg:npm/lodash"))}, event.Open, event.Open},
		{"settled later", []string{
			vex("2026-05-23T00:00:00Z", says("fixed", "pkg:oci/shop", "pkg:npm/lodash")),
			vex("2026-05-21T00:00:00Z", says("affected", "pkg:oci/shop", "pkg:npm/lodash"))}, event.Fixed, event.Fixed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tree := with(t, "trivy.sarif")
			tree["bom.json"] = strings.Replace(vulnerableBill, "STATE", "", 1)
			for i, doc := range tt.documents {
				tree[fmt.Sprintf("vex/%d.openvex.json", i)] = doc
			}
			states := map[string]event.State{}
			for _, f := range examine(t, tree).Findings {
				states[f.Rule] = f.State
				if f.State == event.Decided && (f.Decision == nil || f.Decision.By != "Shop team" || !strings.Contains(f.Decision.Because, "never called")) {
					t.Errorf("%s: decided by %+v", f.Rule, f.Decision)
				}
			}
			if got := states[Vulnerable]; got != tt.inBill {
				t.Errorf("in the bill: %q, want %q", got, tt.inBill)
			}
			if got := states["sarif.trivy/CVE-2021-23337"]; got != tt.inScan {
				t.Errorf("in the scan: %q, want %q", got, tt.inScan)
			}
			if _, told := states[Exploitable]; told != (tt.name == "withdrawn later") {
				t.Errorf("reported as exploitable: %v", told)
			}
		})
	}
}

func TestAnalysisInTheBill(t *testing.T) {
	tests := []struct {
		analysis, rule string
		state          event.State
		verdict        string
	}{
		{`"state": "not_affected", "justification": "code_not_reachable"`, Vulnerable, event.Decided, "false-positive"},
		{`"state": "false_positive"`, Vulnerable, event.Decided, "false-positive"},
		{`"state": "resolved", "detail": "updated"`, Vulnerable, event.Fixed, "fix"},
		{`"state": "in_triage"`, Vulnerable, event.Open, ""},
		{`"state": "exploitable"`, Exploitable, event.Open, ""},
	}
	for _, tt := range tests {
		bill := strings.Replace(vulnerableBill, "STATE", `, "analysis": {`+tt.analysis+`}`, 1)
		for _, f := range examine(t, checktest.Tree{"bom.json": bill}).Findings {
			if f.Rule == PoorBill {
				continue
			}
			if f.Rule != tt.rule || f.State != tt.state || (f.Decision != nil) != (tt.verdict != "") || f.Decision != nil && f.Decision.Verdict != tt.verdict {
				t.Errorf("%s: got %+v", tt.analysis, f)
			}
		}
	}
	// A bill that says later than the statement that it is exploitable is believed.
	tree := checktest.Tree{
		"bom.json":       strings.Replace(vulnerableBill, "STATE", `, "analysis": {"state": "exploitable", "lastUpdated": "2026-05-25T00:00:00Z"}`, 1),
		"a.openvex.json": vex("2026-05-21T00:00:00Z", says("not_affected", "pkg:oci/shop", "")),
	}
	for _, f := range examine(t, tree).Findings {
		if f.Rule == Exploitable && f.State != event.Open {
			t.Errorf("an older statement decided %+v", f)
		}
	}
}

func TestMentions(t *testing.T) {
	tests := []struct {
		message, purl string
		want          bool
	}{
		{"Package: lodash Installed Version: 4.17.20 Fixed", "pkg:npm/lodash@4.17.20", true},
		{"A critical vulnerability in npm package: lodash, version 4.17.20 was found", "pkg:npm/lodash@4.17.20", true},
		{"Package 'lodash@4.17.20' is vulnerable to 'CVE-1'.", "pkg:npm/lodash@4.17.20", true},
		{"Package 'lodash@4.17.20' is vulnerable", "pkg:npm/lodash", true},
		{"Package: org.apache:log4j-core 2.14", "pkg:maven/org.apache/log4j-core@2.14", true},
		{"Package: lodash.template 4.17.20", "pkg:npm/lodash@4.17.20", false},
		{"Package: lodash 4.17.21", "pkg:npm/lodash@4.17.20", false},
		{"lodash", "urn:lodash", false},
	}
	for _, tt := range tests {
		if got := mentions(tt.message, tt.purl); got != tt.want {
			t.Errorf("mentions(%q, %q) = %v", tt.message, tt.purl, got)
		}
	}
}
