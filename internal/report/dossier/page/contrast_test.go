package page

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestContrast computes the contrast of every pair of colours that text and its
// ground have, in the light, the dark and the printed page (WCAG 2.2, 1.4.3: 4.5
// to 1; 1.4.11: 3 to 1 for what is drawn).
func TestContrast(t *testing.T) {
	schemes := regexp.MustCompile(`(?s):root \{(.*?)\}`).FindAllStringSubmatch(pageCSS, -1)
	if len(schemes) != 3 {
		t.Fatalf("%d schemes, expected light, dark and print", len(schemes))
	}
	pairs := []struct {
		front, ground string
		least         float64
	}{
		{"ink", "paper", 4.5}, {"ink", "card", 4.5}, {"soft", "paper", 4.5}, {"soft", "card", 4.5}, {"soft", "quote", 4.5}, {"ink", "quote", 4.5},
		{"link", "paper", 4.5}, {"link", "card", 4.5}, {"ink", "plate", 4.5}, {"ink", "card", 4.5}, {"line", "sea", 3},
		{"fail-bar", "sea", 3}, {"pass-bar", "card", 3}, {"exempt-bar", "card", 3},
	}
	for _, s := range []string{"pass", "exempt", "stale", "unknown", "fail"} {
		pairs = append(pairs, struct {
			front, ground string
			least         float64
		}{s, s + "-ground", 4.5})
	}
	for i, scheme := range schemes {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6})`).FindAllStringSubmatch(scheme[1], -1) {
			colours[m[1]] = m[2]
		}
		for _, p := range pairs {
			got := contrast(t, colours[p.front], colours[p.ground])
			if got < p.least {
				t.Errorf("scheme %d: %s on %s has %.2f to 1, expected %.1f", i, p.front, p.ground, got, p.least)
			}
		}
	}
	if !strings.Contains(pageCSS, "prefers-color-scheme: dark") || !strings.Contains(pageCSS, "@media print") {
		t.Error("the page knows no dark, or no paper")
	}
}

// contrast is WCAG's ratio of two colours.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(colour, 16, 32)
	if err != nil {
		t.Fatalf("the colour %q: %v", colour, err)
	}
	part := func(shift uint) float64 {
		c := float64(n>>shift&0xff) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*part(16) + 0.7152*part(8) + 0.0722*part(0)
}
