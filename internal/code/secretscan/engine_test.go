package secretscan

import (
	"os"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// newTestEngine is the engine of all kinds, with their examples.
func newTestEngine(t testing.TB) (*Engine, []knowledge.Secret) {
	t.Helper()
	secrets, err := knowledge.ReadSecrets(os.DirFS("../../../knowledge"))
	if err != nil {
		t.Fatal(err)
	}
	e, err := NewEngine(secrets)
	if err != nil {
		t.Fatal(err)
	}
	return e, secrets
}

func scanAll(e *Engine, text string) []Match {
	var matches []Match
	e.Scan([]byte(text), 0, len(text), func(m Match) { matches = append(matches, m) })
	return Resolve(matches)
}

func describe(text string, matches []Match) string {
	var b strings.Builder
	for _, m := range matches {
		b.WriteString("\n\t" + m.Rule.ID + " " + text[m.SecretStart:m.SecretEnd])
	}
	return b.String()
}

// TestExamples holds every kind to its examples.
func TestExamples(t *testing.T) {
	e, secrets := newTestEngine(t)
	for _, s := range secrets {
		t.Run(s.ID, func(t *testing.T) {
			for _, ex := range s.Examples.Match {
				matches := scanAll(e, ex.Text)
				if len(matches) != 1 || matches[0].Rule.ID != s.ID {
					t.Errorf("%q must give this kind and nothing else, gives:%s", ex.Text, describe(ex.Text, matches))
				}
			}
			for _, ex := range s.Examples.NoMatch {
				for _, m := range scanAll(e, ex.Text) {
					if m.Rule.ID == s.ID {
						t.Errorf("%q must not match, but does: %q", ex.Text, ex.Text[m.SecretStart:m.SecretEnd])
					}
				}
			}
		})
	}
}
