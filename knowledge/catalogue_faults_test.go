package knowledge

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

const goodPlan = `
- id: v5.0.0-1.2.3
  level: 1
  title: a plan
  statement: The product
    must do it.
  applies: 'true'
  method: [check, test]
  checks: [code.sast]
  automation: partial
  evidence: A test.
  strength: 3
  days: 90
  owner: developer
  minutes: 30
  cwe: [79]
`

func planFiles(catalogue, text string) fstest.MapFS {
	return fstest.MapFS{"catalogues/" + catalogue + "/V01.yaml": {Data: []byte(text)}}
}

// TestLoadCatalogueRefuses changes one thing of a good plan at a time.
func TestLoadCatalogueRefuses(t *testing.T) {
	tests := []struct{ name, old, with, want string }{
		{"good", "", "", ""},
		{"unknown field", "  level: 1", "  level: 1\n  colour: red", "unknown field"},
		{"duplicate key", "  level: 1", "  level: 1\n  level: 2", "already defined"},
		{"id of another catalogue", "v5.0.0-1.2.3", "MASVS-CODE-1", "none of catalogue asvs"},
		{"id without the version", "v5.0.0-1.2.3", "1.2.3", "none of catalogue asvs"},
		{"level", "level: 1", "level: 4", "level 4"},
		{"levels of another catalogue", "level: 1", "level: 1\n  levels: [1]", "neither levels nor profiles"},
		{"no title", "a plan", `" "`, "title is missing"},
		{"full stop", "a plan", "a plan.", "full stop"},
		{"no must", "must", "should", `no "must"`},
		{"no evidence", "A test.", `""`, "evidence is missing"},
		{"no expression", "'true'", `""`, "applies is missing"},
		{"no method", "[check, test]", "[]", "method is missing"},
		{"unknown method", "[check, test]", "[check, guess]", `"guess" is none of check, test`},
		{"method twice", "[check, test]", "[check, test, test]", "stands there twice"},
		{"check without the method", "[check, test]", "[test]", "disagree on whether a check"},
		{"method without a check", "[code.sast]", "[]", "disagree on whether a check"},
		{"none with a check", "partial", "none", `automation is "none" with 1 checks`},
		{"unknown automation", "partial", "mostly", `"mostly" is none of full, partial, none`},
		{"check id", "code.sast", "sast", `check "sast"`},
		{"check with rules", "[code.sast]", `[{check: code.sast, rules: ["a.*"], above: high}]`, ""},
		{"check with a field nobody knows", "[code.sast]", `[{check: code.sast, rule: a.b}]`, "unknown field"},
		{"rule of a check", "[code.sast]", `[{check: code.sast, rules: ["*.a"]}]`, `rule "*.a"`},
		{"severity of a check", "[code.sast]", `[{check: code.sast, above: bad}]`, `above "bad"`},
		{"check twice", "[code.sast]", "[code.sast, code.sast]", "stands there twice"},
		{"strength", "strength: 3", "strength: 5", "strength 5"},
		{"strength with nobody besides", "strength: 3", "strength: 4", "strength 4 needs a document"},
		{"strength of a full check", "partial", "full", ""},
		{"more than a check gives", "partial\n  evidence: A test.\n  strength: 3", "full\n  evidence: A test.\n  strength: 2", "a check alone is of strength 3, not 2"},
		{"days", "days: 90", "days: 400", "days 400"},
		{"owner", "owner: developer", "owner: boss", `owner: "boss"`},
		{"minutes", "minutes: 30", "minutes: 0", "minutes 0"},
		{"cwe", "[79]", "[7900]", "CWE-7900"},
		{"twice", "  cwe: [79]\n", "  cwe: [79]\n" + strings.TrimPrefix(goodPlan, "\n"), "defined in catalogues/asvs/V01.yaml already"},
		{"empty", goodPlan, "# nothing\n", "holds no plans"},
	}
	c, _ := FindCatalogue("asvs")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if !strings.Contains(goodPlan, tt.old) {
				t.Fatalf("the good plan has no %q", tt.old)
			}
			reqs, err := loadCatalogue(planFiles("asvs", strings.Replace(goodPlan, tt.old, tt.with, 1)), c)
			switch {
			case tt.want == "" && (err != nil || len(reqs) != 1 || reqs[0].Statement != "The product must do it."):
				t.Errorf("got %+v, error %v", reqs, err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), "catalogues/asvs/V01.yaml")):
				t.Errorf("got error %v, want one with %q and the file", err, tt.want)
			}
		})
	}
}

