package imported

import (
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

func TestTreeRoot(t *testing.T) {
	tree := NewTree([]repo.File{{Path: "src/index.js"}, {Path: "src/b.js"}, {Path: "main.go"}, {Path: "web/a.js"}})
	if got := tree.Root([]string{"/usr/lib/x/src/index.js", "/ci/shop/src/index.js", "/ci/shop/main.go"}); got != "/ci/shop/" {
		t.Errorf("got %q", got)
	}
	if got := tree.Root([]string{"/usr/lib/x.c"}); got != "" {
		t.Errorf("got %q", got)
	}
	for in, want := range map[string]string{"a.js": "web/a.js", "src/b.js": "src/b.js", "gone.js": "gone.js"} {
		if got := tree.Relative(in); got != want {
			t.Errorf("Relative(%q) = %q, want %q", in, got, want)
		}
	}
}
