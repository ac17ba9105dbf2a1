package review

import "testing"

// TestEveryPatternCompiles: the items' patterns are compiled when they are first
// used, and by then it is too late to mend them.
func TestEveryPatternCompiles(t *testing.T) {
	sets, err := baseSets()
	if err != nil {
		t.Fatal(err)
	}
	items, err := base()
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		for _, m := range it.mistakes(sets) {
			t.Errorf("%s%s: %s", it.ID, m.pointer, m.message)
		}
	}
}

func TestGlobs(t *testing.T) {
	for _, tt := range []struct {
		glob, path string
		want       bool
	}{
		{"*.tf", "a/b.tf", true}, {"*.tf", "a/b.tfx", false}, {"Dockerfile*", "x/dockerfile.dev", true}, {"**/test/**", "test/a/b.go", true},
		{"**/test/**", "a/test/b.go", true}, {"**/test/**", "latest/b.go", false}, {".github/workflows/*.{yml,yaml}", ".github/workflows/a.yaml", true},
		{".github/workflows/*.yml", ".github/workflows/x/a.yml", false}, {"a?c", "abc", true}, {"a{b", "ab", true},
	} {
		if got := newGlobs([]string{tt.glob}, nil).take(tt.path); got != tt.want {
			t.Errorf("%s takes %s: %v", tt.glob, tt.path, got)
		}
	}
}
