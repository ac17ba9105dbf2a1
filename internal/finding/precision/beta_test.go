package precision

import (
	"math"
	"testing"
)

// TestQuantiles against values that follow from closed forms: Beta(n, 1) has the
// quantile p^(1/n), Beta(1, n) its mirror image, Beta(1/2, 1/2) is the arcsine
// distribution, and Beta(2, 2) has the cubic 3x² - 2x³.
func TestQuantiles(t *testing.T) {
	arcsine := func(p float64) float64 { s := math.Sin(math.Pi * p / 2); return s * s }
	tests := []struct {
		beta Beta
		p    float64
		want float64
	}{
		{Beta{1, 1}, 0.05, 0.05},
		{Beta{15, 1}, 0.05, math.Pow(0.05, 1.0/15)},
		{Beta{400, 1}, 0.05, math.Pow(0.05, 1.0/400)},
		{Beta{1, 9}, 0.05, 1 - math.Pow(0.95, 1.0/9)},
		{Beta{0.5, 0.5}, 0.05, arcsine(0.05)},
		{Beta{0.5, 0.5}, 0.9, arcsine(0.9)},
		{Beta{2, 2}, 0.104, 0.2},
		{Beta{2, 2}, 0.5, 0.5},
	}
	for _, tt := range tests {
		if got := tt.beta.Quantile(tt.p); math.Abs(got-tt.want) > 1e-9 {
			t.Errorf("%v at %v: got %.12f, want %.12f", tt.beta, tt.p, got, tt.want)
		}
	}
}

// TestBelowIsBinomial: for whole numbers the function is a binomial tail, which
// can be added up.
func TestBelowIsBinomial(t *testing.T) {
	for _, tt := range []struct {
		a, b int
		x    float64
	}{{3, 4, 0.3}, {28, 3, 0.9}, {41, 2, 0.95}, {5, 60, 0.05}} {
		n, want := tt.a+tt.b-1, 0.0
		for k := tt.a; k <= n; k++ {
			want += choose(n, k) * math.Pow(tt.x, float64(k)) * math.Pow(1-tt.x, float64(n-k))
		}
		if got := (Beta{float64(tt.a), float64(tt.b)}).Below(tt.x); math.Abs(got-want) > 1e-10 {
			t.Errorf("Beta(%d, %d) below %v: got %v, want %v", tt.a, tt.b, tt.x, got, want)
		}
	}
}

func choose(n, k int) float64 {
	result := 1.0
	for i := range k {
		result = result * float64(n-i) / float64(i+1)
	}
	return result
}
