package report

import (
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// sarifSchema names the variable that leads to the standard's own JSON schema
// (sarif-schema-2.1.0.json of OASIS), which is not ours to hand on. Where it is
// set, every run is held against it as well.
const sarifSchema = "SARIF_SCHEMA"

func TestSARIFSchema(t *testing.T) {
	path := os.Getenv(sarifSchema)
	if path == "" {
		t.Skipf("%s does not name the standard's schema", sarifSchema)
	}
	schema, err := jsonschema.NewCompiler().Compile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, events := range runs {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(render(t, "sarif", options(), events())))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSARIFStructure holds what hosts ask beyond the schema, and what the schema
// cannot say.
func TestSARIFStructure(t *testing.T) {
	for name, events := range runs {
		var log sarifLog
		if err := json.Unmarshal([]byte(render(t, "sarif", options(), events())), &log); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if log.Version != "2.1.0" || len(log.Runs) == 0 {
			t.Errorf("%s: version %q, %d runs", name, log.Version, len(log.Runs))
		}
		for _, run := range log.Runs {
			checkSARIFRun(t, name, run)
		}
	}
}

func checkSARIFRun(t *testing.T, name string, run sarifRun) {
	t.Helper()
	if run.Tool.Driver.Name == "" || len(run.Invocations) == 0 {
		t.Errorf("%s: a run without tool or invocation", name)
	}
	for _, result := range run.Results {
		if result.RuleIndex >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[result.RuleIndex].ID != result.RuleID {
			t.Errorf("%s: %q has the index %d", name, result.RuleID, result.RuleIndex)
		}
		if !slices.Contains([]string{"error", "warning", "note"}, result.Level) {
			t.Errorf("%s: level %q", name, result.Level)
		}
		if len(result.Locations) != 1 || result.Message.Text == "" {
			t.Errorf("%s: a result with %d locations and the message %q", name, len(result.Locations), result.Message.Text)
		}
		for _, loc := range append(result.Locations, result.RelatedLocations...) {
			uri, err := url.Parse(loc.PhysicalLocation.ArtifactLocation.URI)
			if err != nil || uri.IsAbs() || uri.Host != "" || uri.Path == "" || uri.RawQuery != "" || uri.Fragment != "" {
				t.Errorf("%s: %q is no relative path: %v", name, loc.PhysicalLocation.ArtifactLocation.URI, err)
			}
			if r := loc.PhysicalLocation.Region; r.StartLine < 1 || r.EndColumn != 0 && r.EndColumn <= r.StartColumn {
				t.Errorf("%s: region %+v", name, r)
			}
		}
	}
}

func TestSARIFRuns(t *testing.T) {
	var log sarifLog
	if err := json.Unmarshal([]byte(render(t, "sarif", options(), findingsRun())), &log); err != nil {
		t.Fatal(err)
	}
	if got := []string{log.Runs[0].Tool.Driver.Name, log.Runs[1].Tool.Driver.Name}; !slices.Equal(got, []string{"Plimsoll", "CodeQL"}) {
		t.Errorf("runs of %v", got)
	}
	suppressed := 0
	for _, result := range log.Runs[0].Results {
		suppressed += len(result.Suppressions)
	}
	if suppressed != 1 {
		t.Errorf("%d results are suppressed, want the one that is decided", suppressed)
	}
	i := slices.IndexFunc(log.Runs[0].Tool.Driver.Rules, func(r sarifRule) bool { return r.ID == "secret.private-key" })
	rule := log.Runs[0].Tool.Driver.Rules[i]
	if tags := rule.Properties["tags"].([]any); !slices.Contains(tags, any("external/cwe/cwe-321")) || rule.Properties["security-severity"] != "9.5" {
		t.Errorf("properties %v", rule.Properties)
	}
}

func TestURI(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"a/b.go", "a/b.go"},
		{"with space/ü#?.go", "with%20space/%C3%BC%23%3F.go"},
		{"c:/x", "c%3A/x"},
		{"//host/x", "host/x"},
		{"bad\xff", "bad%FF"},
		{"100%", "100%25"},
	} {
		if got := uriOf(tt.in); got != tt.want {
			t.Errorf("uriOf(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestColumnsInUTF16(t *testing.T) {
	source := "a😀é = x"
	f := &event.Finding{Line: 1, Source: source, Column: strings.Index(source, "é") + 1, EndColumn: strings.Index(source, " ") + 1}
	if start, end := columnsOf(f); start != 4 || end != 5 {
		t.Errorf("columns %d to %d, want 4 to 5", start, end)
	}
	f.Column = 400
	if start, end := columnsOf(f); start != 0 || end != 0 {
		t.Errorf("columns %d to %d beyond the line, want none", start, end)
	}
}
