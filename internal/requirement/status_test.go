package requirement

import (
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// everyStatus is small enough to try every combination, which is better than
// trying some by chance.
var everyStatus = append([]event.Status{event.NotApplicable}, event.Statuses...)

func TestWorstIsALattice(t *testing.T) {
	for _, a := range everyStatus {
		if got := Worst(a, a); got != a {
			t.Errorf("not idempotent: Worst(%s, %s) is %s", a, a, got)
		}
		if got := Worst(a); got != a {
			t.Errorf("Worst(%s) is %s", a, got)
		}
		for _, b := range everyStatus {
			ab := Worst(a, b)
			if ba := Worst(b, a); ab != ba {
				t.Errorf("not commutative: %s and %s give %s and %s", a, b, ab, ba)
			}
			if ab != a && ab != b || Rank(ab) < Rank(a) || Rank(ab) < Rank(b) {
				t.Errorf("Worst(%s, %s) is %s", a, b, ab)
			}
			for _, c := range everyStatus {
				if left, right, all := Worst(Worst(a, b), c), Worst(a, Worst(b, c)), Worst(a, b, c); left != right || left != all {
					t.Errorf("not associative: %s, %s, %s give %s, %s, %s", a, b, c, left, right, all)
				}
			}
		}
	}
}

func TestWorstOfStrangers(t *testing.T) {
	tests := []struct {
		in   []event.Status
		want event.Status
	}{
		{nil, event.NotApplicable},
		{[]event.Status{"green"}, event.Unknown},
		{[]event.Status{event.Pass, ""}, event.Unknown},
		{[]event.Status{event.Fail, "green"}, event.Fail},
	}
	for _, tt := range tests {
		if got := Worst(tt.in...); got != tt.want {
			t.Errorf("Worst(%q) is %s, want %s", tt.in, got, tt.want)
		}
	}
}
