package product

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLoadSelection(t *testing.T) {
	p, faults := Load(Path, []byte(`requirements:
  level: 2
  catalogues:
    - {name: asvs, level: 1}
    - {name: masvs, profiles: [L1, R]}
  include:
    - {id: V1.2.3, reason: a promise}
    - {id: PL-CODE-1, reason: a customer asks}
  exclude: [{id: PL-CODE-2, reason: none of it}]
  modify: [{id: PL-CODE-3, reason: more often, days: 30, owner: architect, strength: 2, applies: "true"}]
`))
	if faults != nil {
		t.Fatal(faults)
	}
	want := Selection{
		Level:      2,
		Catalogues: []Chosen{{Name: "asvs", Level: 1}, {Name: "masvs", Profiles: []string{"L1", "R"}}},
		Include:    []Inclusion{{ID: "V1.2.3", Reason: "a promise"}, {ID: "PL-CODE-1", Reason: "a customer asks"}},
		Exclude:    []Exclusion{{ID: "PL-CODE-2", Reason: "none of it"}},
		Modify:     []Modification{{ID: "PL-CODE-3", Reason: "more often", Days: 30, Owner: "architect", Strength: 2, Applies: "true"}},
	}
	if diff := cmp.Diff(want, p.Requirements); diff != "" {
		t.Error(diff)
	}
	if f := p.Fault("/requirements/modify/0/days", "h", "m"); f.Error() != Path+":10:54: m" {
		t.Errorf("a fault is told as %q", f)
	}
	if f := Default().Fault("/requirements", "h", "m"); f.Place != nil || f.Error() != "m" {
		t.Errorf("without a file a fault is told as %q", f)
	}
}

func TestLoadSelectionFaults(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"level of a catalogue", "  catalogues: [{name: asvs, level: 4}]", []string{`2:36: level cannot be "4"`}},
		{"field of a catalogue", "  catalogues: [{name: asvs, profile: L1}]", []string{`2:29: "profile" is not known here | did you mean profiles?`}},
		{"bare catalogue", "  catalogues: [asvs]", []string{`2:16: an entry of catalogues must be a mapping, not the text "asvs" | write {name`}},
		{"catalogue twice", "  catalogues: [{name: asvs}, {name: asvs}]", []string{"2:30: the catalogue asvs is named twice"}},
		{"no profile", "  catalogues: [{name: masvs, profiles: []}]", []string{"2:40: "}},
		{"exclusion without a reason", "  exclude: [{id: PL-CODE-1}]", []string{"2:13: reason is missing"}},
		{"exclusion with an empty reason", `  exclude: [{id: PL-CODE-1, reason: " "}]`, []string{"2:37: reason"}},
		{"modification without a reason", "  modify: [{id: PL-CODE-1, days: 3}]", []string{"2:12: reason is missing"}},
		{"modification of nothing", "  modify: [{id: PL-CODE-1, reason: r}]", []string{"2:12: the modification of PL-CODE-1 changes nothing | add what"}},
		{"days", "  modify: [{id: PL-CODE-1, reason: r, days: 400}]", []string{"2:45: days"}},
		{"owner", "  modify: [{id: PL-CODE-1, reason: r, owner: boss}]", []string{`2:46: owner cannot be "boss"`}},
		{"twice, in two ways of writing", "  exclude: [{id: V1.2.3, reason: r}, {id: 1.2.3, reason: r}]", []string{"2:38: v5.0.0-1.2.3 stands twice under exclude"}},
		{"in and out", "  include: [{id: pl-code-1, reason: r}]\n  exclude: [{id: PL-CODE-1, reason: r}]", []string{"3:13: PL-CODE-1 stands under include and under exclude"}},
		{"out and changed", "  exclude: [{id: PL-CODE-1, reason: r}]\n  modify: [{id: PL-CODE-1, reason: r, days: 3}]", []string{"3:12: PL-CODE-1 stands under exclude and under modify"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, faults := Load("f", []byte("requirements:\n"+tt.text+"\n"))
			if p != nil || len(faults) != len(tt.want) {
				t.Fatalf("%d faults, want %d:\n%v", len(faults), len(tt.want), faults)
			}
			for i, e := range faults {
				if got := strings.TrimPrefix(e.Error(), "f:") + " | " + e.Hint; !strings.HasPrefix(got, tt.want[i]) || e.Hint == "" {
					t.Errorf("got  %s\nwant %s", got, tt.want[i])
				}
			}
		})
	}
}

func TestFactFault(t *testing.T) {
	tests := []struct{ name, value, want string }{
		{"kind", "web", ""},
		{"language", "go", ""},
		{"knid", "web", `"knid" is not the name of a fact | did you mean kind?`},
		{"kind", "wbe", `"wbe" is not a value of kind | did you mean web?`},
	}
	for _, tt := range tests {
		got := ""
		if f := FactFault(tt.name, tt.value); f != nil {
			got = f.Message + " | " + f.Hint
		}
		if !strings.HasPrefix(got, tt.want) || (got == "") != (tt.want == "") {
			t.Errorf("%s=%s: got %q, want %q", tt.name, tt.value, got, tt.want)
		}
	}
	if !SingleFact("exposure") || SingleFact("kind") {
		t.Error("exposure alone has one value")
	}
}
