package sarif

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// parse reads a log with one run of the given properties.
func parse(t *testing.T, run string) Run {
	t.Helper()
	log, err := Parse([]byte(`{"version": "2.1.0", "runs": [{` + run + `}]}`))
	if err != nil {
		t.Fatal(err)
	}
	return log.Runs[0]
}

func TestLevels(t *testing.T) {
	const tool = `"tool": {"driver": {"name": "T", "rules": [
	  {"id": "note", "defaultConfiguration": {"level": "note"}},
	  {"id": "scored", "properties": {"security-severity": "9.8"}},
	  {"id": "plain"}]}}, "invocations": [{"ruleConfigurationOverrides": [{"descriptor": {"index": 2}, "configuration": {"level": "error"}}]}, {}],`
	tests := []struct {
		name, result string
		want         event.Severity // "" for no finding
	}{
		{"own level", `"ruleId": "x", "level": "error"`, event.High},
		{"no level", `"ruleId": "x"`, event.Medium},
		{"default of the rule", `"ruleId": "note"`, event.Low},
		{"own over the rule's", `"ruleId": "note", "level": "warning"`, event.Low}, // a step less: other rules are about security
		{"score", `"ruleId": "scored", "level": "note"`, event.Critical},
		{"score of the result", `"ruleId": "scored", "properties": {"security-severity": 3.1}`, event.Low},
		{"override", `"ruleId": "plain"`, event.Medium},
		{"other invocation", `"ruleId": "plain", "provenance": {"invocationIndex": 1}`, event.Low},
		{"none", `"ruleId": "x", "level": "none"`, event.Info},
		{"pass", `"ruleId": "x", "kind": "pass"`, ""},
		{"not applicable", `"ruleId": "x", "kind": "notApplicable", "level": "error"`, ""},
		{"open", `"ruleId": "x", "kind": "open"`, ""},
		{"review", `"ruleId": "x", "kind": "review"`, ""},
		{"informational", `"ruleId": "x", "kind": "informational"`, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			run := parse(t, tool+`"results": [{"message": {"text": "m"}, `+tt.result+`}]`)
			switch {
			case tt.want == "" && (len(run.Results) != 0 || run.Silent != 1):
				t.Errorf("got %v", run.Results)
			case tt.want != "" && (len(run.Results) != 1 || run.Results[0].Severity != tt.want):
				t.Errorf("got %+v, want %s", run.Results, tt.want)
			}
		})
	}
}

func TestFindRule(t *testing.T) {
	const tool = `"tool": {"driver": {"name": "T", "rules": [{"id": "A", "messageStrings": {"d": {"text": "driver {0}"}}}, {"id": "B"}]},
	  "extensions": [{"name": "ext", "guid": "E1", "rules": [{"id": "A", "guid": "G1", "messageStrings": {"d": {"text": "extension {0}"}}}]}]}`
	const message = `"message": {"id": "d", "arguments": ["x"]}`
	tests := []struct{ name, result, id, message string }{
		{"id", `"ruleId": "A"`, "A", "driver x"},
		{"index alone", `"ruleIndex": 0`, "A", "driver x"},
		{"reference", `"rule": {"index": 0, "toolComponent": {"index": 0}}`, "A", "extension x"},
		{"component by name", `"rule": {"id": "A", "toolComponent": {"name": "ext"}}`, "A", "extension x"},
		{"component by GUID", `"rule": {"id": "A", "toolComponent": {"guid": "e1"}}`, "A", "extension x"},
		{"rule by GUID", `"rule": {"guid": "g1"}`, "A", "extension x"},
		{"sub-rule", `"ruleId": "A/1"`, "A/1", "driver x"},
		{"index of another rule", `"ruleId": "A", "ruleIndex": 1`, "A", "driver x"},
		{"index out of range", `"ruleId": "A", "ruleIndex": 99`, "A", "driver x"},
		{"not described", `"ruleId": "Z z"`, "Z-z", "the tool does not say what is wrong"},
		{"nothing", `"level": "note"`, "unnamed", "the tool does not say what is wrong"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			// The results stand before the tool here, as some writers have them.
			got := parse(t, `"results": [{`+tt.result+`, `+message+`}], `+tool).Results[0]
			if got.Rule != tt.id || got.Message != tt.message {
				t.Errorf("got %q, %q; want %q, %q", got.Rule, got.Message, tt.id, tt.message)
			}
		})
	}
}