// TestLoadCatalogueOtherLevels has the ways in which the other catalogues say
// what is asked of whom.
func TestLoadCatalogueOtherLevels(t *testing.T) {
	tests := []struct{ catalogue, id, levels, want string }{
		{"masvs", "MASVS-CODE-1", "profiles: [L1, R]", ""},
		{"masvs", "MASVS-CODE-1", "profiles: [L3]", `"L3" is none of L1, L2, R, P`},
		{"masvs", "MASVS-CODE-1", "level: 1", "profiles are missing"},
		{"osps", "OSPS-AC-01.01", "levels: [1, 3]", ""},
		{"osps", "OSPS-AC-01.01", "levels: [3, 1]", "not in order"},
		{"osps", "OSPS-AC-01.01", "levels: [4]", "4 is not 1, 2 or 3"},
		{"osps", "OSPS-AC-01.01", "profiles: [L1]", "levels are missing"},
		{"absent", "X-1", "level: 1", "file does not exist"},
	}
	for _, tt := range tests {
		text := strings.NewReplacer("v5.0.0-1.2.3", tt.id, "level: 1", tt.levels).Replace(goodPlan)
		files := planFiles(tt.catalogue, text)
		if tt.catalogue == "absent" {
			files = fstest.MapFS{}
		}
		_, err := loadCatalogue(files, Catalogue{Name: tt.catalogue})
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s with %s: got error %v, want %q", tt.catalogue, tt.levels, err, tt.want)
		}
	}
}

func TestFindRequirement(t *testing.T) {
	for written, want := range map[string]string{
		"v5.0.0-1.2.5": "v5.0.0-1.2.5", "V1.2.5": "v5.0.0-1.2.5", "1.2.5": "v5.0.0-1.2.5", " V5.0.0-1.2.5 ": "v5.0.0-1.2.5",
		"masvs-storage-1": "MASVS-STORAGE-1", "OSPS-AC-01.01": "OSPS-AC-01.01", "pl-code-1": "PL-CODE-1",
		"1.2.99": "", "MASVS-STORAGE-9": "", "OSPS-BR-01.02": "", "v4.0.3-1.2.5": "", "code.secrets": "", "": "",
	} {
		r, ok, err := FindRequirement(written)
		if err != nil || r.ID != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t, %v; want %q", written, r.ID, ok, err, want)
		}
	}
	if got := CatalogueOf("1.2.3"); got != "asvs" {
		t.Errorf("1.2.3 is of %q", got)
	}
}

func TestMappedTo(t *testing.T) {
	r := Requirement{Maps: []string{"SSDF PO.1.1", "OSPS-AC-01.01", "ASVS 1.2.3", "SSDF PO.1.1"}}
	for standard, want := range map[string]string{"SSDF": "PO.1.1", "OSPS": "OSPS-AC-01.01", "ASVS": "1.2.3", "CIS": ""} {
		if got := strings.Join(r.MappedTo(standard), ","); got != want {
			t.Errorf("%s: got %q, want %q", standard, got, want)
		}
	}
}

// FuzzNormalID wants one way to write an id, whatever somebody has typed.
func FuzzNormalID(f *testing.F) {
	for _, seed := range []string{"V1.2.5", "1.2.5", "v5.0.0-1.2.5", "masvs-code-1", "PL-CODE-1", " x ", "v5.0.0-"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, id string) {
		once := NormalID(id)
		if again := NormalID(once); again != once {
			t.Errorf("%q becomes %q and then %q", id, once, again)
		}
	})
}

// TestNoStrangerAmongCatalogues wants every folder to be one that is listed.
func TestNoStrangerAmongCatalogues(t *testing.T) {
	entries, err := os.ReadDir("catalogues")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !e.IsDir() {
			continue // the licence of what stands here
		}
		if c, known := FindCatalogue(e.Name()); !known || c.Attribution == "" || c.Licence == "" {
			t.Errorf("folder %s: no such catalogue is listed, or without its licence", e.Name())
		}
	}
}
