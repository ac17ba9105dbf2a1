package knowledge

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// TestSecretTable fails while secret_table.go is older than secrets/*.yaml.
func TestSecretTable(t *testing.T) {
	secrets, err := ReadSecrets(os.DirFS("."))
	if err != nil {
		t.Fatal(err)
	}
	if len(secrets) < 260 {
		t.Errorf("only %d kinds of credential", len(secrets))
	}
	want, err := SecretSource(secrets)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("secret_table.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("secret_table.go is out of date: run go generate ./knowledge")
	}
}

const goodSecret = `
- id: secret.demo
  title: a demo token
  severity: high
  confidence: high
  why: It opens the demo.
  fix: Revoke it.
  form: token
  literals: [demo_]
  pattern: demo_[a-z]{8}
  examples:
    match: [{text: demo_¦abcdefgh}]
    no_match: [{text: demo}]
`

func TestReadSecretsRefuses(t *testing.T) {
	swap := func(old, with string) string {
		if !strings.Contains(goodSecret, old) {
			t.Fatalf("the good entry has no %q", old)
		}
		return strings.Replace(goodSecret, old, with, 1)
	}
	tests := []struct{ name, yaml, want string }{
		{"good", goodSecret, ""},
		{"unknown field", swap("  form:", "  shape: x\n  form:"), "unknown field"},
		{"id", swap("secret.demo", "demo.secret"), "must begin with secret."},
		{"form", swap("form: token", "form: tokens"), `form "tokens"`},
		{"no literals", swap("[demo_]", "[]"), "no literals"},
		{"short literal", swap("[demo_]", "[de]"), "shorter than three"},
		{"pattern", swap("demo_[a-z]{8}", "demo_["), "pattern: "},
		{"empty pattern", swap("demo_[a-z]{8}", "a*"), "matches nothing at all"},
		{"name", swap("  form: token", "  form: value"), "name belongs to"},
		{"why", swap("  why: It opens the demo.\n", ""), "why is missing"},
		{"twice", goodSecret + goodSecret, "defined twice"},
		{"empty", "# nothing\n", "holds no kinds"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			secrets, err := ReadSecrets(fstest.MapFS{"secrets/demo.yaml": {Data: []byte(tt.yaml)}})
			switch {
			case tt.want == "" && (err != nil || len(secrets) != 1):
				t.Fatalf("got %d entries, error %v", len(secrets), err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Fatalf("got error %v, want one with %q", err, tt.want)
			}
			if tt.want == "" && (secrets[0].Examples.Match[0].Text != "demo_abcdefgh" || secrets[0].Family != "secret.demo" || secrets[0].Revision != 1) {
				t.Errorf("got %+v", secrets[0])
			}
		})
	}
}
