package suppressions_test

import (
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/code/suppressions"
)

func TestCheck(t *testing.T) {
	literal := "plimsoll:" + "ignore"
	got := checktest.Run(t, suppressions.New(), checktest.Tree{
		"a.go":  "x() // " + literal + " go.sql until=2026-07-01 by=ada reason=\"because\"\n",
		"b.py":  "\nx() # " + literal + " go.sql\n",
		"c.txt": "nothing\n",
	})
	if len(got.Problems) != 1 || got.Problems[0].Path != "b.py" || got.Problems[0].Line != 2 || got.Problems[0].Column != 29 || !got.Problems[0].Incomplete {
		t.Errorf("problems: %+v", got.Problems)
	}
	if len(got.Observations) != 2 || got.Observations[0].Count != 3 || got.Observations[1].Path != "a.go" || got.Observations[1].Count != 1 {
		t.Errorf("observations: %+v", got.Observations)
	}
}