func TestFill(t *testing.T) {
	for _, tt := range []struct {
		text string
		args []string
		want string
	}{
		{"{0} and {1}, {0}", []string{"a", "b"}, "a and b, a"},
		{"{{0}} {0}", []string{"a"}, "{0} a"},
		{"{2} {x} {", []string{"a"}, "{2} {x} {"},
		{"map[int]int{0}", nil, "map[int]int{0}"},
		{"{0}", []string{"{0}"}, "{0}"},
	} {
		if got := fill(tt.text, tt.args); got != tt.want {
			t.Errorf("fill(%q) = %q, want %q", tt.text, got, tt.want)
		}
	}
	if got := plain("see [the\ncode](3), [page](https://example.com/x) and a[i](j)"); got != "see the code, page and a[i](j)" {
		t.Errorf("got %q", got)
	}
	if got := fill(strings.Repeat("{0}", 10000), []string{strings.Repeat("x", 10000)}); len(got) > 2*maxMessage {
		t.Errorf("a message grew to %d bytes", len(got))
	}
}

func TestSuppressions(t *testing.T) {
	for list, want := range map[string]bool{
		`null`: false, `[]`: false, `[{"kind": "inSource"}]`: true, `[{"kind": "external", "status": "accepted"}]`: true,
		`[{"status": "underReview"}]`: false, `[{"status": "rejected"}]`: false, `[{"status": "accepted"}, {"status": "underReview"}]`: false,
	} {
		run := parse(t, `"results": [{"ruleId": "x", "message": {"text": "m"}, "suppressions": `+list+`}]`)
		if run.Results[0].Suppressed != want {
			t.Errorf("%s: suppressed is %v", list, !want)
		}
	}
	run := parse(t, `"results": [{"message": {"text": "m"}, "suppressions": [{"justification": "checked\nby hand"}]}]`)
	if got := run.Results[0].Justification; got != "checked by hand" {
		t.Errorf("got %q", got)
	}
}

