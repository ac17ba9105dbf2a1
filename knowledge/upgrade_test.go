package knowledge

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func asvsUpgrade(t *testing.T) Upgrade {
	t.Helper()
	u, ok, err := FindUpgrade("asvs", "4.0.3", "5.0.0")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return u
}

// officialMapping reads one of the mapping files of ASVS: an id, and below it
// what became of it, folded where it is long.
func officialMapping(t *testing.T, name string) map[string]string {
	t.Helper()
	path := filepath.Join("..", "..", "shared", "data", "asvs", name)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skipf("the official mapping is not at %s", path)
	}
	text := regexp.MustCompile(`\n {4,}`).ReplaceAllString(string(data), " ")
	out := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^(v[0-9.]+-[0-9.]+):\n +tag-[^:]+: (.*)$`).FindAllStringSubmatch(text, -1) {
		out[m[1]] = strings.TrimSpace(m[2])
	}
	return out
}

func TestUpgradeCounts(t *testing.T) {
	u := asvsUpgrade(t)
	counts := map[Relation]int{}
	gone, carried := 0, 0
	for _, e := range u.Entries {
		counts[e.Relation]++
		if e.Relation.Gone() {
			gone++
		}
		if e.Relation.Carries() {
			carried++
		}
		if (len(e.New) == 0) != (e.Relation == Deleted) || e.Relation.Carries() && len(e.New) != 1 {
			t.Errorf("%s is %s, with %v", e.Old, e.Relation, e.New)
		}
	}
	want := map[Relation]int{Unchanged: 11, Grammar: 15, Modified: 117, Split: 26, Merged: 31, Covered: 27, Replaced: 1, Deleted: 50}
	for r, n := range want {
		if counts[r] != n {
			t.Errorf("%d %s, expected %d", counts[r], r, n)
		}
	}
	if len(u.Entries) != 278 || gone != 109 || carried != 26 || len(u.New) != 155 {
		t.Errorf("%d entries, %d deleted, %d carried, %d new; expected 278, 109, 26, 155", len(u.Entries), gone, carried, len(u.New))
	}
}

// TestUpgradeEndsInPlans: every new id is one that we have a plan for, and each
// of the 345 is accounted for.
func TestUpgradeEndsInPlans(t *testing.T) {
	u := asvsUpgrade(t)
	plans, err := CatalogueRequirements("asvs")
	if err != nil {
		t.Fatal(err)
	}
	unseen := map[string]bool{}
	for _, p := range plans {
		unseen[p.ID] = true
	}
	known := len(unseen)
	all := map[string]bool{}
	for _, e := range u.Entries {
		for _, id := range e.New {
			all[id] = true
		}
	}
	for _, id := range u.New {
		if all[id] {
			t.Errorf("%s is new and comes from an old one", id)
		}
		all[id] = true
	}
	for id := range all {
		if !unseen[id] {
			t.Errorf("there is no plan for %s", id)
		}
		delete(unseen, id)
	}
	if len(unseen) > 0 || known != 345 {
		t.Errorf("of %d plans, the upgrade leaves out %v", known, unseen)
	}
}

// TestUpgradeAgainstOfficialMapping compares with both official files, entry by
// entry. An old requirement only counts as unchanged where both say so.
func TestUpgradeAgainstOfficialMapping(t *testing.T) {
	there, back := officialMapping(t, "mappings_mapping_v4.0.3_to_v5.0.0.yml"), officialMapping(t, "mappings_mapping_v5.0.0_to_v4.0.3.yml")
	u := asvsUpgrade(t)
	if len(there) != 278 || len(back) != 345 || len(u.Entries) != len(there) {
		t.Fatalf("%d and %d official entries, %d of ours", len(there), len(back), len(u.Entries))
	}
	id := regexp.MustCompile(`v5\.0\.0-[0-9.]+[0-9]`)
	for _, e := range u.Entries {
		said, ok := there[e.Old]
		if !ok {
			t.Errorf("%s is not in the official mapping", e.Old)
			continue
		}
		if got, want := strings.Join(e.New, " "), strings.Join(id.FindAllString(said, -1), " "); got != want {
			t.Errorf("%s goes on in %q, expected %q", e.Old, got, want)
		}
		if e.Relation.Gone() != strings.HasPrefix(said, "DELETED") {
			t.Errorf("%s is %s, officially %s", e.Old, e.Relation, said)
		}
		if want := strings.HasPrefix(said, "MOVED") || strings.HasPrefix(said, "GRAMMAR"); want && !e.Relation.Gone() {
			reverse := back[e.New[0]]
			same := !strings.Contains(reverse, "MODIFIED") && !strings.Contains(reverse, "ADDED") && strings.Contains(reverse, "MOVED FROM "+e.Old)
			if e.Relation.Carries() != same {
				t.Errorf("%s is %s, officially %q there and %q back", e.Old, e.Relation, said, reverse)
			}
		} else if e.Relation.Carries() {
			t.Errorf("%s is %s, officially %s", e.Old, e.Relation, said)
		}
		if (e.Relation == Split) != strings.Contains(said, "SPLIT TO") {
			t.Errorf("%s is %s, officially %s", e.Old, e.Relation, said)
		}
	}
	for _, added := range u.New {
		if back[added] != "ADDED" {
			t.Errorf("%s is new, officially %s", added, back[added])
		}
	}
}
