package openvex

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const document = `{"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.com/vex/1", "author": "Shop team", "tooling": "vexctl/0.3",
  "timestamp": "2026-05-20T10:00:00Z", "version": 1, "statements": [
  {"vulnerability": {"@id": "https://nvd.example.com/vuln/CVE-2026-1", "name": "CVE-2026-1", "aliases": ["GHSA-aaaa-bbbb-cccc"]},
   "products": [{"@id": "pkg:oci/shop", "identifiers": {"purl": "pkg:oci/shop", "cpe23": "cpe:2.3:a:x:shop"}, "subcomponents": [{"@id": "pkg:npm/parser@1.0"}]}],
   "status": "not_affected", "justification": "vulnerable_code_not_present", "impact_statement": "The parser is built without it."},
  {"vulnerability": {"name": "CVE-2026-2"}, "products": [{"@id": "pkg:oci/shop"}], "status": "affected", "action_statement": "Upgrade.",
   "timestamp": "2026-05-22T10:00:00Z"},
  {"vulnerability": {"name": "CVE-2026-3"}, "products": [{"@id": "pkg:oci/shop"}], "status": "not_affected"},
  {"vulnerability": {"name": "CVE-2026-4"}, "products": [], "status": "fixed"},
  {"vulnerability": {}, "products": [{"@id": "x"}], "status": "fixed"},
  {"vulnerability": {"name": "CVE-2026-5"}, "products": [{"@id": "x"}], "status": "harmless"}]}`

func TestParse(t *testing.T) {
	got, err := Parse([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	made := time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC)
	want := &Document{ID: "https://example.com/vex/1", Author: "Shop team", Tool: "vexctl/0.3", Time: made, Statements: []Statement{
		{IDs: []string{"CVE-2026-1", "GHSA-aaaa-bbbb-cccc"}, Status: NotAffected, Time: made,
			Justification: "vulnerable_code_not_present", Impact: "The parser is built without it.",
			Products: []Product{{IDs: []string{"cpe:2.3:a:x:shop", "pkg:oci/shop"}, Parts: []Product{{IDs: []string{"pkg:npm/parser@1.0"}}}}}},
		{IDs: []string{"CVE-2026-2"}, Status: Affected, Time: made.AddDate(0, 0, 2), Action: "Upgrade.", Index: 1,
			Products: []Product{{IDs: []string{"pkg:oci/shop"}}}},
	}, Faults: []string{
		"statement 3 says that CVE-2026-3 does no harm, and does not say why",
		"statement 4 on CVE-2026-4 names no product",
		"statement 5 names no vulnerability",
		`statement 6 on CVE-2026-5 has the unknown status "harmless"`,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := want.Statements[0].Because(); got != "vulnerable code not present: The parser is built without it." {
		t.Errorf("got %q", got)
	}
}

func TestParseOldForm(t *testing.T) {
	doc, err := Parse([]byte(`{"@context": "https://openvex.dev/ns", "statements": [
	  {"vulnerability": "CVE-2023-1", "products": ["pkg:oci/shop"], "subcomponents": ["pkg:npm/x"], "status": "fixed"}]}`))
	if err != nil || len(doc.Statements) != 1 {
		t.Fatalf("got %+v, %v", doc, err)
	}
	want := []Product{{IDs: []string{"pkg:oci/shop"}, Parts: []Product{{IDs: []string{"pkg:npm/x"}}}}}
	if s := doc.Statements[0]; !slices.Equal(s.IDs, []string{"CVE-2023-1"}) || cmp.Diff(want, s.Products) != "" {
		t.Errorf("got %+v", s)
	}
}

func TestBrokenDocuments(t *testing.T) {
	for text, want := range map[string]string{
		``: "unexpected end", `{}`: "@context", `{"@context": 5}`: "@context holds a number",
		"{\"@context\":\n x}": ":2:2:", `{"@context": "https://openvex.dev/ns", "statements": [{"vulnerability": []}]}`: "holds a array",
	} {
		if _, err := Parse([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

func TestCovers(t *testing.T) {
	tests := []struct {
		stated, id string
		want       bool
	}{
		{"pkg:npm/a@1.0", "pkg:npm/a@1.0", true},
		{"pkg:npm/a", "pkg:npm/a@1.0", true},
		{"pkg:npm/a@1.0", "pkg:npm/a", false},
		{"pkg:npm/a@1.0", "pkg:npm/a@1.0.1", false},
		{"pkg:npm/%40s/a@1", "pkg:npm/@s/a@1?x=y", true},
		{"pkg:deb/debian/curl@7?arch=amd64", "pkg:deb/debian/curl@7?arch=arm64", false},
		{"pkg:deb/debian/curl@7", "pkg:deb/debian/curl@7?arch=arm64", true},
		{"pkg:npm/a", "pkg:pypi/a", false},
		{"urn:x", "urn:x", true},
		{"", "", false},
		{"pkg:npm", "pkg:npm", true},
		{"pkg:", "pkg:npm/a", false},
	}
	for _, tt := range tests {
		if got := Covers(tt.stated, tt.id); got != tt.want {
			t.Errorf("Covers(%q, %q) = %v", tt.stated, tt.id, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(document))
	f.Add([]byte(`{"@context": "https://openvex.dev/ns", "statements": [{"vulnerability": "x", "products": ["pkg:a/b?c"], "status": "fixed"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse(data)
		if err != nil {
			return
		}
		for _, s := range doc.Statements {
			if len(s.IDs) == 0 || len(s.Products) == 0 || s.Because() == "" {
				t.Errorf("got %+v", s)
			}
			for _, p := range s.Products {
				if !Covers(p.IDs[0], p.IDs[0]) {
					t.Errorf("%q does not cover itself", p.IDs[0])
				}
			}
		}
	})
}