func TestIncompleteRuns(t *testing.T) {
	tests := []struct {
		name, run string
		want      []string
	}{
		{"well", `"invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [{"level": "warning", "message": {"text": "w"}}]}]`, nil},
		{"failed", `"invocations": [{"executionSuccessful": false}]`, []string{"its execution was not successful"}},
		{"failed, with reason", `"invocations": [{"executionSuccessful": false, "exitCodeDescription": "out of memory"}]`, []string{"out of memory"}},
		{"notification", `"invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [{"level": "error", "message": {"text": "cannot parse"}}]}]`, []string{"cannot parse"}},
		{"notification with a place", `"invocations": [{"executionSuccessful": true, "toolExecutionNotifications": [{"level": "error", "message": {"text": "cannot parse"},
			"locations": [{"physicalLocation": {"artifactLocation": {"uri": "file:///home/jo/shop/lib/a.js"}, "region": {"startLine": 3}}}]}]}]`, []string{"cannot parse (a.js:3)"}},
		{"configuration", `"invocations": [{"executionSuccessful": false, "toolConfigurationNotifications": [{"level": "error", "message": {}}]}]`, []string{"it met an error that it does not describe"}},
		{"elsewhere", `"externalPropertyFileReferences": {"results": [{}]}`, []string{"its results stand in other files, which are not read"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, parse(t, tt.run).Faults); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBrokenLogs(t *testing.T) {
	tests := []struct {
		name, text, want string
		results          int // that are read all the same
	}{
		{"empty", "", ":1:1: reading JSON: unexpected end", 0},
		{"no log", `{"name": "x"}`, "no SARIF log", 0},
		{"a list", `[]`, "a SARIF log was expected to begin with {", 0},
		{"no version", `{"runs": []}`, "no version", 0},
		{"version 1", `{"version": "1.0.0", "runs": [{"results": [{}]}]}`, `version "1.0.0"; 2.1.0 is supported`, 0},
		{"version 2.2", `{"version": "2.2", "runs": []}`, `version "2.2"`, 0},
		{"more text", `{"version": "2.1.0", "runs": []} {}`, "more text follows", 0},
		{"cut off", "{\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {\"name\": \"T\"}}, \"results\": [{\"ruleId\": \"a\"},\n{\"ruleId\"", ":2:9: reading JSON: unexpected end", 1},
		{"cut off before the tool", "{\"version\": \"2.1.0\", \"runs\": [{\"results\": [{\"ruleId\": \"a\"},", "unexpected end", 0},
		{"syntax", "{\"version\": \"2.1.0\", \"runs\": [{\"tool\": {\"driver\": {\"name\": \"T\"}},\n \"results\": [{\"ruleId\": \"a\"}, {,}]}]}", ":2:32: reading JSON: invalid character ','", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			log, err := Parse([]byte(tt.text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			n := 0
			for _, run := range log.Runs {
				n += len(run.Results)
			}
			if n != tt.results {
				t.Errorf("got %d results, want %d", n, tt.results)
			}
		})
	}
}

func TestOddTypesAreRead(t *testing.T) {
	log, err := Parse([]byte(`{"version": "2.1.0", "runs": [{"results": [{"ruleId": 7, "message": {"text": "m"},
	  "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a"}, "region": {"startLine": "5"}}}]}, {"ruleId": "b"}], "artifacts": null}]}`))
	if err != nil || len(log.Runs[0].Results) != 2 || len(log.Oddities) != 1 {
		t.Fatalf("got %+v, %v", log, err)
	}
	if got := log.Runs[0].Results[0]; got.Path != "a" || got.Message != "m" || got.Line != 0 {
		t.Errorf("got %+v", got)
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("../testing/results/testdata/*.sarif")
	if err != nil || len(files) == 0 {
		f.Fatalf("no seeds: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		log, err := Parse(data)
		if err == nil && log.Version != "2.1.0" {
			t.Errorf("version %q was read", log.Version)
		}
		for _, run := range log.Runs {
			for _, r := range run.Results {
				if r.Rule == "" || r.Message == "" || r.Severity.Rank() < 0 || r.Line < 0 ||
					strings.HasPrefix(r.Path, "/") || strings.HasPrefix(r.Path, "../") || r.Path == ".." || strings.Contains(r.Path, "/../") {
					t.Errorf("got %+v", r)
				}
			}
		}
	})
}

// large makes a log with n results in the manner of a scanner with snippets.
func large(n int) []byte {
	var b bytes.Buffer
	b.WriteString(`{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Big","rules":[{"id":"R1","properties":{"security-severity":"7.5","tags":["security"]}}]}},"results":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"ruleId":"R1","ruleIndex":0,"level":"error","message":{"text":"User input number %d reaches a query without being checked on its way, see [source](1)."},
"locations":[{"physicalLocation":{"artifactLocation":{"uri":"src/pkg%d/file%d.go","uriBaseId":"%%SRCROOT%%"},"region":{"startLine":%d,"startColumn":5,"endColumn":30,"snippet":{"text":"\tdb.Query(input%d)\n"}}}}],
"partialFingerprints":{"primaryLocationLineHash":"%016x:1"},
"codeFlows":[{"threadFlows":[{"locations":[{"location":{"physicalLocation":{"artifactLocation":{"uri":"src/a.go"},"region":{"startLine":1}},"message":{"text":"source"}}},{"location":{"physicalLocation":{"artifactLocation":{"uri":"src/b.go"},"region":{"startLine":2}},"message":{"text":"sink"}}}]}]}]}`, i, i%100, i%1000, i+1, i, i)
	}
	b.WriteString(`]}]}`)
	return bytes.Clone(b.Bytes())
}

func BenchmarkParse100k(b *testing.B) {
	data := large(100_000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var held uint64
	for b.Loop() {
		log, err := Parse(data)
		if err != nil || len(log.Runs[0].Results) != 100_000 {
			b.Fatalf("%v", err)
		}
		b.StopTimer()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		held = m.HeapAlloc - uint64(len(data))
		runtime.KeepAlive(log)
		b.StartTimer()
	}
	b.ReportMetric(float64(held)/1e6, "MB-held")
}
