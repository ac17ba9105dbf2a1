package cvss

import (
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

func TestBand(t *testing.T) {
	for score, want := range map[float64]event.Severity{
		10: event.Critical, 9: event.Critical, 8.9: event.High, 7: event.High, 6.9: event.Medium, 4: event.Medium,
		3.9: event.Low, 0.1: event.Low, 0: event.Info,
	} {
		if got := Band(score); got != want {
			t.Errorf("Band(%v) = %v, want %v", score, got, want)
		}
	}
}

func TestScore(t *testing.T) {
	for _, v := range []any{"7.5", " 7.5 ", 7.5} {
		if got, ok := Score(v); !ok || got != 7.5 {
			t.Errorf("Score(%v) = %v, %v", v, got, ok)
		}
	}
	for _, v := range []any{"", "high", "NaN", "11", -1.0, nil, true} {
		if got, ok := Score(v); ok {
			t.Errorf("Score(%v) = %v, want none", v, got)
		}
	}
}
