package knowledge

import "testing"

// TestPrecision reads the campaign's figures: each is about a rule that there is.
func TestPrecision(t *testing.T) {
	all, err := Precision()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := AllRules()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, r := range rules {
		known[r.ID] = true
	}
	for _, s := range Secrets() {
		known[s.ID] = true
	}
	for _, m := range all {
		if !known[m.Rule] {
			t.Errorf("%s was measured, and is no rule", m.Rule)
		}
	}
}

func TestPrecisionFaults(t *testing.T) {
	good := Measured{Rule: "a.b", Right: 1, Where: "x", On: "2026-01-01"}
	if fault := good.fault(); fault != "" {
		t.Errorf("a good entry: %s", fault)
	}
	for name, spoil := range map[string]func(*Measured){
		"rule":  func(m *Measured) { m.Rule = "B" },
		"class": func(m *Measured) { m.Class = "tests" },
		"count": func(m *Measured) { m.Right = 0 },
		"minus": func(m *Measured) { m.Wrong = -1 },
		"where": func(m *Measured) { m.Where = "" },
		"when":  func(m *Measured) { m.On = "2026-13-01" },
	} {
		m := good
		spoil(&m)
		if m.fault() == "" {
			t.Errorf("%s: the entry passes", name)
		}
	}
}

func TestProofOf(t *testing.T) {
	for rule, want := range map[string]Proof{
		"secret.github-pat": ChecksumOK, "secret.aws-access-key-id": ChecksumOK, "secret.anthropic-key": FormProof,
		"secret.generic-password": NoProof, "changelog.missing": NoProof, "": NoProof,
	} {
		if got := ProofOf(rule); got != want {
			t.Errorf("%s: got %d, want %d", rule, got, want)
		}
	}
}
