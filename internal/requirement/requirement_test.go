package requirement

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

func TestSelect(t *testing.T) {
	web := factsOf(map[string][]string{"kind": {"web"}, "exposure": {"internet"}})
	tests := []struct {
		name    string
		applies string
		level   int
		facts   []event.Fact
		sel     Selection
		want    bool
		reason  string
		decided int // facts
	}{
		{"always", "true", 1, web, Selection{}, true, "applies to every product", 0},
		{"never", "false", 1, web, Selection{}, false, "applies to no product: false", 0},
		{"by one fact", `"web" in kind`, 1, web, Selection{}, true, "kind is web", 1},
		{"by two", `"web" in kind && exposure == "internet"`, 1, web, Selection{}, true, "exposure is internet; kind is web", 2},
		{"not by a fact", `"cli" in kind`, 1, web, Selection{}, false, `kind is web; it is for products with "cli" in kind`, 1},
		{"fact not known", "size(data_store) > 0", 1, web, Selection{}, false, "no data store known; it is for products with size(data_store) > 0", 0},
		{"exposure not known", `exposure == "internet"`, 1, nil, Selection{}, false, "no exposure known; it is", 0},
		{"level above", "true", 2, web, Selection{}, false, "level 2; this product selects level 1", 0},
		{"level at", "true", 2, web, Selection{Level: 2}, true, "applies to every product", 0},
		{"level below", "true", 1, web, Selection{Level: 3}, true, "applies to every product", 0},
		{"left out", "true", 1, web, Selection{Exclude: map[string]string{"PL-X-1": "no users yet"}}, false, "left out by the product: no users yet", 0},
		{"taken in", "false", 3, web, Selection{Include: map[string]string{"PL-X-1": "a customer asks"}}, true, "taken in by the product: a customer asks", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := knowledge.Requirement{ID: "PL-X-1", Level: tt.level, Applies: tt.applies}
			got, faults := Select([]knowledge.Requirement{r}, tt.facts, tt.sel)
			if err := faults.Err(); err != nil {
				t.Fatal(err)
			}
			if s := got[0]; s.Applies != tt.want || !strings.HasPrefix(s.Reason, tt.reason) || len(s.Facts) != tt.decided {
				t.Errorf("got %t, %q, %d facts\nwant %t, %q, %d facts", s.Applies, s.Reason, len(s.Facts), tt.want, tt.reason, tt.decided)
			}
		})
	}
}

// TestSelectFailsClosed wants a requirement that cannot be judged to be taken.
func TestSelectFailsClosed(t *testing.T) {
	for _, text := range []string{`"web" in knd`, `size(kind) / size(data) == 1`, `kind[0] == "web"`} {
		got, faults := Select([]knowledge.Requirement{{ID: "PL-X-1", Level: 1, Applies: text}}, nil, Selection{})
		if len(faults) != 1 || faults[0].Place == nil || faults[0].Place.Path != "PL-X-1 applies" {
			t.Errorf("%s: faults %v", text, faults)
		}
		if !got[0].Applies || !strings.Contains(got[0].Reason, "not known") {
			t.Errorf("%s: applies %t, %q", text, got[0].Applies, got[0].Reason)
		}
	}
}

func TestSelectionFaults(t *testing.T) {
	reqs := []knowledge.Requirement{{ID: "PL-CODE-1", Applies: "true"}, {ID: "PL-CODE-2", Applies: "true"}}
	_, faults := Select(reqs, nil, Selection{
		Include: map[string]string{"PL-CODE-1": "because", "PL-COD-1": "because"},
		Exclude: map[string]string{"PL-CODE-1": "because", "PL-CODE-2": " ", "ASVS-1": "because"},
	})
	var got []string
	for _, f := range faults {
		got = append(got, f.Message+" | "+f.Hint)
	}
	want := []string{
		"include PL-COD-1: no such requirement | did you mean PL-CODE-1?",
		"exclude ASVS-1: no such requirement | plimsoll requirements list shows all",
		"exclude PL-CODE-2: no reason given | say in one sentence why",
		"PL-CODE-1 is both included and excluded | remove one of the two",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFactsInAnyOrder wants the same answer whatever order facts come in, and
// what a person declared to outweigh what was inferred.
func TestFactsInAnyOrder(t *testing.T) {
	facts := []event.Fact{
		{Name: "exposure", Value: "internal", Confidence: event.Sure, Origin: "inferred"},
		{Name: "exposure", Value: "internet", Confidence: event.Possible, Origin: "declared"},
		{Name: "kind", Value: "web", Confidence: event.Likely, Origin: "inferred"},
		{Name: "kind", Value: "api", Confidence: event.Sure, Origin: "inferred"},
		{Name: "kind", Value: "web", Confidence: event.Sure, Origin: "inferred"},
		{Name: "colour", Value: "blue"},
	}
	r := []knowledge.Requirement{{ID: "PL-X-1", Applies: `exposure == "internet" && size(kind) == 2`}}
	first, _ := Select(r, facts, Selection{})
	if !first[0].Applies || first[0].Reason != "exposure is internet; kind is api, web" {
		t.Errorf("applies %t, %q", first[0].Applies, first[0].Reason)
	}
	for i := range facts {
		facts[0], facts[i] = facts[i], facts[0]
		again, _ := Select(r, facts, Selection{})
		if diff := cmp.Diff(first, again); diff != "" {
			t.Errorf("after swapping 0 and %d:\n%s", i, diff)
		}
	}
}
