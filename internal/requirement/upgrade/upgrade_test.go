package upgrade_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/requirement/upgrade"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

var digest = "sha256:" + strings.Repeat("ab", 32)

func asvs(t testing.TB) knowledge.Upgrade {
	t.Helper()
	u, ok, err := knowledge.FindUpgrade("asvs", "4.0.3", "5.0.0")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	return u
}

func TestOldID(t *testing.T) {
	for _, tt := range []struct {
		written, want string
		ok            bool
	}{
		{"v4.0.3-2.1.1", "v4.0.3-2.1.1", true},
		{"V4.0.3-2.1.1", "v4.0.3-2.1.1", true},
		{"V2.1.1", "v4.0.3-2.1.1", true},
		{" 2.1.1 ", "v4.0.3-2.1.1", true},
		{"v5.0.0-2.1.1", "v5.0.0-2.1.1", false},
		{"2.1", "", false},
		{"PL-CODE-1", "", false},
		{"2.1.1 and more", "", false},
	} {
		got, ok := upgrade.OldID(tt.written, "4.0.3")
		if got != tt.want || ok != tt.ok {
			t.Errorf("%q: %q, %v", tt.written, got, ok)
		}
	}
}

// TestAssess has one old id of each kind of fate.
func TestAssess(t *testing.T) {
	ref := func(old string) upgrade.Reference {
		return upgrade.Reference{Kind: upgrade.Attestation, Path: old + ".json", Written: old, Old: old, Digest: digest}
	}
	refused := ref("v4.0.3-2.1.5")
	refused.Refused = "it was given for another repository"
	r := upgrade.Assess(asvs(t), []upgrade.Reference{
		ref("v4.0.3-2.1.6"), ref("v4.0.3-2.1.1"), ref("v4.0.3-1.1.1"), ref("v4.0.3-1.2.2"), ref("v4.0.3-99.1.1"), refused,
	}, map[string]bool{"v5.0.0-6.1.2": true})
	fates := map[string][]string{}
	for name, items := range map[string][]upgrade.Item{"carried": r.Carried, "verify": r.Verify, "archived": r.Archived} {
		for _, i := range items {
			fates[name] = append(fates[name], i.Old+" "+string(i.Relation)+" "+strings.Join(i.New, " "))
		}
	}
	want := map[string][]string{
		"carried":  {"v4.0.3-2.1.5 grammar v5.0.0-6.2.2", "v4.0.3-2.1.6 unchanged v5.0.0-6.2.3"},
		"verify":   {"v4.0.3-1.2.2 merged v5.0.0-13.2.1", "v4.0.3-2.1.1 modified v5.0.0-6.2.1"},
		"archived": {"v4.0.3-1.1.1 deleted "},
	}
	if diff := cmp.Diff(want, fates); diff != "" {
		t.Error(diff)
	}
	if len(r.Unknown) != 1 || r.Unknown[0].Old != "v4.0.3-99.1.1" || len(r.New) != 154 {
		t.Errorf("unknown %v; %d new", r.Unknown, len(r.New))
	}
	carried := []upgrade.Pair{{Old: "v4.0.3-2.1.6", New: "v5.0.0-6.2.3", Attestations: []string{digest}}}
	if diff := cmp.Diff(carried, r.Carryover().Carried); diff != "" {
		t.Errorf("what is refused must not carry over:\n%s", diff)
	}
}

func TestCarryoverIsReadBack(t *testing.T) {
	c := upgrade.Carryover{Catalogue: "asvs", From: "4.0.3", To: "5.0.0",
		Carried: []upgrade.Pair{{Old: "v4.0.3-2.1.6", New: "v5.0.0-6.2.3", Attestations: []string{digest}}}}
	back, faults := upgrade.Parse(c.Path(), c.Marshal())
	if err := faults.Err(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, back); diff != "" {
		t.Error(diff)
	}
	for _, tt := range []struct{ requirement, digest, want string }{
		{"v4.0.3-2.1.6", digest, "v5.0.0-6.2.3"},
		{"V2.1.6", digest, "v5.0.0-6.2.3"},
		{"v4.0.3-2.1.6", "sha256:other", ""},
		{"v4.0.3-2.1.1", digest, ""},
		{"v5.0.0-2.1.6", digest, ""},
		{"PL-CODE-1", digest, ""},
	} {
		if got := back.Carry(tt.requirement, tt.digest); got != tt.want {
			t.Errorf("%s carries over to %q, expected %q", tt.requirement, got, tt.want)
		}
	}
	empty := upgrade.Carryover{Catalogue: "asvs", From: "4.0.3", To: "5.0.0"}
	if _, faults := upgrade.Parse(empty.Path(), empty.Marshal()); faults.Err() != nil {
		t.Error(faults)
	}
}

