package results

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
	"github.com/plimsoll-dev/plimsoll/internal/testing/results/gotest"
)

// Kind is a format of results.
type Kind string

const (
	None      Kind = ""
	SARIF     Kind = "SARIF"
	JUnit     Kind = "JUnit XML"
	CycloneDX Kind = "CycloneDX"
	OpenVEX   Kind = "OpenVEX"
	GoTest    Kind = "go test -json"
)

// HeadSize is how many bytes from the start of a file Detect and Sniff want.
const HeadSize = 4 << 10

// Candidate says whether a file's name allows that it holds results, so that it
// is worth while to look into it.
func Candidate(name string) bool {
	lower := strings.ToLower(name)
	return strings.HasSuffix(lower, ".sarif") || strings.HasSuffix(lower, ".json") || likelyXML(lower) || likelyGoTest(lower)
}

// Detect tells what kind of results a file holds by its path and its first
// bytes. A name that can mean nothing else decides alone, so that a file that
// is broken is reported as such and not passed over.
func Detect(name string, head []byte) Kind {
	lower := strings.ToLower(name)
	for _, known := range []struct {
		suffix string
		kind   Kind
	}{
		{".sarif", SARIF}, {".sarif.json", SARIF}, {".cdx.json", CycloneDX}, {".cdx.xml", CycloneDX}, {".openvex.json", OpenVEX},
		{".gotest.json", GoTest}, {".gotest.jsonl", GoTest}, {"/go-test.json", GoTest},
	} {
		if strings.HasSuffix("/"+lower, known.suffix) {
			return known.kind
		}
	}
	if !Candidate(name) {
		return None
	}
	return Sniff(head)
}

// Sniff tells what kind of results a file holds by its first bytes alone, for
// files that somebody has named as results.
func Sniff(head []byte) Kind {
	text, err := docfile.UTF8(head)
	if err != nil {
		return None
	}
	if gotest.Sniff(text) {
		return GoTest
	}
	switch text = bytes.TrimLeft(text, " \t\r\n"); {
	case len(text) == 0:
		return None
	case text[0] == '{':
		return sniffJSON(text)
	case text[0] == '<':
		return sniffXML(text)
	}
	return None
}

func sniffXML(text []byte) Kind {
	root := docfile.Root(text)
	switch {
	case root.Local == "testsuites", root.Local == "testsuite":
		return JUnit
	case root.Local == "bom" && strings.Contains(root.Space, "cyclonedx.org"):
		return CycloneDX
	}
	return None
}

// sniffJSON reads the properties of the outermost object as far as the head
// reaches. What stands deeper says nothing: a schema of a format names the same
// words.
func sniffJSON(text []byte) Kind {
	dec := json.NewDecoder(bytes.NewReader(text))
	if _, err := dec.Token(); err != nil {
		return None
	}
	version := ""
	for {
		key, err := dec.Token()
		if err != nil {
			return None
		}
		name, _ := key.(string)
		if name == "runs" && strings.HasPrefix(version, "2.") {
			return SARIF
		}
		value, ok := topValue(dec)
		if !ok {
			return None
		}
		switch {
		case name == "version":
			version = value
		case name == "bomFormat" && value == "CycloneDX":
			return CycloneDX
		case name == "@context" && strings.HasPrefix(value, "https://openvex.dev/ns"):
			return OpenVEX
		case name == "$schema" && strings.Contains(value, "sarif") && !strings.Contains(value, "external-property"):
			return SARIF
		}
	}
}

// topValue reads one value and returns it where it is a string.
func topValue(dec *json.Decoder) (string, bool) {
	for depth := 0; ; {
		tok, err := dec.Token()
		if err != nil {
			return "", false
		}
		switch tok {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth < 0 {
			return "", false
		}
		if depth == 0 {
			s, _ := tok.(string)
			return s, true
		}
	}
}

// likelyGoTest knows the names that people give the output of go test -json where
// it is not simply "….json". The name is in lower case.
func likelyGoTest(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, ".jsonl") && strings.Contains(base, "test") || strings.HasSuffix(base, ".test2json")
}

// likelyXML knows the names under which build tools leave reports, so that not
// every XML file of a product has to be opened. The name is in lower case.
func likelyXML(name string) bool {
	base := path.Base(name)
	if !strings.HasSuffix(base, ".xml") {
		return false
	}
	for _, word := range []string{"junit", "results", "testreport", "test-report", "test_report", "xunit", "sbom"} {
		if strings.Contains(base, word) {
			return true
		}
	}
	if strings.HasPrefix(base, "test-") || strings.HasPrefix(base, "tests-") || base == "bom.xml" || strings.HasSuffix(base, ".cdx.xml") {
		return true
	}
	folders := strings.Split(path.Dir(name), "/")
	return slices.ContainsFunc(folders, func(folder string) bool {
		return strings.Contains(folder, "test-results") || strings.Contains(folder, "test-reports") ||
			strings.Contains(folder, "surefire-reports") || strings.Contains(folder, "failsafe-reports") || strings.Contains(folder, "junit")
	})
}

// notOurs are folders whose results are about something else than this product:
// input of its tests, samples, and other people's code.
var notOurs = []string{
	"testdata", "test-data", "test_data", "fixtures", "fixture", "__fixtures__", "test-fixtures", "test_fixtures",
	"examples", "example", "samples", "sample", "node_modules", "vendor", "third_party", "third-party",
}

// LeftOut says whether a file's place makes it test data or a sample, whatever
// it holds.
func LeftOut(name string) bool {
	lower := strings.ToLower(name)
	if strings.Contains("/"+lower, "/test/resources/") || strings.Contains("/"+lower, "/tests/resources/") {
		return true
	}
	return slices.ContainsFunc(strings.Split(path.Dir(lower), "/"), func(folder string) bool {
		return slices.Contains(notOurs, folder)
	})
}
