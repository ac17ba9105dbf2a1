package history

import (
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
)

// TestDeceptionKeepsItsName: what was found in a file keeps its fingerprint when
// it moves, is indented or is renamed; one place more is another finding.
func TestDeceptionKeepsItsName(t *testing.T) {
	const bidi = "x = 1 # \u202e tpircs\n"
	print := func(path, text string) string {
		for _, f := range checktest.Run(t, New(), checktest.Tree{path: text}).Findings {
			if f.Rule == ruleBidi {
				return f.Fingerprint
			}
		}
		t.Fatalf("nothing found in %q", text)
		return ""
	}
	first := print("a.py", bidi)
	for _, same := range []struct{ path, text string }{{"a.py", "import os\n\n" + bidi}, {"lib/b.py", bidi}, {"a.py", "if y:\n    " + bidi}, {"a.py", bidi + bidi}} {
		if got := print(same.path, same.text); got != first {
			t.Errorf("%s with %q is another finding", same.path, same.text)
		}
	}
	for _, other := range []string{strings.ReplaceAll(bidi, "tpircs", "live"), bidi + "y = 2 # \u202e dne\n"} {
		if print("a.py", other) == first {
			t.Errorf("%q is the same finding", other)
		}
	}
}
