package official_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/plimsoll-dev/plimsoll/internal/requirement/official"
)

// reads holds Read to its word: either faults, each with a message, or a
// catalogue that can be kept and read back.
func reads(t *testing.T, files fstest.MapFS, name string, o official.Options) {
	o.Imported = today
	r, faults := official.Read(files, name, o)
	if (r == nil) == (len(faults) == 0) {
		t.Fatalf("a result and faults, or neither: %v", faults)
	}
	if r == nil {
		return
	}
	data, err := r.Catalogue.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	back, bad := official.Parse(r.Catalogue.Path(), data)
	if len(bad) > 0 {
		t.Fatalf("what was imported cannot be read back: %v", bad)
	}
	again, err := back.Marshal()
	if err != nil || !bytes.Equal(data, again) {
		t.Fatalf("it reads back as something else: %v", err)
	}
}

// seed adds the published files of a form, where they are at hand.
func seed(f *testing.F, names ...string) {
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join("..", "..", "..", "..", "shared", "data", name))
		if err == nil && len(data) < 40<<10 {
			f.Add(data)
		}
	}
}

func FuzzJSON(f *testing.F) {
	seed(f, "oscal/basic-catalog.json")
	for _, s := range []string{catalog, bomb(),
		`{"Version":"5.0.0","Requirements":[{"Shortcode":"V1","Items":[{"Items":[{"Shortcode":"V1.1.1","Description":"x","L":"1"}]}]}]}`,
		`{"requirements":[{"req_id":"V1.1.1","req_description":"x","level1":"","level2":"✓"}]}`,
		`{"bomFormat":"CycloneDX","declarations":{"standards":[{"name":"A","version":"1","requirements":[{"bom-ref":"1","identifier":"A-1","text":"x","parent":"2"},{"bom-ref":"2"}],"levels":[{"requirements":["1"]}]}]}}`,
		`{"source":"v1.1 x","items":[{"id":"PO"},{"id":"PO.1.1","text":"x","task":true}]}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		reads(t, fstest.MapFS{"a.json": {Data: data}}, "a.json", official.Options{})
	})
}

func FuzzYAML(f *testing.F) {
	seed(f, "masvs/OWASP_MASVS.yaml", "osps-baseline/baseline/OSPS-LE.yaml")
	f.Add([]byte("groups:\n- id: MASVS-A\n  controls:\n  - {id: MASVS-A-1, statement: x}\n"))
	f.Add([]byte("controls:\n- id: A\n  assessment-requirements:\n  - {id: A.1, text: x, applicability: [maturity-1]}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		reads(t, fstest.MapFS{"d/a.yaml": {Data: data}}, "d/a.yaml", official.Options{Version: "1"})
		reads(t, fstest.MapFS{"d/a.yaml": {Data: data}, "d": {Mode: fs.ModeDir}}, "d", official.Options{Version: "1"})
	})
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{"id,text\nA,b\n", "sep=;\nid;text;level\nA;\"b\nc\";L1\n", "\xff\xfei\x00d\x00", "id\ttext\nA\tb\x96\n",
		"chapter_id,req_id,req_description,L\nV1,V1.1.1,x,1\n", "id,text\nA,=cmd|' /C calc'!A0\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		reads(t, fstest.MapFS{"a.csv": {Data: data}}, "a.csv", official.Options{})
	})
}

func FuzzProfile(f *testing.F) {
	f.Add([]byte(profile(`{"href":"base.json","include-controls":[{"with-ids":["ac-2"],"with-child-controls":"yes"}]}`, `{"set-parameters":[{"param-id":"hours","values":["x"]}]}`)))
	f.Add([]byte(profile(`{"href":"#r1","exclude-controls":[{"matching":[{"pattern":"ac-[1"}]}]}`, `{"alters":[{"control-id":"ac-1","removes":[{"by-name":"statement"}]}]}`)))
	f.Add([]byte(profile(`{"href":"a.json"}`, "")))
	f.Fuzz(func(t *testing.T, data []byte) {
		reads(t, fstest.MapFS{"a.json": {Data: data}, "base.json": {Data: []byte(catalog)}}, "a.json", official.Options{})
	})
}

func FuzzParse(f *testing.F) {
	_, good := catalogueFile("acme", "1", "ACME-1", "Do it.")
	f.Add([]byte(good))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, faults := official.Parse(official.Dir+"/acme-1.json", data)
		if (c == nil) == (len(faults) == 0) {
			t.Fatalf("a catalogue and faults, or neither: %v", faults)
		}
	})
}
