package official_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/plimsoll-dev/plimsoll/internal/requirement/official"
)

const catalog = `{"catalog":{"metadata":{"title":"Base","version":"3","oscal-version":"1.2.2",
 "parties":[{"uuid":"p1","name":"Somebody"},{"uuid":"p2","name":"The Publisher"}],"responsible-parties":[{"role-id":"publisher","party-uuids":["p2"]}]},
 "groups":[{"id":"ac","title":"Access","params":[{"id":"hours","label":"hours"}],"controls":[
  {"id":"ac-1","title":"Policy","parts":[{"id":"ac-1_smt","name":"statement","prose":"Review it every {{ insert: param, hours }}.","parts":[
     {"id":"ac-1_smt.a","name":"item","props":[{"name":"label","value":"a."}],"prose":"in writing"}]},
     {"name":"guidance","prose":"Be kind."}]},
  {"id":"ac-2","title":"Accounts","parts":[{"name":"statement","prose":"Know them."}],"controls":[
     {"id":"ac-2.1","title":"Automation","parts":[{"name":"statement","prose":"By machine."}]}]},
  {"id":"ac-3","title":"Old","props":[{"name":"status","value":"withdrawn"}]}]}]}}`

func profile(imports, modify string) string {
	if modify == "" {
		modify = "{}"
	}
	return `{"profile":{"metadata":{"title":"Ours","version":"1.0"},"imports":[` + imports + `],"modify":` + modify +
		`,"back-matter":{"resources":[{"uuid":"r1","rlinks":[{"href":"https://example.org/base.xml"},{"href":"../lib/base.json","media-type":"application/oscal+json"}]}]}}}`
}

func TestProfiles(t *testing.T) {
	for _, tt := range []struct {
		name, profile string
		ids           []string
		first         string // text of the first
	}{
		{"all", profile(`{"href":"../lib/base.json","include-all":{}}`, ""), []string{"ac-1", "ac-2", "ac-2.1"}, "Review it every [hours].\n  a. in writing"},
		{"by id", profile(`{"href":"../lib/base.json","include-controls":[{"with-ids":["ac-2"]}]}`, ""), []string{"ac-2"}, "Know them."},
		{"with what is inside", profile(`{"href":"#r1","include-controls":[{"with-ids":["ac-2"],"with-child-controls":"yes"}]}`, ""), []string{"ac-2", "ac-2.1"}, "Know them."},
		{"by pattern, less one", profile(`{"href":"#r1","include-controls":[{"matching":[{"pattern":"ac-*"}]}],"exclude-controls":[{"with-ids":["ac-1"]}]}`, ""),
			[]string{"ac-2", "ac-2.1"}, "Know them."},
		{"values set", profile(`{"href":"../lib/base.json","include-controls":[{"with-ids":["ac-1"]}]}`, `{"set-parameters":[{"param-id":"hours","values":["24 hours"]}]}`),
			[]string{"ac-1"}, "Review it every 24 hours.\n  a. in writing"},
		{"altered", profile(`{"href":"../lib/base.json","include-controls":[{"with-ids":["ac-1"]}]}`,
			`{"alters":[{"control-id":"ac-1","removes":[{"by-id":"ac-1_smt.a"}],"adds":[{"parts":[{"name":"statement","prose":"Twice."}]}]}]}`),
			[]string{"ac-1"}, "Review it every [hours].\n\nTwice."},
		{"a profile of a profile", profile(`{"href":"mid.json","include-all":{}},{"href":"../lib/base.json","include-controls":[{"with-ids":["ac-2"]}]}`, `{"set-parameters":[{"param-id":"hours","values":["week"]}]}`),
			[]string{"ac-1", "ac-2"}, "Review it every week.\n  a. in writing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := fstest.MapFS{
				"lib/base.json":  {Data: []byte(catalog)},
				"ours/top.json":  {Data: []byte(tt.profile)},
				"ours/mid.json":  {Data: []byte(profile(`{"href":"../lib/base.json","include-controls":[{"with-ids":["ac-1"]}]}`, `{"set-parameters":[{"param-id":"hours","values":["day"]}]}`))},
				"ours/other.txt": {Data: []byte("x")},
			}
			c := read(t, files, "ours/top.json", official.Options{})
			var ids []string
			for _, q := range c.Requirements {
				ids = append(ids, q.ID)
			}
			if !slices.Equal(ids, tt.ids) || c.Requirements[0].Text != tt.first {
				t.Errorf("%v, first %q", ids, c.Requirements[0].Text)
			}
			if c.Name != "ours" || c.Requirements[0].Section != "ac" || c.Requirements[0].SectionTitle != "Access" {
				t.Errorf("%s: %+v", c.Name, c.Requirements[0])
			}
		})
	}
}

