package secretscan

import (
	_ "embed"
	"slices"
	"strconv"
	"strings"
)

// trigrams are the groups of three bytes that are commonest in source text,
// folded as the filter folds. A line has a share in millionths, a tab, and all
// that are about so common. TestCountTrigrams wrote it, from Go, TypeScript,
// Ruby, HCL, Markdown, YAML and JSON.
//
//go:embed trigrams.txt
var trigrams string

const (
	// rareShare is the share of a trigram that is not in the list, in millionths.
	rareShare = 5
	// sharedCost is what comparing one more candidate costs at a place that is
	// looked at anyway, beside looking there at all.
	sharedCost = 0.2
)

// gramCosts gives each hash the share of text that has it. Trigrams fall
// together by chance, and what a place costs is the sum of all that do.
func gramCosts() []float32 {
	costs := make([]float32, gramTable)
	for line := range strings.Lines(trigrams) {
		share, group, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		n, err := strconv.Atoi(share)
		if !ok || err != nil {
			panic("trigrams.txt is broken: " + line)
		}
		for ; len(group) >= 3; group = group[3:] {
			costs[gramHash(threeAt(group))] += float32(n)
		}
	}
	return costs
}

// chooseGrams says of each literal where the four bytes begin by whose two
// trigrams it is looked for: those that make the filter stop least often. One
// that others stop at already is nearly free, so those go first that have no
// choice, and in a second round everybody chooses knowing the others.
func chooseGrams(literals []string) []int {
	costs, users := gramCosts(), make([]uint16, gramTable)
	at, order := make([]int, len(literals)), make([]int, 0, len(literals))
	for i, text := range literals {
		if len(text) > 3 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return len(literals[a]) - len(literals[b]) })
	for round := range 2 {
		for _, i := range order {
			if round > 0 {
				users[gramHash(threeAt(literals[i][at[i]:]))]--
				users[gramHash(threeAt(literals[i][at[i]+1:]))]--
			}
			at[i] = cheapest(literals[i], costs, users)
			users[gramHash(threeAt(literals[i][at[i]:]))]++
			users[gramHash(threeAt(literals[i][at[i]+1:]))]++
		}
	}
	return at
}

// cheapest is where the four bytes begin that cost least.
func cheapest(text string, costs []float32, users []uint16) int {
	best, at := float32(0), 0
	for i := 0; i+4 <= len(text); i++ {
		cost := float32(0)
		for _, h := range [2]uint32{gramHash(threeAt(text[i:])), gramHash(threeAt(text[i+1:]))} {
			one := costs[h] + rareShare
			if users[h] > 0 {
				one *= sharedCost
			}
			cost += one
		}
		if i == 0 || cost < best {
			best, at = cost, i
		}
	}
	return at
}
