package seed

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/code/secretscan"
	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/finding"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// names are files of the common kinds in every class.
var names = checktest.Tree{
	"src/app.go": "", "config/app.yml": "", ".env": "", "src/app.py": "", "web/app.js": "",
	"src/app_test.go": "", "tests/test_app.py": "", "examples/demo/main.go": "", ".env.example": "",
	"docs/guide.md": "", "vendor/x/y/y.go": "", "node_modules/a/b.js": "", "api/v1/api.pb.go": "",
}

// TestEveryKindIsPlantedAndCaught: with no decision at all, what can be made is
// found wherever nothing is silent, and eight kinds of ten can be made.
func TestEveryKindIsPlantedAndCaught(t *testing.T) {
	result := checktest.Run(t, New(), names)
	for _, f := range result.Findings {
		if f.Rule != ruleSilenced && f.Rule != ruleUnplanted {
			t.Errorf("%s: %s", f.Rule, f.Message)
		}
		t.Log(f.Message)
	}
	for _, o := range result.Observations {
		t.Log(o.Count, o.What)
		if all := len(knowledge.Secrets()); o.What == Kinds && int(o.Count) < all*8/10 {
			t.Errorf("of %d kinds only %d can be planted", all, o.Count)
		}
	}
}

// TestFreshEveryDay: another day plants other credentials, the same day the same.
func TestFreshEveryDay(t *testing.T) {
	secret := &knowledge.Secrets()[0]
	day := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	make := func(at time.Time) string {
		text, err := credential(seeded(secret.ID, at), secret)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if make(day) != make(day.Add(8*time.Hour)) {
		t.Error("the same day plants something else")
	}
	if make(day) == make(day.AddDate(0, 0, 1)) {
		t.Error("two days plant the same")
	}
}

// TestMissIsTold: a scanner that lacks a rule, or says nothing in some files, is
// found out.
func TestMissIsTold(t *testing.T) {
	secrets := knowledge.Secrets()
	var one, other []knowledge.Secret
	for _, s := range secrets {
		switch s.ID {
		case "secret.github-pat":
			one = append(one, s)
		case "secret.generic-password":
			other = append(other, s)
		}
	}
	reader, err := secretscan.NewReader(other) // knows passwords alone
	if err != nil {
		t.Fatal(err)
	}
	all, err := secretscan.NewReader(secrets)
	if err != nil {
		t.Fatal(err)
	}
	f := &field{all: all, reader: reader, asOf: checktest.Now}
	places := placesOf(checktest.Snapshot(names).Files())
	plants, err := f.plantAll(t.Context(), one, places)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plants {
		if p.rule() != ruleMissed {
			t.Errorf("a token that no rule knows, in %s: %q", p.path, p.rule())
		}
	}
	plants, err = f.plantAll(t.Context(), other, places)
	if err != nil {
		t.Fatal(err)
	}
	got := map[finding.Class]string{}
	for _, p := range plants {
		got[p.class] = p.rule()
	}
	if got[finding.Production] != "" || got[finding.Vendored] != ruleSilenced {
		t.Errorf("passwords: %v", got)
	}
}

// TestDecisionIsFoundOut: one that settles what was just planted is told.
func TestDecisionIsFoundOut(t *testing.T) {
	reader, err := secretscan.NewReader(knowledge.Secrets())
	if err != nil {
		t.Fatal(err)
	}
	var pat []knowledge.Secret
	for _, s := range knowledge.Secrets() {
		if s.ID == "secret.github-pat" {
			pat = append(pat, s)
		}
	}
	places := []place{{class: finding.Production, kind: ".go", path: "src/app.go"}}
	text := func() string { // what will be planted
		rng := seeded(pat[0].ID, checktest.Now)
		text, err := written(rand.New(rand.NewPCG(rng.Uint64(), rng.Uint64())), &pat[0], "src/app.go")
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	found, err := reader.Findings("src/app.go", []byte(text()))
	if err != nil || len(found) != 1 {
		t.Fatalf("%v, %v", found, err)
	}
	f := &field{all: reader, reader: reader, asOf: checktest.Now, decisions: finding.Decisions{{
		Fingerprint: found[0].Fingerprint, Rule: found[0].Rule, Verdict: finding.FalsePositive, Because: "never mind", By: "Ada", On: "2026-01-01"}}}
	all, err := f.plantAll(t.Context(), pat, places)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].rule() != ruleDismissed {
		t.Errorf("got %+v", all)
	}
}

func TestPlacesStandForKinds(t *testing.T) {
	files := checktest.Snapshot(checktest.Tree{"a.go": "", "b.go": "", "c.png": "", "x_test.go": "", ".plimsoll/product.yaml": ""}).Files()
	files = append(files, repo.File{Path: "link.go", Mode: repo.Symlink})
	places := placesOf(files)
	if len(places) != 2 {
		t.Errorf("got %v", places)
	}
}

// TestRulesAreDocumented: each rule that the check reports under is there.
func TestRulesAreDocumented(t *testing.T) {
	known := map[string]string{}
	for _, r := range New().Rules {
		known[r.ID] = r.Severity
	}
	for _, o := range []plant{
		{secret: &knowledge.Secret{}, outcome: missed}, {secret: &knowledge.Secret{}, outcome: dismissed}, {secret: &knowledge.Secret{}, outcome: notPlanted},
		{secret: &knowledge.Secret{Generic: true}, outcome: missed, place: place{class: finding.Vendored}},
	} {
		f := findingOf([]plant{o})
		if known[f.Rule] != string(f.Severity) {
			t.Errorf("%s: severity %s, documented %q", f.Rule, f.Severity, known[f.Rule])
		}
		if f.Confidence != event.Sure {
			t.Errorf("%s: confidence %s", f.Rule, f.Confidence)
		}
	}
}
