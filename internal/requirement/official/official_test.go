package official_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/requirement/official"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

const today = "2026-06-01"

// published is the folder with the files that the publishers have released.
func published(t testing.TB) fs.FS {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "..", "shared", "data")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the published files are not at %s", dir)
	}
	return os.DirFS(dir)
}

func read(t *testing.T, fsys fs.FS, name string, o official.Options) official.Catalogue {
	t.Helper()
	o.Imported = today
	r, faults := official.Read(fsys, name, o)
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	return r.Catalogue
}

func TestEveryFormOfASVSSaysTheSame(t *testing.T) {
	files := published(t)
	want := read(t, files, "asvs/OWASP_ASVS_5.0.0_en.json", official.Options{})
	for _, form := range []string{"legacy.json", "flat.json", "flat.legacy.json", "csv", "legacy.csv", "cdx.json"} {
		got := read(t, files, "asvs/OWASP_ASVS_5.0.0_en."+form, official.Options{})
		if diff := cmp.Diff(want.Requirements, got.Requirements); diff != "" {
			t.Errorf("%s (-tree +this):\n%s", form, diff)
		}
		got.Source, got.Requirements = want.Source, want.Requirements
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-tree +this):\n%s", form, diff)
		}
	}
}

func TestPublishedCatalogues(t *testing.T) {
	files := published(t)
	for _, tt := range []struct {
		file, name, version, licence string
		requirements, sections       int
		levels                       []int // in which a requirement is first listed
	}{
		{"asvs/OWASP_ASVS_5.0.0_en.json", "asvs", "5.0.0", "CC-BY-SA-4.0", 345, 17, []int{70, 183, 92}},
		{"masvs/OWASP_MASVS.yaml", "masvs", "2.1.0", "CC-BY-SA-4.0", 24, 8, nil},
		{"osps-baseline/baseline", "osps", "2026.02.19", "Apache-2.0", 64, 8, []int{24, 19, 21}},
		{"ssdf/nist-ssdf-1.1.flat.json", "ssdf", "1.1", "public domain", 42, 4, nil},
	} {
		c := read(t, files, tt.file, official.Options{})
		if c.Name != tt.name || c.Version != tt.version || c.Licence != tt.licence || c.Attribution == "" || c.Imported != today {
			t.Errorf("%s: %s %s, licence %q, attribution %q, imported %s", tt.file, c.Name, c.Version, c.Licence, c.Attribution, c.Imported)
		}
		sections := map[string]bool{}
		var levels []int
		for _, q := range c.Requirements {
			sections[q.Section] = true
			if len(q.Levels) > 0 {
				for len(levels) < q.Levels[0] {
					levels = append(levels, 0)
				}
				levels[q.Levels[0]-1]++
			}
		}
		if len(c.Requirements) != tt.requirements || len(sections) != tt.sections || !slices.Equal(levels, tt.levels) {
			t.Errorf("%s: %d requirements in %d sections, levels %v; expected %d, %d, %v",
				tt.file, len(c.Requirements), len(sections), levels, tt.requirements, tt.sections, tt.levels)
		}
	}
}

// TestEveryImportedIDHasAPlan holds the two sides together: what the official
// files define and what we have plans for.
func TestEveryImportedIDHasAPlan(t *testing.T) {
	files := published(t)
	for name, file := range map[string]string{"asvs": "asvs/OWASP_ASVS_5.0.0_en.cdx.json", "masvs": "masvs/OWASP_MASVS.yaml", "osps": "osps-baseline/baseline"} {
		plans, err := knowledge.CatalogueRequirements(name)
		if err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for _, p := range plans {
			want = append(want, p.ID)
		}
		for _, q := range read(t, files, file, official.Options{}).Requirements {
			got = append(got, q.ID)
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-plans +official):\n%s", name, diff)
		}
	}
}

func TestOSCALSample(t *testing.T) {
	c := read(t, published(t), "oscal/basic-catalog.json", official.Options{Name: "sample", Licence: "fair use"})
	if len(c.Requirements) != 4 || c.Version != "1.1" || c.Licence != "fair use" {
		t.Fatalf("%d requirements, version %s, licence %s", len(c.Requirements), c.Version, c.Licence)
	}
	q := c.Requirements[0]
	want := "[Choose one or more: initiating a device lock after [a duration] of inactivity; requiring the user to initiate a device lock before leaving the system unattended]"
	if q.ID != "s1.1.1" || q.Section != "s1" || !strings.Contains(q.Text, want) {
		t.Errorf("%s of %s: %s", q.ID, q.Section, q.Text)
	}
}

