package knowledge

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	gocmp "github.com/google/go-cmp/cmp"
)

// official is what a published file says of one requirement.
type official struct {
	id       string
	text     string
	levels   []int // that it is listed for; of ASVS the first alone
	sentence bool  // false for headings and explanations, which have no plan
}

// published reads a file of a standard, which is not part of this project. Where
// it is absent, the test that needs it is skipped.
func published(t *testing.T, name ...string) []byte {
	t.Helper()
	path := filepath.Join(append([]string{"..", "..", "shared", "data"}, name...)...)
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		t.Skipf("the official file %s is not here to compare with", strings.Join(name, "/"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func officialASVS(t *testing.T) []official {
	type item struct {
		Shortcode, Name, Description, L string
		Items                           []item
	}
	var file struct{ Requirements []item }
	if err := json.Unmarshal(published(t, "asvs", "OWASP_ASVS_5.0.0_en.json"), &file); err != nil {
		t.Fatal(err)
	}
	var all []official
	for _, chapter := range file.Requirements {
		for _, section := range chapter.Items {
			for _, i := range section.Items {
				var level int
				fmt.Sscan(i.L, &level)
				all = append(all, official{id: NormalID(i.Shortcode), text: i.Description, levels: []int{level}, sentence: true})
			}
		}
	}
	return all
}

func officialMASVS(t *testing.T) []official {
	var file struct {
		Groups []struct {
			ID          string
			Description string
			Controls    []struct{ ID, Statement, Description string }
		}
	}
	if err := yaml.Unmarshal(published(t, "masvs", "OWASP_MASVS.yaml"), &file); err != nil {
		t.Fatal(err)
	}
	var all []official
	for _, g := range file.Groups {
		all = append(all, official{id: g.ID, text: g.Description})
		for _, c := range g.Controls {
			all = append(all, official{id: c.ID, text: c.Statement, sentence: true}, official{id: c.ID, text: c.Description})
		}
	}
	return all
}

func officialOSPS(t *testing.T) []official {
	type control struct {
		ID, Title, Objective string
		Requirements         []struct {
			ID, Text, Recommendation, State string
			Applicability                   []string
		} `yaml:"assessment-requirements"`
	}
	published(t, "osps-baseline", "LICENSE")
	files, err := filepath.Glob(filepath.Join("..", "..", "shared", "data", "osps-baseline", "baseline", "OSPS-*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var all []official
	for _, path := range files {
		var file struct{ Controls []control }
		if err := yaml.Unmarshal(published(t, "osps-baseline", "baseline", filepath.Base(path)), &file); err != nil {
			t.Fatal(err)
		}
		for _, c := range file.Controls {
			all = append(all, official{id: c.ID, text: c.Title}, official{id: c.ID, text: c.Objective})
			for _, r := range c.Requirements {
				o := official{id: r.ID, text: r.Text, sentence: r.State != "Retired"}
				for _, group := range r.Applicability {
					var level int
					fmt.Sscanf(group, "maturity-%d", &level)
					o.levels = append(o.levels, level)
				}
				all = append(all, o, official{id: r.ID, text: r.Recommendation})
			}
		}
	}
	return all
}

type ssdfItem struct {
	ID, Text string
	Task     bool
	Examples []string
}

func officialSSDF(t *testing.T) []ssdfItem {
	var file struct{ Items []ssdfItem }
	if err := json.Unmarshal(published(t, "ssdf", "nist-ssdf-1.1.flat.json"), &file); err != nil {
		t.Fatal(err)
	}
	return file.Items
}

// plans are those of a catalogue by id.
func plans(t *testing.T, catalogue string) map[string]Requirement {
	t.Helper()
	all, err := CatalogueRequirements(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	byID := map[string]Requirement{}
	for _, r := range all {
		byID[r.ID] = r
	}
	if len(byID) != len(all) {
		t.Fatalf("%s: %d plans with %d ids", catalogue, len(all), len(byID))
	}
	return byID
}

// TestEveryOfficialIDHasAPlan holds the built-in plans against what the
// standards' publishers released: the same ids, none more, in the same levels.
func TestEveryOfficialIDHasAPlan(t *testing.T) {
	for name, read := range map[string]func(*testing.T) []official{"asvs": officialASVS, "masvs": officialMASVS, "osps": officialOSPS} {
		t.Run(name, func(t *testing.T) {
			rest := plans(t, name)
			for _, o := range read(t) {
				if !o.sentence {
					continue
				}
				r, there := rest[o.id]
				delete(rest, o.id)
				if levels := cmp.Or(fmt.Sprint(r.Levels), ""); !there {
					t.Errorf("%s has no plan", o.id)
				} else if name == "asvs" && r.Level != o.levels[0] || name == "osps" && levels != fmt.Sprint(o.levels) {
					t.Errorf("%s: level %d, levels %v; the standard says %v", o.id, r.Level, r.Levels, o.levels)
				}
			}
			for id := range rest {
				t.Errorf("%s has a plan, but is not in the standard", id)
			}
		})
	}
}

// TestCounts pins the numbers that the publishers give, without their files.
func TestCounts(t *testing.T) {
	type counts struct {
		All, Sections int
		Levels        string // of each alone
	}
	want := map[string]counts{
		"asvs":  {345, 17, "70/183/92"},
		"masvs": {24, 8, "24/0/0"},
		"osps":  {64, 8, "24/19/21"},
	}
	got := map[string]counts{}
	for name := range want {
		sections, levels := map[string]int{}, [4]int{}
		reqs := plans(t, name)
		for _, r := range reqs {
			sections[r.Section]++
			levels[r.Level]++
		}
		got[name] = counts{len(reqs), len(sections), fmt.Sprintf("%d/%d/%d", levels[1], levels[2], levels[3])}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestSections counts each chapter of ASVS and each group of MASVS and of the
// Baseline; for ASVS they are 30 + 13 + 31 + … = 345.
func TestSections(t *testing.T) {
	want := map[string]string{
		"asvs":  "V1 30, V2 13, V3 31, V4 16, V5 13, V6 47, V7 19, V8 13, V9 7, V10 36, V11 24, V12 12, V13 21, V14 13, V15 21, V16 17, V17 12",
		"masvs": "STORAGE 2, CRYPTO 2, AUTH 3, NETWORK 2, PLATFORM 3, CODE 4, RESILIENCE 4, PRIVACY 4",
		"osps":  "AC 6, BR 12, DO 8, GV 6, LE 5, QA 13, SA 4, VM 10",
	}
	for name, text := range want {
		all, err := CatalogueRequirements(name)
		if err != nil {
			t.Fatal(err)
		}
		var parts []string
		for len(all) > 0 {
			n := 0
			for n < len(all) && all[n].Section == all[0].Section {
				n++
			}
			parts = append(parts, fmt.Sprintf("%s %d", all[0].Section, n))
			all = all[n:]
		}
		if got := strings.Join(parts, ", "); got != text {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, text)
		}
	}
}

// TestASVSByMachine wants at least sixty requirements of ASVS to be verified,
// wholly or in part, by checks that stand in the design.
func TestASVSByMachine(t *testing.T) {
	byCheck := map[string]int{}
	n := 0
	for _, r := range plans(t, "asvs") {
		if len(r.Plan.Checks) > 0 {
			n++
		}
		for _, need := range r.Plan.Checks {
			byCheck[need.Check]++
		}
	}
	if n < 60 {
		t.Errorf("only %d requirements of ASVS rest on a check", n)
	}
	for check, n := range byCheck {
		if wing, _, _ := strings.Cut(check, "."); !slices.Contains([]string{"build", "design", "code", "testing", "release", "operate"}, wing) {
			t.Errorf("%s is named %d times, and there is no wing %q", check, n, wing)
		}
	}
}

// TestSSDFTasks holds our list of tasks against NIST's.
func TestSSDFTasks(t *testing.T) {
	var want []string
	for _, i := range officialSSDF(t) {
		if i.Task {
			want = append(want, i.ID)
		}
	}
	if diff := gocmp.Diff(want, SSDFTasks()); diff != "" {
		t.Error(diff)
	}
	if len(SSDFTasks()) != 42 {
		t.Errorf("%d tasks, SSDF 1.1 has 42", len(SSDFTasks()))
	}
}

// TestMappedIDsExist follows every id of a standard that a requirement or a
// rule of ours names.
func TestMappedIDsExist(t *testing.T) {
	known := map[string]bool{}
	for _, id := range SSDFTasks() {
		known["SSDF "+id] = true
	}
	for _, name := range []string{"asvs", "masvs", "osps"} {
		for id := range plans(t, name) {
			known[strings.Replace(id, "v5.0.0-", "ASVS ", 1)] = true
		}
	}
	named := map[string][]string{}
	own, err := Requirements()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range own {
		for _, m := range r.Maps {
			named[m] = append(named[m], r.ID)
		}
	}
	for _, check := range []string{"build.history", "release.basics", "testing.results"} {
		rules, err := Rules(check)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rules {
			for _, m := range r.Maps {
				named[m] = append(named[m], r.ID)
			}
		}
	}
	ours := 0
	for _, m := range slices.Sorted(maps.Keys(named)) {
		standard, _, _ := strings.Cut(strings.Replace(m, "-", " ", 1), " ")
		if !slices.Contains([]string{"ASVS", "MASVS", "OSPS", "SSDF"}, standard) {
			continue // CIS, OWASP Top Ten and others, of which we hold no list
		}
		ours++
		if !known[m] {
			t.Errorf("%s is named by %v, and does not exist", m, named[m])
		}
	}
	if ours < 60 {
		t.Errorf("only %d ids were followed", ours)
	}
}
