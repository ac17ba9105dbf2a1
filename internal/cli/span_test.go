package cli

import (
	"testing"
	"time"
)

func TestSpan(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		back string // "" where it is refused
	}{
		{"90d", 90 * day, "90d"}, {"36h", 36 * time.Hour, "36h0m0s"}, {"48h", 2 * day, "2d"}, {"1h30m", 90 * time.Minute, "1h30m0s"},
		{"d", 0, ""}, {"-1d", 0, ""}, {"1.5d", 0, ""}, {"99999999d", 0, ""}, {"a year", 0, ""}, {"", 0, ""},
	}
	for _, test := range tests {
		var d time.Duration
		err := span{&d}.Set(test.text)
		if (err != nil) != (test.back == "") || d != test.want || test.back != "" && (span{&d}).String() != test.back {
			t.Errorf("%q: %v, %v, %q", test.text, d, err, span{&d}.String())
		}
	}
}
