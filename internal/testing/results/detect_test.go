package results

import (
	"strings"
	"testing"
)

func TestDetect(t *testing.T) {
	const (
		sarifText = `{"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [`
		junitText = `<?xml version="1.0"?><testsuites>`
		bomText   = `{"$schema": "x", "bomFormat": "CycloneDX", "components": [`
		bomXML    = `<bom xmlns="http://cyclonedx.org/schema/bom/1.5">`
		vexText   = `{"@context": "https://openvex.dev/ns/v0.2.0",`
	)
	tests := []struct {
		path, head string
		want       Kind
	}{
		{"out/scan.sarif", "", SARIF},
		{"out/SCAN.SARIF.json", "{", SARIF},
		{"gl-report.json", sarifText, SARIF},
		{"report.json", `{"version": "2.1.0", "runs": [{`, SARIF},
		{"report.json", `{"version": "1.0", "runs": [{`, None},
		{"report.json", "\xef\xbb\xbf" + sarifText, SARIF},
		{"report.json", "\xff\xfe{\x00\"\x00b\x00o\x00m\x00F\x00o\x00r\x00m\x00a\x00t\x00\"\x00:\x00\"\x00C\x00y\x00c\x00l\x00o\x00n\x00e\x00D\x00X\x00\"\x00,\x00", CycloneDX},
		{"package.json", `{"name": "x", "version": "2.1.0"}`, None},
		{"schema.json", `{"properties": {"bomFormat": "CycloneDX"}}`, None},
		{"junit.xml", junitText, JUnit},
		{"build/test-results/test/a.xml", "<testsuite name='a'>", JUnit},
		{"target/surefire-reports/TEST-a.xml", junitText, JUnit},
		{"TEST-a.xml", `<!DOCTYPE x><testsuite>`, None},
		{"pom.xml", junitText, None},
		{"junit.xml", "<project>", None},
		{"a.cdx.json", "", CycloneDX},
		{"a.cdx.xml", "", CycloneDX},
		{"bom.json", bomText, CycloneDX},
		{"bom.json", `{"spdxVersion": "SPDX-2.3"}`, None},
		{"bom.xml", bomXML, CycloneDX},
		{"bom.xml", "<bom>", None},
		{"sbom-app.xml", bomXML, CycloneDX},
		{"any.json", bomText, CycloneDX},
		{"a.openvex.json", "", OpenVEX},
		{"vex.json", vexText, OpenVEX},
		{"a.yaml", sarifText, None},
		{"a.json", "", None},
		{"a.json", "[1]", None},
		{"a.json", "{]", None},
	}
	for _, tt := range tests {
		if got := Detect(tt.path, []byte(tt.head)); got != tt.want {
			t.Errorf("Detect(%q, %.40q) = %q, want %q", tt.path, tt.head, got, tt.want)
		}
		if tt.want != None && !Candidate(tt.path) {
			t.Errorf("%q is no candidate", tt.path)
		}
	}
	if got := Sniff([]byte(junitText)); got != JUnit {
		t.Errorf("a file that somebody named is sniffed as %q", got)
	}
}

func TestLeftOut(t *testing.T) {
	for path, want := range map[string]bool{
		"testdata/a.sarif": true, "pkg/Fixtures/a.sarif": true, "src/test/resources/x/junit.xml": true, "node_modules/x/bom.json": true,
		"a.sarif": false, "reports/test-results/a.xml": false, "testdata.sarif": false,
	} {
		if LeftOut(path) != want {
			t.Errorf("LeftOut(%q) = %v", path, !want)
		}
	}
}

func FuzzDetect(f *testing.F) {
	f.Add("a.json", []byte(`{"$schema": "sarif", "a": [1, {}], "bomFormat": "CycloneDX"}`))
	f.Add("junit.xml", []byte(`<?xml version="1.0"?><testsuite a="b">`))
	f.Fuzz(func(t *testing.T, path string, head []byte) {
		if kind := Detect(path, head); kind != None && !Candidate(path) && !strings.Contains(path, ".cdx.") {
			t.Errorf("%q is %s and no candidate", path, kind)
		}
	})
}