// TestForgedCarryover: a file cannot make evidence count for what it was not
// given for.
func TestForgedCarryover(t *testing.T) {
	file := func(old, to string) string {
		return "catalogue: asvs\nfrom: \"4.0.3\"\nto: \"5.0.0\"\ncarried:\n  - old: " + old + "\n    new: " + to + "\n    attestations: [" + digest + "]\n"
	}
	for _, tt := range []struct{ name, data, want string }{
		{"another new id", file("v4.0.3-2.1.6", "v5.0.0-1.2.5"), "x.yaml:6:10: v4.0.3-2.1.6 goes on as v5.0.0-6.2.3, and not as v5.0.0-1.2.5"},
		{"modified", file("v4.0.3-2.1.1", "v5.0.0-6.2.1"), "v4.0.3-2.1.1 is modified in 5.0.0: its evidence does not carry over"},
		{"merged", file("v4.0.3-1.2.2", "v5.0.0-13.2.1"), "is merged"},
		{"deleted", file("v4.0.3-1.1.1", "v5.0.0-13.2.1"), "is deleted"},
		{"no such id", file("v4.0.3-99.1.1", "v5.0.0-13.2.1"), "has no requirement v4.0.3-99.1.1"},
		{"no such upgrade", strings.Replace(file("a", "b"), "5.0.0", "6.0.0", 1), "there is no upgrade of asvs from 4.0.3 to 6.0.0"},
		{"no digest", strings.Replace(file("v4.0.3-2.1.6", "v5.0.0-6.2.3"), digest, "x", 1), "x.yaml:7"},
		{"empty", "", "x.yaml"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, faults := upgrade.Parse("x.yaml", []byte(tt.data))
			if len(faults) == 0 || !strings.Contains(faults.Error(), tt.want) || len(c.Carried) > 0 {
				t.Errorf("%v: %v", c, faults)
			}
		})
	}
}

const productFile = `name: demo
description: release 2.1.1 of it, after v4.0.3-1.1.1
requirements:
  include: [V2.1.6, v5.0.0-1.1.1, v4.0.3-2.1.1]
  exclude:
    - {id: 1.1.1, reason: documented elsewhere}
exemptions:
  - requirement: v4.0.3-1.2.2
    reason: "1.2.3"
notes: v4.0.3-3.4.5
`

func TestScan(t *testing.T) {
	got := upgrade.Scan(".plimsoll/product.yaml", []byte(productFile), "4.0.3")
	ref := func(kind string, line int, written, old string) upgrade.Reference {
		return upgrade.Reference{Kind: kind, Path: ".plimsoll/product.yaml", Line: line, Written: written, Old: old}
	}
	want := []upgrade.Reference{
		ref(upgrade.Inclusion, 4, "V2.1.6", "v4.0.3-2.1.6"),
		ref(upgrade.Inclusion, 4, "v4.0.3-2.1.1", "v4.0.3-2.1.1"),
		ref(upgrade.Exclusion, 6, "1.1.1", "v4.0.3-1.1.1"),
		ref(upgrade.Exemption, 8, "v4.0.3-1.2.2", "v4.0.3-1.2.2"),
		ref(upgrade.Other, 10, "v4.0.3-3.4.5", "v4.0.3-3.4.5"),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	tests := upgrade.Scan(".plimsoll/tests.yaml", []byte("- requirement: V2.1.1\n  tests: [\"1.2.3\"]\n"), "4.0.3")
	if len(tests) != 1 || tests[0].Kind != upgrade.Test || tests[0].Line != 1 {
		t.Errorf("%+v", tests)
	}
	if broken := upgrade.Scan("x.yaml", []byte("a: [v4.0.3-1.1.1"), "4.0.3"); broken != nil {
		t.Errorf("a broken file holds %v", broken)
	}
}

func FuzzParse(f *testing.F) {
	c := upgrade.Carryover{Catalogue: "asvs", From: "4.0.3", To: "5.0.0",
		Carried: []upgrade.Pair{{Old: "v4.0.3-2.1.6", New: "v5.0.0-6.2.3", Attestations: []string{digest}}}}
	f.Add(c.Marshal())
	f.Add([]byte("catalogue: asvs\n"))
	u := asvs(f)
	carries := map[string]string{}
	for _, e := range u.Entries {
		if e.Relation.Carries() {
			carries[e.Old] = e.New[0]
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, faults := upgrade.Parse("x.yaml", data)
		if len(faults) > 0 {
			return
		}
		for _, p := range c.Carried {
			if carries[p.Old] != p.New {
				t.Fatalf("%s carries over to %s", p.Old, p.New)
			}
		}
		back, faults := upgrade.Parse("x.yaml", c.Marshal())
		if len(faults) > 0 || !bytes.Equal(back.Marshal(), c.Marshal()) {
			t.Fatalf("it does not read back: %v", faults)
		}
	})
}

func FuzzScan(f *testing.F) {
	f.Add([]byte(productFile))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, ref := range upgrade.Scan("x.yaml", data, "4.0.3") {
			if !strings.HasPrefix(ref.Old, "v4.0.3-") || ref.Line < 1 {
				t.Fatalf("%+v", ref)
			}
		}
	})
}
