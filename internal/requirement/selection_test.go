package requirement

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// TestTakes has a row for each way in which catalogues say what is asked of whom.
func TestTakes(t *testing.T) {
	own := knowledge.Requirement{Level: 2, Catalogue: knowledge.Own}
	asvs := knowledge.Requirement{Level: 2, Catalogue: "asvs"}
	masvs := knowledge.Requirement{Level: 1, Catalogue: "masvs", Profiles: []string{"L2", "R"}}
	osps := knowledge.Requirement{Level: 1, Catalogue: "osps", Levels: []int{1, 2}}
	tests := []struct {
		name string
		r    knowledge.Requirement
		sel  Selection
		want string // "" for taken
	}{
		{"own above", own, Selection{Level: 1}, "level 2; this product selects level 1"},
		{"own at", own, Selection{Level: 2}, ""},
		{"above", asvs, Selection{Level: 1}, "level 2; this product selects level 1 of asvs"},
		{"at", asvs, Selection{Level: 2}, ""},
		{"below", asvs, Selection{Level: 3}, ""},
		{"its own level counts", asvs, Selection{Level: 3, Levels: map[string]int{"asvs": 1}}, "level 2; this product selects level 1 of asvs"},
		{"its own level counts, higher", asvs, Selection{Level: 1, Levels: map[string]int{"asvs": 2}}, ""},
		{"no profile chosen", masvs, Selection{Level: 3}, "of profile L2, R; this product selects L1 of masvs"},
		{"another profile", masvs, Selection{Profiles: map[string][]string{"masvs": {"L1", "P"}}}, "of profile L2, R; this product selects L1, P of masvs"},
		{"one of the profiles", masvs, Selection{Profiles: map[string][]string{"masvs": {"L1", "R"}}}, ""},
		{"a listed level", osps, Selection{Level: 2}, ""},
		{"a level that is not listed", osps, Selection{Level: 3}, "for level 1, 2; this product selects level 3 of osps"},
		{"whole", masvs, Selection{Whole: true}, ""},
		{"no level at all is the first", asvs, Selection{}, "level 2; this product selects level 1 of asvs"},
	}
	for _, tt := range tests {
		takes, why := tt.sel.Takes(tt.r)
		if takes != (tt.want == "") || why != tt.want {
			t.Errorf("%s: got %t, %q, want %q", tt.name, takes, why, tt.want)
		}
	}
}

// TestTailoring wants each change to be made, and to be said with its reason.
func TestTailoring(t *testing.T) {
	r := knowledge.Requirement{ID: "X-1", Title: "t", Statement: "It must.", Level: 2, Applies: "true", Minutes: 30, Catalogue: "osps", Levels: []int{2, 3},
		Plan: knowledge.Plan{Days: 90, Owner: "developer", Strength: 3}}
	tests := []struct {
		name     string
		change   Change
		applies  bool
		tailored string
	}{
		{"level", Change{Reason: "r", Level: 1}, true, "changed by the product (level 2 → 1): r"},
		{"numbers", Change{Reason: "r", Level: 1, Days: 30, Minutes: 5, Strength: 2}, true, "changed by the product (level 2 → 1, days 90 → 30, minutes 30 → 5, strength 3 → 2): r"},
		{"texts", Change{Reason: "r", Title: "u", Statement: "It must,\n always.", Owner: "security"}, false, "changed by the product (owner, title, statement): r"},
		{"expression", Change{Reason: "r", Level: 1, Applies: `"web" in kind`}, false, "changed by the product (level 2 → 1, when it applies): r"},
		{"nothing", Change{Reason: "r", Days: 90}, false, "changed by the product in nothing: r"},
	}
	for _, tt := range tests {
		sel := Selection{Level: 1, Modify: map[string]Change{"X-1": tt.change}}
		got, faults := Select([]knowledge.Requirement{r}, nil, sel)
		s := got[0]
		if s.Applies != tt.applies || s.Tailored != tt.tailored || len(faults) > 0 {
			t.Errorf("%s: got applies %t, %q, %v\nwant %t, %q", tt.name, s.Applies, s.Tailored, faults, tt.applies, tt.tailored)
		}
		if !s.Applies && !strings.HasSuffix(s.Reason, "; "+tt.tailored) {
			t.Errorf("%s: the reason hides it: %q", tt.name, s.Reason)
		}
	}
	if diff := cmp.Diff([]int{2, 3}, r.Levels); diff != "" {
		t.Errorf("the catalogue was changed: %s", diff)
	}
}

// TestTailoringTwice takes in what is changed too, and leaves out what is not.
func TestTailoringTwice(t *testing.T) {
	r := []knowledge.Requirement{{ID: "X-1", Level: 3, Applies: "false", Plan: knowledge.Plan{Days: 90}}, {ID: "X-2", Level: 1, Applies: "true"}}
	got, faults := Select(r, nil, Selection{
		Include: map[string]string{"X-1": "a customer asks"},
		Modify:  map[string]Change{"X-1": {Reason: "often", Days: 7}},
		Exclude: map[string]string{"X-2": "no users"},
	})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if s := got[0]; !s.Applies || s.Plan.Days != 7 || s.Tailored != "taken in by the product: a customer asks; changed by the product (days 90 → 7): often" {
		t.Errorf("%t, %d days, %q", s.Applies, s.Plan.Days, s.Tailored)
	}
	if s := got[1]; s.Applies || s.Tailored != "left out by the product: no users" || s.Reason != s.Tailored {
		t.Errorf("%t, %q, %q", s.Applies, s.Reason, s.Tailored)
	}
}

func TestModifyFaults(t *testing.T) {
	_, faults := Select([]knowledge.Requirement{{ID: "PL-CODE-1", Applies: "true"}}, nil, Selection{
		Modify: map[string]Change{"PL-CODE-1": {Days: 1}, "PL-COD-1": {Days: 1, Reason: "r"}},
	})
	want := "modify PL-COD-1: no such requirement\nmodify PL-CODE-1: no reason given"
	if got := faults.Error(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
