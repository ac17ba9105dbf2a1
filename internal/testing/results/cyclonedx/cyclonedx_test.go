package cyclonedx

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

const jsonBill = `{"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
  "metadata": {"timestamp": "2026-05-20T10:00:00Z", "tools": {"components": [{"type": "application", "name": "trivy", "version": "0.57.0"}]},
    "component": {"bom-ref": "root", "type": "application", "name": "shop", "version": "2.0", "purl": "pkg:oci/shop@2.0"}},
  "components": [
    {"bom-ref": "a", "type": "library", "group": "@scope", "name": "parser", "version": "1.0", "purl": "pkg:npm/%40scope/parser@1.0",
     "hashes": [{"alg": "SHA-256", "content": "00"}], "licenses": [{"license": {"id": "MIT"}}],
     "components": [{"bom-ref": "b", "type": "library", "name": "inner"}]},
    {"bom-ref": "c", "type": "file", "name": "app.js"}],
  "vulnerabilities": [
    {"id": "CVE-2026-1", "references": [{"id": "GHSA-aaaa-bbbb-cccc", "source": {}}], "cwes": [79], "description": "bad\nthing", "recommendation": "Upgrade to 1.1",
     "ratings": [{"severity": "low"}, {"score": 9.1, "method": "CVSSv31"}, {"severity": "unknown"}],
     "affects": [{"ref": "a"}, {"ref": "a"}, {"ref": "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#pkg:npm/other@3"}],
     "analysis": {"state": "not_affected", "justification": "code_not_reachable", "detail": "never called", "lastUpdated": "2026-05-21T00:00:00Z"}},
    {"id": "CVE-2026-2"}]}`

func TestBill(t *testing.T) {
	b, err := Parse([]byte(jsonBill))
	if err != nil {
		t.Fatal(err)
	}
	b.byRef = nil
	v := Vulnerability{IDs: []string{"CVE-2026-1", "GHSA-aaaa-bbbb-cccc"}, Severity: event.Critical, CWEs: []int{79}, Summary: "bad thing",
		Fix: "Upgrade to 1.1", State: "not_affected", Justification: "code not reachable: never called",
		Analysed: time.Date(2026, 5, 21, 0, 0, 0, 0, time.UTC), Component: Component{"@scope/parser", "1.0", "pkg:npm/%40scope/parser@1.0"}}
	elsewhere := v
	elsewhere.Component = Component{Name: "pkg:npm/other@3", Purl: "pkg:npm/other@3"}
	want := &Bill{Spec: "1.5", Tool: "trivy", Version: "0.57.0", Product: Component{"shop", "2.0", "pkg:oci/shop@2.0"},
		Time: time.Date(2026, 5, 20, 10, 0, 0, 0, time.UTC), Components: 3, NoVersion: 1, NoPurl: 1, NoHash: 1, NoLicence: 1, Assessed: true,
		Vulnerabilities: []Vulnerability{v, elsewhere, {IDs: []string{"CVE-2026-2"}, Severity: event.Medium}}}
	if diff := cmp.Diff(want, b, cmp.AllowUnexported(Bill{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBillInXML(t *testing.T) {
	b, err := Parse([]byte(`<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1">
  <metadata><tools><tool><vendor>x</vendor><name>maker</name><version>2</version></tool></tools></metadata>
  <components><component type="library" bom-ref="a"><name>parser</name><version>1.0</version><purl>pkg:npm/parser@1.0</purl></component></components>
  <vulnerabilities><vulnerability><id>CVE-2026-1</id><ratings><rating><severity>high</severity></rating></ratings>
    <affects><target><ref>a</ref></target></affects><analysis><state>exploitable</state></analysis></vulnerability></vulnerabilities>
</bom>`))
	if err != nil {
		t.Fatal(err)
	}
	if b.Spec != "1.4" || b.Tool != "maker" || b.Components != 1 || len(b.Vulnerabilities) != 1 {
		t.Fatalf("got %+v", b)
	}
	if v := b.Vulnerabilities[0]; v.Severity != event.High || v.State != "exploitable" || v.Component.Purl != "pkg:npm/parser@1.0" {
		t.Errorf("got %+v", v)
	}
}

func TestBrokenBills(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"empty", "", "unexpected end"},
		{"other JSON", `{"spdxVersion": "SPDX-2.3"}`, "no CycloneDX bill"},
		{"other XML", `<project/>`, "<project>"},
		{"no version", `{"bomFormat": "CycloneDX"}`, "version of the specification"},
		{"future version", `{"bomFormat": "CycloneDX", "specVersion": "9.9"}`, "invalid specification version"},
		{"cut off", "{\"bomFormat\": \"CycloneDX\",\n \"components\": [", ":2:16:"},
		{"wrong type", `{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": "x"}`, "components holds a string"},
		{"entities", `<!DOCTYPE bom [<!ENTITY a "aa">]><bom xmlns="http://cyclonedx.org/schema/bom/1.4"/>`, "document type"},
		{"deep", `{"bomFormat": "CycloneDX", "specVersion": "1.5", "components": ` + strings.Repeat(`[{"components": `, 20000), "exceeded max depth"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse([]byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestNestingIsBounded(t *testing.T) {
	const deep = 2 * maxNesting
	text := `{"bomFormat": "CycloneDX", "specVersion": "1.5"` + strings.Repeat(`, "components": [{"type": "library", "name": "x"`, deep) + strings.Repeat("}]", deep) + "}"
	b, err := Parse([]byte(text))
	if err != nil || !b.Truncated || b.Components > maxNesting+1 {
		t.Errorf("got %+v, %v", b, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(jsonBill))
	f.Add([]byte(`<bom xmlns="http://cyclonedx.org/schema/bom/1.4"><components><component type="library"><name>a</name></component></components></bom>`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := Parse(data)
		if err != nil {
			return
		}
		for _, v := range b.Vulnerabilities {
			if len(v.IDs) == 0 || v.Severity.Rank() < 0 {
				t.Errorf("got %+v", v)
			}
		}
		if max(b.NoHash, b.NoLicence, b.NoPurl, b.NoVersion) > b.Components {
			t.Errorf("more lack something than there are: %+v", b)
		}
	})
}