func TestSameFileSameBytes(t *testing.T) {
	files := published(t)
	var first []byte
	for range 3 {
		c := read(t, files, "osps-baseline/baseline", official.Options{})
		data, err := c.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = data
		}
		if !bytes.Equal(first, data) {
			t.Fatal("two imports of one folder differ")
		}
	}
}

func TestKeptCatalogueIsReadBack(t *testing.T) {
	c := read(t, published(t), "asvs/OWASP_ASVS_5.0.0_en.csv", official.Options{})
	data, err := c.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	texts, catalogues, faults := official.Load(func(string) ([]byte, error) { return data, nil }, []string{c.Path()})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]official.Catalogue{c}, catalogues); diff != "" {
		t.Error(diff)
	}
	text := texts["v5.0.0-1.2.5"]
	if !strings.HasPrefix(text.Text, "Verify that") || text.Licence != "CC-BY-SA-4.0" || text.Catalogue != "asvs" || text.Attribution == "" {
		t.Errorf("%+v", text)
	}
}

// policy is a company's table in the encodings and with the separators that
// spreadsheets write.
func TestTables(t *testing.T) {
	const table = "ID,Titel,Description,Level\nACME-1,\"Größe, geprüft\",=1+1 must stay text,L2\nACME-2,,“Quoted” – and dashed,\n"
	const semicolons = "sep=;\nID;Titel;Description;Level\nACME-1;Größe, geprüft;=1+1 must stay text;2\n\nACME-2;;“Quoted” – and dashed;;;\n"
	want := []official.Requirement{
		{ID: "ACME-1", Title: "Größe, geprüft", Text: "=1+1 must stay text", Levels: []int{2}},
		{ID: "ACME-2", Text: "“Quoted” – and dashed"},
	}
	windows := strings.NewReplacer("ö", "\xf6", "ß", "\xdf", "ü", "\xfc", "“", "\x93", "”", "\x94", "–", "\x96")
	for name, data := range map[string]string{
		"UTF-8":                 table,
		"UTF-8 with mark":       "\ufeff" + table,
		"carriage returns":      strings.ReplaceAll(table, "\n", "\r\n"),
		"UTF-16 little":         inUTF16("\ufeff"+table, false),
		"UTF-16 big":            inUTF16("\ufeff"+table, true),
		"UTF-16 without mark":   inUTF16(table, false),
		"Windows-1252":          windows.Replace(table),
		"semicolons":            semicolons,
		"semicolons in Windows": windows.Replace(semicolons),
		"tabs":                  "ID\tTitel\tDescription\tLevel\nACME-1\tGröße, geprüft\t=1+1 must stay text\tLevel 2\nACME-2\t\t“Quoted” – and dashed\t\n",
	} {
		t.Run(name, func(t *testing.T) {
			c := read(t, fstest.MapFS{"policy.csv": {Data: []byte(data)}}, "policy.csv",
				official.Options{Name: "acme", Columns: map[string]string{"title": "titel"}})
			if diff := cmp.Diff(want, c.Requirements); diff != "" {
				t.Error(diff)
			}
			if c.Version != "1" || c.Licence != official.Unknown {
				t.Errorf("version %q, licence %q", c.Version, c.Licence)
			}
		})
	}
}

func inUTF16(text string, big bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(text)) {
		if big {
			b.Write([]byte{byte(u >> 8), byte(u)})
		} else {
			b.Write([]byte{byte(u), byte(u >> 8)})
		}
	}
	return b.String()
}

