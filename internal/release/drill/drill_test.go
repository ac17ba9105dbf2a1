package drill_test

import (
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/release/drill"
)

func TestDrill(t *testing.T) {
	steps, err := drill.Run(t.Context(), t.TempDir(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if len(steps) != 12 {
		t.Errorf("%d steps", len(steps))
	}
	for _, s := range steps {
		if !s.OK() {
			t.Errorf("%s: %q (%s), expected %q", s.Did, s.Got, s.Says, s.Expect)
		}
	}
}