func TestCatalogMetadata(t *testing.T) {
	r, faults := official.Read(fstest.MapFS{"base.json": {Data: []byte(catalog)}}, "base.json", official.Options{Imported: today})
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	c := r.Catalogue
	if c.Publisher != "The Publisher" || c.Licence != official.Unknown || c.Requirements[0].Guidance != "Be kind." {
		t.Errorf("%+v", c)
	}
	if notes := strings.Join(r.Notes, "\n"); !strings.Contains(notes, "withdrawn controls, left out: 1") || !strings.Contains(notes, "--licence") {
		t.Error(notes)
	}
}

func TestBadProfiles(t *testing.T) {
	chain := fstest.MapFS{}
	for i := range 20 {
		chain[fmt.Sprintf("p%d.json", i)] = &fstest.MapFile{Data: []byte(profile(fmt.Sprintf(`{"href":"p%d.json","include-all":{}}`, i+1), ""))}
	}
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"circle", map[string]string{"p0.json": profile(`{"href":"b.json"}`, ""), "b.json": profile(`{"href":"./p0.json"}`, "")},
			"b.json:1:76: the profiles import one another in a circle: p0.json → b.json → p0.json"},
		{"itself", map[string]string{"p0.json": profile(`{"href":"p0.json"}`, "")}, "circle: p0.json → p0.json"},
		{"deep", nil, "more than 16 deep"},
		{"outside", map[string]string{"p0.json": profile(`{"href":"../../etc/passwd"}`, "")}, "leads outside the folder"},
		{"absolute", map[string]string{"p0.json": profile(`{"href":"/etc/passwd"}`, "")}, "is no path beside the profile"},
		{"network", map[string]string{"p0.json": profile(`{"href":"https://example.org/c.json"}`, "")}, "nothing is fetched"},
		{"absent", map[string]string{"p0.json": profile(`{"href":"gone.json"}`, "")}, "importing gone.json: there is no such file"},
		{"no link", map[string]string{"p0.json": profile(`{"href":"#nowhere"}`, "")}, "the resource nowhere, which has no link"},
		{"nothing", map[string]string{"p0.json": profile(``, "")}, "imports nothing"},
		{"wrong id", map[string]string{"p0.json": profile(`{"href":"base.json","include-controls":[{"with-ids":["ac-9"]}]}`, ""), "base.json": catalog}, `no control "ac-9"`},
		{"wrong parameter", map[string]string{"p0.json": profile(`{"href":"base.json"}`, `{"set-parameters":[{"param-id":"x"}]}`), "base.json": catalog}, `sets the parameter "x"`},
		{"wrong alteration", map[string]string{"p0.json": profile(`{"href":"base.json"}`, `{"alters":[{"control-id":"x"}]}`), "base.json": catalog}, `alters the control "x"`},
		{"no OSCAL", map[string]string{"p0.json": profile(`{"href":"x.json"}`, ""), "x.json": "{}"}, "neither an OSCAL catalog nor a profile"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := fstest.MapFS{}
			for name, data := range tt.files {
				files[name] = &fstest.MapFile{Data: []byte(data)}
			}
			if tt.files == nil {
				files = chain
			}
			_, faults := official.Read(files, "p0.json", official.Options{})
			if len(faults) == 0 || !strings.Contains(faults.Error(), tt.want) || faults[0].Place == nil || faults[0].Hint == "" {
				t.Errorf("%v", faults)
			}
		})
	}
}
