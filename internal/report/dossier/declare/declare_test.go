package declare

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/CycloneDX/cyclonedx-go"
	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/dossiertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func written(t testing.TB, d *dossier.Dossier) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := CycloneDX(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestGolden(t *testing.T) {
	got := written(t, dossiertest.Shop())
	for seed := range uint64(5) {
		if !bytes.Equal(got, written(t, dossiertest.Shuffled(dossiertest.Shop(), seed))) {
			t.Fatalf("seed %d gives other bytes", seed)
		}
	}
	path := filepath.Join("testdata", "shop.cdx.json")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestRoundTrip: the library reads what it wrote, and loses nothing.
func TestRoundTrip(t *testing.T) {
	text := written(t, dossiertest.Shop())
	var bom cyclonedx.BOM
	if err := cyclonedx.NewBOMDecoder(bytes.NewReader(text), cyclonedx.BOMFileFormatJSON).Decode(&bom); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	encoder := cyclonedx.NewBOMEncoder(&again, cyclonedx.BOMFileFormatJSON)
	if err := encoder.EncodeVersion(&bom, cyclonedx.SpecVersion1_6); err != nil {
		t.Fatal(err)
	}
	var want, got any
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(again.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSchema validates against the schema that the library's own module brings.
func TestSchema(t *testing.T) {
	s := schema(t)
	for name, d := range map[string]*dossier.Dossier{"shop": dossiertest.Shop(), "large": dossiertest.Large(60), "empty": {}} {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(written(t, d)))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.Validate(map[string]any{"bomFormat": "CycloneDX", "specVersion": "1.6", "declarations": map[string]any{"claims": 1}}) == nil {
		t.Error("the schema takes anything")
	}
}

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/CycloneDX/cyclonedx-go").Output()
	if err != nil {
		t.Skipf("the library's module cannot be found: %v", err)
	}
	c := jsonschema.NewCompiler()
	for _, name := range []string{"bom-1.6.schema.json", "spdx.schema.json", "jsf-0.82.schemax.json"} {
		data, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)), "schema", name))
		if err != nil {
			t.Skipf("the library's module brings no schema: %v", err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		id := "http://cyclonedx.org/schema/" + strings.Replace(name, "schemax", "schema", 1)
		for _, id := range []string{id, "file:///" + name} {
			if err := c.AddResource(id, document); err != nil {
				t.Fatal(err)
			}
		}
	}
	s, err := c.Compile("http://cyclonedx.org/schema/bom-1.6.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestNothingIsMadeUp: what is not known has neither claim nor score, and nobody
// signs who has not.
func TestNothingIsMadeUp(t *testing.T) {
	b := &builder{d: dossiertest.Shop().Sorted()}
	b.book = b.d.Book()
	bom := b.document()
	if bom.Declarations.Affirmation != nil {
		t.Error("there is an affirmation that nobody gave")
	}
	claimed := map[string]bool{}
	for _, c := range *bom.Declarations.Claims {
		claimed[c.BOMRef] = true
	}
	maps := map[string]cyclonedx.AttestationMap{}
	for _, m := range *(*bom.Declarations.Attestations)[0].Map {
		maps[m.Requirement] = m
	}
	for i := range b.d.Requirements {
		q := &b.d.Requirements[i]
		m, mapped := maps[requirementRef(q)]
		known := q.Status == event.Pass || q.Status == event.Fail || q.Status == event.Exempt
		if mapped != (q.Status != event.NotApplicable) || claimed[claimRef(q)] != known || mapped && (m.Conformance.Score != nil) != known {
			t.Errorf("%s is %s: mapped %t, claimed %t, conformance %+v", q.ID, q.Status, mapped, claimed[claimRef(q)], m.Conformance)
		}
	}
	if got := *maps["requirement:asvs:v5.0.0-6.2.1"].Confidence.Score; got != 1 {
		t.Errorf("a test and a reviewed word have confidence %v", got)
	}
	if maps["requirement:plimsoll:PL-BUILD-2"].Confidence != nil {
		t.Error("stale evidence gives confidence")
	}
}

func BenchmarkCycloneDX(b *testing.B) {
	d := dossiertest.Large(10_000)
	for b.Loop() {
		if err := CycloneDX(&bytes.Buffer{}, d); err != nil {
			b.Fatal(err)
		}
	}
}