// TestBadInput: each fault has a place and says what to do.
func TestBadInput(t *testing.T) {
	big := func() string { return `{"catalog":{"x":"` + strings.Repeat("x", official.MaxSize) + `"}}` }
	deep := `{"catalog":` + strings.Repeat("[", 100_000)
	for _, tt := range []struct {
		name, file, data string
		options          official.Options
		code             fault.Code
		message          string
	}{
		{"no such file", "a.json", "", official.Options{}, fault.NotFound, "no such file"},
		{"empty", "b.json", " ", official.Options{}, fault.Config, "neither JSON nor YAML"},
		{"cut off", "b.json", `{"Requirements":[`, official.Options{}, fault.Config, "b.json:1:18: the JSON ends too early"},
		{"no JSON", "b.json", "{\n  \"a\": nope}", official.Options{}, fault.Config, "b.json:2:8: this is no JSON"},
		{"two values", "b.json", `{} {}`, official.Options{}, fault.Config, "follows the end"},
		{"a name twice", "b.json", `{"Version":"1","Version":"2"}`, official.Options{}, fault.Config, `b.json:1:16: "Version" stands twice`},
		{"not UTF-8", "b.json", "{\"a\":\"\xff\xfe\"}", official.Options{}, fault.Config, "b.json:1:7: the text is not UTF-8"},
		{"half a character", "b.csv", "\xff\xfea", official.Options{}, fault.Config, "ends in the middle of a character"},
		{"a workbook", "b.csv", "PK\x03\x04\x00", official.Options{}, fault.NotThere, "packed file"},
		{"zero bytes", "b.csv", "id,text\nA,b\x00c\n", official.Options{}, fault.Config, "b.csv:2:4: a zero byte"},
		{"XML", "b.xml", "<root/>", official.Options{}, fault.NotThere, "XML is not read"},
		{"nested", "b.json", deep, official.Options{}, fault.Config, "nested too deeply"},
		{"too large", "b.json", big(), official.Options{}, fault.TooCostly, "larger than 64 MiB"},
		{"unknown form", "b.json", `{"apples":1}`, official.Options{}, fault.Config, "at its top stand apples"},
		{"a long line", "b.csv", "id,text\n" + strings.Repeat("x,", 1<<18), official.Options{}, fault.TooCostly, "b.csv:2: the line is longer"},
		{"a large table", "b.csv", strings.Repeat("a,b\n", 5<<20), official.Options{}, fault.TooCostly, "larger than 16 MiB"},
		{"no requirement", "b.csv", "id,text\n", official.Options{}, fault.Nothing, "there is no requirement"},
		{"an empty table", "b.csv", "\n\n", official.Options{}, fault.Nothing, "the table is empty"},
		{"unknown column", "b.csv", "id,text\nA,b\n", official.Options{Columns: map[string]string{"text": "Body"}}, fault.Usage, `no column is headed "Body"`},
		{"no column of texts", "b.csv", "id,what\nA,b\n", official.Options{}, fault.Usage, "known to hold the text"},
		{"an open quote", "b.csv", "id,text\nA,\"b\nB,c\n", official.Options{}, fault.Config, "b.csv:3:5: reading the table"},
		{"slipped cells", "b.csv", "id,text\nA,b,c\n", official.Options{}, fault.Config, "b.csv:2: the row has 3 cells"},
		{"an id twice", "b.csv", "id,text\nA,b\n\nB,c\na,d\n", official.Options{}, fault.Config, "b.csv:5: the id a stands twice; first at b.csv:2"},
		{"a file's name as id", "b.csv", "id,text\n../../x,b\n", official.Options{}, fault.Config, "cannot be an id"},
		{"an id of ASVS", "b.csv", "id,text\n1.2.3,b\n", official.Options{}, fault.Config, "read as an id of asvs"},
		{"no text", "b.csv", "id,text\nA,\n", official.Options{}, fault.Config, "b.csv:2: A has no text"},
		{"a wrong level", "b.csv", "id,text,how\nA,b,high\n", official.Options{Columns: map[string]string{"level": "how"}}, fault.Config, `"high" is no level`},
		{"our own name", "b.csv", "id,text\nA,b\n", official.Options{Name: "plimsoll"}, fault.Usage, "Plimsoll's own"},
		{"a name that is none", "b.csv", "id,text\nA,b\n", official.Options{Name: "../x"}, fault.Usage, "cannot be the name"},
		{"no version", "b.json", `{"Requirements":[{"req_id":"V1.1.1","req_description":"x","L":"1"},{"req_id":"V99.1.1","req_description":"x","L":"1"}]}`,
			official.Options{}, fault.Usage, "the version of the catalogue is not known"},
		{"a level of ASVS", "b.json", `{"Version":"5.0.0","Requirements":[{"req_id":"V1.1.1","req_description":"x","L":"4"}]}`,
			official.Options{}, fault.Config, `b.json:1:36: "4" is no level of ASVS`},
		{"no standard", "b.json", `{"bomFormat":"CycloneDX","definitions":{"standards":[]}}`, official.Options{}, fault.Config, "defines no standard"},
		{"two standards", "b.json", `{"bomFormat":"CycloneDX","definitions":{"standards":[{"name":"A"},{"name":"B"}]}}`, official.Options{}, fault.Usage, "holds 2 standards"},
		{"a circle of parents", "b.json", `{"bomFormat":"CycloneDX","definitions":{"standards":[{"name":"A","version":"1","requirements":[
			{"bom-ref":"1","identifier":"A-1","text":"x","parent":"2"},{"bom-ref":"2","identifier":"A-2","text":"y","parent":"1"}]}]}}`,
			official.Options{}, fault.Config, "its own ancestor"},
		{"a parameter of itself", "b.json", `{"catalog":{"metadata":{"title":"A","version":"1"},"params":[{"id":"p","values":["{{ insert: param, p }}"]}],
			"controls":[{"id":"c-1","parts":[{"name":"statement","prose":"do {{ insert: param, p }}"}]}]}}`,
			official.Options{}, fault.Config, "defined by itself: p → p"},
		{"parameters without end", "b.json", bomb(), official.Options{}, fault.Config, "parameters insert too much"},
		{"old OSCAL", "b.json", `{"catalog":{"metadata":{"oscal-version":"2.0.0"}}}`, official.Options{}, fault.Config, "OSCAL 2.0.0 is not read"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := fstest.MapFS{}
			if tt.data != "" {
				files[tt.file] = &fstest.MapFile{Data: []byte(tt.data)}
			}
			r, faults := official.Read(files, tt.file, tt.options)
			if r != nil || len(faults) == 0 {
				t.Fatal("it was read")
			}
			f := faults[0]
			if f.Code != tt.code || !strings.Contains(f.Error(), tt.message) || f.Place == nil {
				t.Errorf("code %s, %v", f.Code, f)
			}
		})
	}
}

