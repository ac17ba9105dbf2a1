package oscal

import (
	"bytes"
	"encoding/json"
	"flag"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/dossiertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

// schemas are NIST's, which are not part of the project.
const schemas = "../../../../../shared/data/oscal"

func schema(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	path := filepath.Join(filepath.FromSlash(schemas), file)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("NIST's schema is not there: %v", err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("oscal.json", document); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("oscal.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// dossiers are those that the documents must be valid for.
func dossiers() map[string]*dossier.Dossier {
	met := &dossier.Dossier{Product: "met", AsOf: dossiertest.Day("2026-11-20"), Gate: event.Met,
		Requirements: []dossier.Requirement{{ID: "1 odd/id", Status: event.Pass}}}
	return map[string]*dossier.Dossier{"shop": dossiertest.Shop(), "large": dossiertest.Large(60), "met": met, "empty": {AsOf: dossiertest.Day("2026-11-20")}}
}

func TestSchemas(t *testing.T) {
	for _, file := range []string{"oscal_complete_schema-1-1-3.json", "oscal_complete_schema-1-2-2.json"} {
		t.Run(file, func(t *testing.T) {
			s := schema(t, file)
			for name, d := range dossiers() {
				for kind, write := range writers {
					var out bytes.Buffer
					if err := write(&out, d); err != nil {
						t.Fatal(err)
					}
					value, err := jsonschema.UnmarshalJSON(&out)
					if err != nil {
						t.Fatal(err)
					}
					if err := s.Validate(value); err != nil {
						t.Errorf("%s of %s: %v", kind, name, err)
					}
				}
			}
		})
	}
}

// TestSchemaRefuses makes sure that the test above can fail.
func TestSchemaRefuses(t *testing.T) {
	s := schema(t, "oscal_complete_schema-1-1-3.json")
	if s.Validate(map[string]any{"assessment-results": map[string]any{"uuid": "x"}}) == nil {
		t.Error("the schema takes a document without anything")
	}
}

var writers = map[string]func(io.Writer, *dossier.Dossier) error{
	"assessment-results": AssessmentResults, "plan-of-action-and-milestones": PlanOfAction,
}

func TestGolden(t *testing.T) {
	for kind, write := range writers {
		var out bytes.Buffer
		if err := write(&out, dossiertest.Shop()); err != nil {
			t.Fatal(err)
		}
		for seed := range uint64(5) {
			var again bytes.Buffer
			if err := write(&again, dossiertest.Shuffled(dossiertest.Shop(), seed)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(out.Bytes(), again.Bytes()) {
				t.Fatalf("%s: seed %d gives other bytes", kind, seed)
			}
		}
		path := filepath.Join("testdata", kind+".json")
		if *update {
			if err := os.WriteFile(path, out.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), out.String()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

// TestReferences: whatever one part names by UUID, the document holds.
func TestReferences(t *testing.T) {
	for kind, write := range writers {
		var out bytes.Buffer
		if err := write(&out, dossiertest.Shop()); err != nil {
			t.Fatal(err)
		}
		var value any
		if err := json.Unmarshal(out.Bytes(), &value); err != nil {
			t.Fatal(err)
		}
		defined, named := map[string]int{}, map[string]string{}
		collect(value, defined, named)
		if len(named) < 5 {
			t.Errorf("%s names %d UUIDs alone", kind, len(named))
		}
		for id, key := range named {
			if defined[id] != 1 {
				t.Errorf("%s: %s %s is defined %d times", kind, key, id, defined[id])
			}
		}
	}
}

func collect(value any, defined map[string]int, named map[string]string) {
	switch v := value.(type) {
	case []any:
		for _, x := range v {
			collect(x, defined, named)
		}
	case map[string]any:
		for key, x := range v {
			text, isText := x.(string)
			switch {
			case key == "uuid" && isText:
				defined[text]++
			case isText && len(key) > 5 && key[len(key)-5:] == "-uuid":
				named[text] = key
			}
			collect(x, defined, named)
		}
	}
}

// TestItemsLast: what an auditor follows from one plan of action to the next
// keeps its UUID, and the document gets another.
func TestItemsLast(t *testing.T) {
	uuids := func(d *dossier.Dossier) (document string, items []any) {
		var out bytes.Buffer
		if err := PlanOfAction(&out, d); err != nil {
			t.Fatal(err)
		}
		var value map[string]map[string]any
		if err := json.Unmarshal(out.Bytes(), &value); err != nil {
			t.Fatal(err)
		}
		p := value["plan-of-action-and-milestones"]
		for _, i := range p["poam-items"].([]any) {
			items = append(items, i.(map[string]any)["uuid"])
		}
		return p["uuid"].(string), items
	}
	later := dossiertest.Shop()
	later.AsOf = later.AsOf.AddDate(0, 1, 0)
	document, items := uuids(dossiertest.Shop())
	documentLater, itemsLater := uuids(later)
	if document == documentLater {
		t.Error("two documents have one UUID")
	}
	if diff := cmp.Diff(items, itemsLater); diff != "" {
		t.Errorf("the items' UUIDs changed:\n%s", diff)
	}
}

func TestToken(t *testing.T) {
	for _, tt := range []struct {
		id     string
		itself bool
	}{{"v5.0.0-1.2.5", true}, {"PL-CODE-1", true}, {"1.2.5", false}, {"a b", false}, {"a/b", false}, {"", false}, {"é-1", true}} {
		if got := token(tt.id); (got == tt.id) != tt.itself {
			t.Errorf("token(%q) = %q", tt.id, got)
		}
	}
	if token("a b") == token("a/b") {
		t.Error("two ids have one token")
	}
}

func BenchmarkAssessmentResults(b *testing.B) {
	d := dossiertest.Large(10_000)
	for b.Loop() {
		var out bytes.Buffer
		if err := AssessmentResults(&out, d); err != nil {
			b.Fatal(err)
		}
	}
}
