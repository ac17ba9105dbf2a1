package assess_test

import (
	"crypto/ed25519"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/assess"
	"github.com/plimsoll-dev/plimsoll/internal/evidence"
	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

// signer is a key that is the same at every run.
func signer(name string) ed25519.PrivateKey {
	seed := make([]byte, ed25519.SeedSize)
	copy(seed, name)
	return ed25519.NewKeyFromSeed(seed)
}

func keyLine(name string) string {
	return evidence.KeyLine(signer(name).Public().(ed25519.PublicKey))
}

// TestWhoseWordItIs: a word counts as its author's alone, and a second one as
// another person's alone, whatever an envelope holds.
func TestWhoseWordItIs(t *testing.T) {
	r := repotest.New(t)
	root := r.Commit("first", map[string]string{"go.mod": "module x\n", ".plimsoll/product.yaml": fmt.Sprintf(`owners:
  - {name: Ada, email: ada@example.org, role: developer, keys: [%q]}
  - {name: A. Lovelace, email: ada@example.org, role: security, keys: [%q]}
  - {name: Bob, role: product, keys: [%q]}
`, keyLine("ada"), keyLine("ada's other"), keyLine("bob"))})
	tests := map[string]struct {
		by, root string
		signers  []string
		reviewer string
		refused  string
	}{
		"one":                            {"Ada <ada@example.org>", root, []string{"ada"}, "", ""},
		"by another key of theirs":       {"Ada", root, []string{"ada's other"}, "", ""},
		"two people":                     {"Ada", root, []string{"ada", "bob"}, "Bob", ""},
		"the second signed first":        {"Ada", root, []string{"bob", "ada"}, "Bob", ""},
		"one person, two keys":           {"Ada", root, []string{"ada", "ada's other"}, "", "Ada signed it twice, which takes a second person"},
		"another's words":                {"Ada", root, []string{"bob"}, "", "it speaks for Ada and is signed by Bob"},
		"no owner":                       {"Eve", root, []string{"bob"}, "", "Eve is none of the owners"},
		"another's name, own address":    {"Bob <ada@example.org>", root, []string{"bob"}, "", "is none of the owners"},
		"given for another repository":   {"Ada", strings.Repeat("1", 40), []string{"ada"}, "", "another repository"},
		"reviewed in another repository": {"Ada", strings.Repeat("1", 40), []string{"ada", "bob"}, "Bob", "another repository"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			word := evidence.Attestation{Requirement: "pl-design-1", Statement: "s", By: test.by, Effective: "2026-01-01", Until: "2026-06-01",
				Repository: evidence.Repository{Roots: []string{test.root}}}
			envelope, _, err := evidence.SignAttestation(t.Context(), word, signer(test.signers[0]))
			if err != nil {
				t.Fatal(err)
			}
			for _, second := range test.signers[1:] {
				if envelope, err = evidence.CoSign(t.Context(), "a.json", envelope, signer(second)); err != nil {
					t.Fatal(err)
				}
			}
			r.Write(map[string]string{evidence.AttestationsDir + "/a.json": string(envelope)})
			desk, err := assess.OpenDesk(t.Context(), assess.Options{Dir: r.Dir, StateDir: t.TempDir(), Clock: func() time.Time { return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC) }})
			if err != nil {
				t.Fatal(err)
			}
			if len(desk.Given()) != 1 {
				t.Fatalf("%d attestations: %v", len(desk.Given()), desk.Refused())
			}
			got := desk.Given()[0].Gate
			if got.Reviewer != test.reviewer || !strings.Contains(got.Refused, test.refused) || test.refused == "" && got.Refused != "" {
				t.Errorf("reviewer %q, refused %q", got.Reviewer, got.Refused)
			}
			if got.Requirement != "PL-DESIGN-1" {
				t.Errorf("requirement %q", got.Requirement)
			}
		})
	}
}
