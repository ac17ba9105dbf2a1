package knowledge

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestProbes holds that each probe is about kinds that there are, no kind has
// two, and the secret is part of the call.
func TestProbes(t *testing.T) {
	probes, err := Probes()
	if err != nil || len(probes) < 15 {
		t.Fatalf("%d probes: %v", len(probes), err)
	}
	seen := map[string]bool{}
	for _, p := range probes {
		carries := p.User != "" || strings.Contains(p.URL, SecretPlace)
		for _, h := range p.Headers {
			carries = carries || strings.Contains(h, SecretPlace)
		}
		if !carries {
			t.Errorf("%s: the secret is no part of the call", p.URL)
		}
		for _, id := range p.Rules {
			if seen[id] || !slices.ContainsFunc(Secrets(), func(s Secret) bool { return s.ID == id }) {
				t.Errorf("%s: %s is unknown, or asked about twice", p.URL, id)
			}
			seen[id] = true
		}
	}
}

func TestBadProbes(t *testing.T) {
	for _, url := range []string{"http://a.invalid/x", "https://{secret}.invalid/x", "https://a.invalid:8443/x", "https://u@a.invalid/", "https://a.invalid"} {
		file := "- rules: [secret.x]\n  url: '" + url + "'\n  live: [200]\n"
		if _, err := ReadProbes(fstest.MapFS{"liveness/x.yaml": {Data: []byte(file)}}); err == nil {
			t.Errorf("%s is taken", url)
		}
	}
}
