package review

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// longest is the length of the longest common subsequence, the slow way.
func longest(a, b []string) int {
	row := make([]int, len(b)+1)
	for i := range a {
		diagonal := 0
		for j := range b {
			up := row[j+1]
			if a[i] == b[j] {
				row[j+1] = diagonal + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			diagonal = up
		}
	}
	return row[len(b)]
}

func TestMatchIsLongestAndInOrder(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	some := func() []string {
		out := make([]string, random.IntN(30))
		for i := range out {
			out[i] = string(rune('a' + random.IntN(5)))
		}
		return out
	}
	for range 3000 {
		a, b := some(), some()
		same, last, n := match(a, b), -1, 0
		for i, j := range same {
			if j < 0 {
				continue
			}
			if j <= last || a[i] != b[j] {
				t.Fatalf("%v and %v: bad pairs %v", a, b, same)
			}
			last = j
			n++
		}
		if want := longest(a, b); n != want {
			t.Fatalf("%v and %v: %d pairs %v, expected %d", a, b, n, same, want)
		}
	}
}

func TestMatchIsBounded(t *testing.T) {
	a := strings.Split(strings.Repeat("a b c ", 20_000), " ")
	b := strings.Split(strings.Repeat("d e f ", 20_000), " ")
	if same := match(a, b); slices.ContainsFunc(same[:len(same)-1], func(j int) bool { return j >= 0 }) {
		t.Error("pairs in texts that share nothing")
	}
}
