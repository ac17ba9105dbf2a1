package assess

import (
	"slices"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/requirement"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// acme is a catalogue that somebody brought, with requirements of these ids.
func acme(name, place string, ids ...string) brought {
	b := brought{Catalogue: knowledge.Catalogue{Name: name, Title: "Acme's policy"}, place: place}
	for _, id := range ids {
		b.requirements = append(b.requirements, knowledge.Requirement{ID: id, Level: 1, Catalogue: name, Applies: "true",
			Plan: knowledge.Plan{Strength: 2, Automation: "none", Days: 30}})
	}
	return b
}

func TestShelfRefuses(t *testing.T) {
	tests := []struct {
		name string
		all  []brought
		want string
	}{
		{"good", []brought{acme("acme", "a.yaml", "ACME-1"), acme("beta", "b.yaml", "BETA-1")}, ""},
		{"name of a built-in one", []brought{acme("asvs", "a.yaml", "ACME-1")}, "a.yaml: the catalogue asvs has the name of a built-in one"},
		{"name of our own", []brought{acme("plimsoll", "a.yaml", "ACME-1")}, "a.yaml: the catalogue plimsoll has the name"},
		{"name twice", []brought{acme("acme", "b.yaml"), acme("acme", "a.yaml")}, "b.yaml: the catalogue acme stands in a.yaml too"},
		{"id twice", []brought{acme("acme", "a.yaml", "ACME-1"), acme("beta", "b.yaml", "ACME-1")}, "b.yaml: requirement ACME-1 is defined twice, in the catalogues acme and beta"},
		{"id of ours", []brought{acme("acme", "a.yaml", "PL-CODE-1")}, "a.yaml: requirement PL-CODE-1 is defined twice, in the catalogues plimsoll and acme"},
	}
	for _, tt := range tests {
		s, err := newShelf(tt.all)
		if err == nil {
			_, err = s.requirements(func(string) bool { return true })
		}
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
	}
}

// chosen is what a product with this selection is held to.
func chosen(t *testing.T, yaml string, shelves ...brought) ([]knowledge.Requirement, requirement.Selection, error) {
	t.Helper()
	p, faults := product.Load(product.Path, []byte(yaml))
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	s, err := newShelf(shelves)
	if err != nil {
		t.Fatal(err)
	}
	return (&assessment{subject: subject{product: p}}).choose(s)
}

func TestChoose(t *testing.T) {
	own, err := knowledge.Requirements()
	if err != nil {
		t.Fatal(err)
	}
	always := acme("house", "house.yaml", "HOUSE-1")
	always.always = true
	tests := []struct {
		name, yaml string
		more       int // than our own
	}{
		{"nothing chosen", "name: x", 1},
		{"ours by name", "requirements: {catalogues: [{name: plimsoll, level: 2}]}", 1},
		{"one", "requirements: {catalogues: [{name: asvs}]}", 1 + 345},
		{"all", "requirements: {catalogues: [{name: osps}, {name: acme}, {name: asvs}, {name: masvs}]}", 1 + 345 + 24 + 64 + 2},
		{"one requirement alone", "requirements: {include: [{id: V1.2.3, reason: r}]}", 1 + 1},
		{"one of a brought catalogue", "requirements: {include: [{id: ACME-1, reason: r}]}", 1 + 1},
		{"one alone, changed", "requirements: {include: [{id: V1.2.3, reason: r}], modify: [{id: 1.2.3, reason: r, days: 3}]}", 1 + 1},
	}
	for _, tt := range tests {
		reqs, sel, err := chosen(t, tt.yaml, acme("acme", "a.yaml", "ACME-1", "ACME-2"), always)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if len(reqs) != len(own)+tt.more {
			t.Errorf("%s: %d requirements besides our own, want %d", tt.name, len(reqs)-len(own), tt.more)
		}
		if _, faults := requirement.Select(reqs, nil, sel); len(faults) > 0 {
			t.Errorf("%s: %v", tt.name, faults)
		}
	}
}

// TestChooseAtLevels counts what level and profile take, before applicability.
func TestChooseAtLevels(t *testing.T) {
	tests := []struct {
		yaml      string
		catalogue string
		want      int
	}{
		{"{level: 3, catalogues: [{name: asvs, level: 1}]}", "asvs", 70},
		{"{level: 1, catalogues: [{name: asvs, level: 2}]}", "asvs", 253},
		{"{level: 3, catalogues: [{name: asvs}]}", "asvs", 345},
		{"{catalogues: [{name: osps}]}", "osps", 24},
		{"{catalogues: [{name: masvs}]}", "masvs", 10},
		{"{catalogues: [{name: masvs, profiles: [L1, R]}]}", "masvs", 14},
		{"{catalogues: [{name: masvs, profiles: [L1, L2, R, P]}]}", "masvs", 24},
	}
	for _, tt := range tests {
		reqs, sel, err := chosen(t, "requirements: "+tt.yaml)
		if err != nil {
			t.Errorf("%s: %v", tt.yaml, err)
			continue
		}
		n := 0
		for _, r := range reqs {
			if takes, _ := sel.Takes(r); takes && r.Catalogue == tt.catalogue {
				n++
			}
		}
		if n != tt.want {
			t.Errorf("%s: %d, want %d", tt.yaml, n, tt.want)
		}
	}
}

func TestChooseFaults(t *testing.T) {
	tests := []struct{ yaml, want string }{
		{"requirements: {catalogues: [{name: acne}]}", `1:36: there is no catalogue "acne" | did you mean acme?`},
		{"requirements: {catalogues: [{name: acme, profiles: [L1]}]}", `the catalogue acme has no profile "L1" | remove it`},
		{"requirements: {catalogues: [{name: masvs, level: 2}]}", "the catalogue masvs has profiles, and no levels | choose profiles"},
		{"requirements: {exclude: [{id: ACME-1, reason: r}]}", "ACME-1 is of the catalogue acme, which the product does not choose | remove it, or add {name: acme}"},
		{"requirements: {include: [{id: ACME-9, reason: r}]}", "include ACME-9: no such requirement | "},
	}
	for _, tt := range tests {
		_, _, err := chosen(t, tt.yaml, acme("acme", "a.yaml", "ACME-1"))
		if err == nil {
			t.Errorf("%s: no fault", tt.yaml)
			continue
		}
		p := problemOf("", err)
		if got := err.Error() + " | " + p.Hint; !strings.Contains(got, tt.want) || p.Path != product.Path || p.Line != 1 {
			t.Errorf("%s\ngot  %s (%s:%d)\nwant %s", tt.yaml, got, p.Path, p.Line, tt.want)
		}
	}
}

// TestCoverage adds up: every requirement is counted once in each split.
func TestCoverage(t *testing.T) {
	l := &Listing{}
	all, err := l.Coverage("")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 5 || all[len(all)-1].Catalogue != "ssdf" {
		t.Fatalf("%d catalogues", len(all))
	}
	for _, c := range all {
		for what, s := range map[string]Split{"plan": c.Automation, "today": c.Today} {
			if s.Full+s.Partial+s.None != c.Requirements {
				t.Errorf("%s, %s: %+v is not %d", c.Catalogue, what, s, c.Requirements)
			}
		}
		var sections, levels Count
		for _, s := range c.Sections {
			sections.add(s.Count)
		}
		for _, l := range c.Levels {
			levels.add(l.Count)
		}
		if c.Tasks == nil && (sections != c.Count || levels != c.Count) {
			t.Errorf("%s: sections %+v, levels %+v, all %+v", c.Catalogue, sections, levels, c.Count)
		}
		if c.Today.Full > c.Automation.Full {
			t.Errorf("%s: more is verified today than planned", c.Catalogue)
		}
	}
}

func TestCountOf(t *testing.T) {
	there := map[string]bool{"a.b": true}
	plan := func(automation string, checks ...string) knowledge.Requirement {
		r := knowledge.Requirement{Plan: knowledge.Plan{Automation: automation}}
		for _, c := range checks {
			r.Plan.Checks = append(r.Plan.Checks, knowledge.Need{Check: c})
		}
		return r
	}
	full, partial, none := Split{Full: 1}, Split{Partial: 1}, Split{None: 1}
	tests := []struct {
		r     knowledge.Requirement
		today Split
		want  int // planned
	}{
		{plan("full", "a.b"), full, 0},
		{plan("full", "a.b", "c.d"), partial, 1},
		{plan("full", "c.d"), none, 1},
		{plan("partial", "a.b"), partial, 0},
		{plan("partial", "a.b", "c.d"), partial, 1},
		{plan("partial", "c.d"), none, 1},
		{plan("none"), none, 0},
	}
	for _, tt := range tests {
		if got := countOf(tt.r, there); got.Today != tt.today || got.Planned != tt.want {
			t.Errorf("%+v: got %+v", tt.r.Plan, got)
		}
	}
}

// TestListingOutside lists everything where nothing is known.
func TestListingOutside(t *testing.T) {
	l, err := List(t.Context(), Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	list, err := l.Requirements(Want{Catalogue: "asvs", Level: 2}, nil)
	if err != nil || len(list) != 253 || list[0].Known || list[0].Chosen {
		t.Errorf("%d requirements, %v", len(list), err)
	}
	web, err := l.Requirements(Want{Catalogue: "asvs", Level: 2}, []event.Fact{{Name: "kind", Value: "web"}})
	if err != nil || len(web) != 253 {
		t.Errorf("%d requirements, %v", len(web), err)
	}
}

// BenchmarkChooseOwn is what a product that chooses no catalogue pays for there
// being others.
func BenchmarkChooseOwn(b *testing.B) {
	a := &assessment{subject: subject{product: product.Default()}}
	for b.Loop() {
		if _, _, err := a.choose(shelf{}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestPlansOfCataloguesNameRules wants a plan that rests on a check of this
// version to name the rules that count, and those to exist: a missing lock file
// says nothing of a guide for users.
func TestPlansOfCataloguesNameRules(t *testing.T) {
	checks := map[string]*check.Check{}
	for _, c := range Table(Setup{}) {
		checks[c.ID] = c
	}
	for _, c := range knowledge.Catalogues() {
		reqs, err := knowledge.CatalogueRequirements(c.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reqs {
			for _, need := range r.Plan.Checks {
				if checks[need.Check] == nil {
					continue
				}
				if len(need.Rules) == 0 {
					t.Errorf("%s rests on all of %s: name the rules that speak of it", r.ID, need.Check)
				}
				for _, pattern := range append(need.Rules, need.Also...) {
					if !slices.ContainsFunc(checks[need.Check].Rules, func(rule knowledge.Rule) bool { return knowledge.MatchRule(pattern, rule.ID) }) {
						t.Errorf("%s counts on %s of %s, which has no such rule", r.ID, pattern, need.Check)
					}
				}
			}
		}
	}
}
