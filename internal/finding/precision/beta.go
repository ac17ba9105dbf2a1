package precision

import "math"

// Beta is what is believed of a share after some of each kind were counted: A
// of one kind and B of the other, the prior's pseudo-counts included.
type Beta struct{ A, B float64 }

// Mean is the expected share.
func (b Beta) Mean() float64 { return b.A / (b.A + b.B) }

// Below is the probability that the share is below x: the regularised incomplete
// beta function, by its continued fraction (DLMF 8.17.22), which converges fast
// on the near side of the mean; the far side is its mirror image.
func (b Beta) Below(x float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (b.A+1)/(b.A+b.B+2):
		return 1 - Beta{b.B, b.A}.near(1-x)
	}
	return b.near(x)
}

func (b Beta) near(x float64) float64 {
	ab, _ := math.Lgamma(b.A + b.B)
	la, _ := math.Lgamma(b.A)
	lb, _ := math.Lgamma(b.B)
	return math.Exp(ab-la-lb+b.A*math.Log(x)+b.B*math.Log1p(-x)) / b.A * b.fraction(x)
}

// fraction is the continued fraction, by Lentz's method.
func (b Beta) fraction(x float64) float64 {
	const tiny, enough = 1e-300, 1e-14
	nonzero := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c, d := 1.0, 1/nonzero(1-(b.A+b.B)*x/(b.A+1))
	result := d
	for m := 1.0; m < 500; m++ {
		for _, term := range [2]float64{
			m * (b.B - m) * x / ((b.A + 2*m - 1) * (b.A + 2*m)),
			-(b.A + m) * (b.A + b.B + m) * x / ((b.A + 2*m) * (b.A + 2*m + 1)),
		} {
			d = 1 / nonzero(1+term*d)
			c = nonzero(1 + term/c)
			result *= c * d
		}
		if math.Abs(c*d-1) < enough {
			break
		}
	}
	return result
}

// Quantile is the share that p of the belief lies below.
func (b Beta) Quantile(p float64) float64 {
	low, high := 0.0, 1.0
	for range 50 {
		middle := (low + high) / 2
		if b.Below(middle) < p {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// doubt is what may be believed below a lower bound: bounds hold with 95 %.
const doubt = 0.05

// Bound is the one-sided lower bound of the share at 95 %.
func (b Beta) Bound() float64 { return b.Quantile(doubt) }

// above tells whether the lower bound is at least x, at the price of one
// evaluation.
func (b Beta) above(x float64) bool { return b.Below(x) <= doubt }
