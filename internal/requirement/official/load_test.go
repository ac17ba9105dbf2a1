package official_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/requirement/official"
)

func catalogueFile(name, version, id, text string) (path, data string) {
	c := official.Catalogue{Format: official.Format, Name: name, Title: name, Version: version, Licence: "internal", Imported: today,
		Source: official.Source{File: "x.csv", Form: "csv"}, Requirements: []official.Requirement{{ID: id, Text: text}}}
	raw, err := c.Marshal()
	if err != nil {
		panic(err)
	}
	return c.Path(), string(raw)
}

func load(files map[string]string) (map[string]official.Text, []official.Catalogue, string) {
	var paths []string
	for p := range files {
		paths = append(paths, p)
	}
	texts, all, faults := official.Load(func(p string) ([]byte, error) {
		if files[p] == "" {
			return nil, errors.New("no such file")
		}
		return []byte(files[p]), nil
	}, paths)
	if err := faults.Err(); err != nil {
		return texts, all, err.Error()
	}
	return texts, all, ""
}

func TestNewestVersionCounts(t *testing.T) {
	files := map[string]string{}
	for version, text := range map[string]string{"9.0": "old", "10.0": "new", "2.11": "older"} {
		path, data := catalogueFile("acme", version, "ACME-1", text)
		files[path] = data
	}
	texts, all, faults := load(files)
	if faults != "" || len(all) != 3 || all[0].Version != "10.0" || texts["ACME-1"].Text != "new" {
		t.Errorf("%s; %v; %+v", faults, all, texts["ACME-1"])
	}
}

func TestBadCatalogues(t *testing.T) {
	path, good := catalogueFile("acme", "1", "ACME-1", "Do it.")
	otherPath, other := catalogueFile("globex", "1", "ACME-1", "Do it too.")
	for _, tt := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"cannot be read", map[string]string{path: ""}, "reading the catalogue: no such file"},
		{"no JSON", map[string]string{path: "{"}, "the JSON ends too early"},
		{"another format", map[string]string{path: `{"format":"x"}`}, `the format of the catalogue is "x"`},
		{"renamed", map[string]string{official.Dir + "/other-1.json": good}, "the catalogue in the file is acme 1"},
		{"unknown field", map[string]string{path: strings.Replace(good, `"title"`, `"titel"`, 1)}, "titel"},
		{"wrong kind", map[string]string{path: strings.Replace(good, `"Do it."`, `7`, 1)}, "reading the catalogue"},
		{"two values", map[string]string{path: good + "{}"}, "follows the end"},
		{"an id twice", map[string]string{path: strings.Replace(good, "    }\n  ]", "    },\n    {\"id\": \"ACME-1\", \"text\": \"again\"}\n  ]", 1)},
			path + ":18:5: the id ACME-1 stands twice; first at " + path + ":14:5"},
		{"no date", map[string]string{path: strings.Replace(good, today, "soon", 1)}, `"soon" is no date of import`},
		{"an id of another", map[string]string{path: strings.Replace(good, "ACME-1", "V1.2.3", 1)}, "read as an id of asvs"},
		{"a path for a name", map[string]string{path: strings.Replace(good, `"acme"`, `"../x"`, 1)}, "cannot be the name and version"},
		{"an id in two catalogues", map[string]string{path: good, otherPath: other}, "ACME-1 is a requirement of acme and of globex"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, faults := load(tt.files); !strings.Contains(faults, tt.want) {
				t.Errorf("%q", faults)
			}
		})
	}
}

// TestOneBadFileLeavesTheOthers: what is right is still read.
func TestOneBadFileLeavesTheOthers(t *testing.T) {
	path, good := catalogueFile("acme", "1", "ACME-1", "Do it.")
	texts, all, faults := load(map[string]string{path: good, official.Dir + "/bad-1.json": "["})
	if faults == "" || len(all) != 1 || texts["ACME-1"].Text != "Do it." {
		t.Errorf("%s; %v", faults, all)
	}
}
