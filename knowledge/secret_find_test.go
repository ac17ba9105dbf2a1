package knowledge

import (
	"strings"
	"testing"
)

func TestFindSecret(t *testing.T) {
	s, ok := FindSecret("secret.github-pat")
	if !ok || s.Issuer != "GitHub" || !strings.Contains(s.KnownBy(), "checksum") {
		t.Errorf("got %+v, %v", s, ok)
	}
	if _, ok := FindSecret("secret.nothing"); ok {
		t.Error("a kind that is none was found")
	}
	for _, s := range Secrets() {
		if found, ok := FindSecret(s.ID); !ok || found.ID != s.ID || found.KnownBy() == "" {
			t.Errorf("%s is not found", s.ID)
		}
	}
}