// bomb is a parameter whose text is ten times another's, ten deep.
func bomb() string {
	var params []string
	for i := range 10 {
		next := strings.Repeat(fmt.Sprintf("{{ insert: param, p%d }}", i+1), 10)
		params = append(params, fmt.Sprintf(`{"id":"p%d","values":[%q]}`, i, next))
	}
	return `{"catalog":{"metadata":{"title":"A","version":"1"},"params":[` + strings.Join(params, ",") +
		`],"controls":[{"id":"c-1","parts":[{"name":"statement","prose":"{{ insert: param, p0 }}"}]}]}}`
}

// TestDeletedNumbersAreLeftOut: version 4 keeps the number of what it dropped.
func TestDeletedNumbersAreLeftOut(t *testing.T) {
	const data = `{"Name":"x","ShortName":"ASVS","Version":"4.0.3","Requirements":[{"Shortcode":"V2","Name":"Authentication","Items":[{"Shortcode":"V2.1","Name":"Passwords","Items":[
		{"Shortcode":"V2.1.1","Description":"Something.","L1":{"Required":true,"Requirement":"✓"},"L2":{"Required":true},"L3":{"Required":true}},
		{"Shortcode":"V2.1.2","Description":"[DELETED, DUPLICATE OF 1.1.1]","L1":{"Required":false},"L2":{"Required":false},"L3":{"Required":false}}]}]}]}`
	c := read(t, fstest.MapFS{"a.json": {Data: []byte(data)}}, "a.json", official.Options{})
	if c.Name != "asvs4" || c.Licence != "CC-BY-SA-4.0" {
		t.Errorf("%s, licence %s", c.Name, c.Licence)
	}
	want := []official.Requirement{{ID: "v4.0.3-2.1.1", Section: "V2", SectionTitle: "Authentication", Title: "Passwords", Text: "Something.", Levels: []int{1}}}
	if diff := cmp.Diff(want, c.Requirements); diff != "" {
		t.Error(diff)
	}
}

func TestDefaultPlan(t *testing.T) {
	c := read(t, fstest.MapFS{"policy.csv": {Data: []byte("id,text,level\nACME-1,Laptops are encrypted.,2\n")}}, "policy.csv", official.Options{Name: "acme"})
	want := []knowledge.Requirement{{
		ID: "ACME-1", Title: "Laptops are encrypted.", Wing: "requirements", Level: 2, Statement: "Laptops are encrypted.", Applies: "true",
		Fix: "verify it, and record what shows it", Minutes: 60, Catalogue: "acme", Version: "1", Levels: []int{2},
		Plan: knowledge.Plan{Automation: "none", Person: "Laptops are encrypted.", Days: 365, Owner: "security", Methods: []string{"interview", "review"},
			Evidence: "what shows that it holds: a document, a record, a configuration", Strength: 2},
	}}
	if diff := cmp.Diff(want, c.Plans()); diff != "" {
		t.Error(diff)
	}
}
