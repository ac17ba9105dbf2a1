// Package identity says which findings about code are the same as before.
//
// A finding about code is the code itself: its tokens without white space and
// comments, under the family of its rule and inside what encloses it. Lines,
// columns, paths and the rule's own id are evidence of where it was seen and no
// part of it, so that it survives moved lines, reformatting, renamed files and a
// rule that was split; and what is other code is another finding, whatever was
// decided about the line before.
package identity

import (
	"cmp"
	"slices"
	"strconv"

	"github.com/plimsoll-dev/plimsoll/internal/finding"
)

// Code is code that a rule found something in.
type Code struct {
	Family string // of the rule
	// Text is what it is about, as Tokens gives it.
	Text string
	// Scope is the name of the function or section that encloses it, "" for none.
	Scope string
	// Before and After are the nearest lines that hold code, as Tokens gives them.
	// They only tell apart what is otherwise equal.
	Before, After string
	// Path and Line order what is equal in everything; they enter no fingerprint.
	Path         string
	Line, Column int
	// Secret says that Text may hold a credential, so that guessing at it must cost
	// something.
	Secret bool
}

// Prints are the fingerprints of codes, in their order; the order they are given
// in does not matter otherwise. Among equal ones the first, by path and line, has
// the fingerprint that it would have alone: another twin takes nothing from it
// unless it stands before it, and then one fingerprint is new in any case. The
// others are told by their neighbours, and equal neighbours are counted.
func Prints(codes []Code) []string {
	order := make([]int, len(codes))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return compare(&codes[i], &codes[j]) })
	prints := make([]string, len(codes))
	type key struct {
		family, text, scope string
		secret              bool
	}
	groups := map[key][]int{}
	for _, i := range order {
		c := &codes[i]
		k := key{c.Family, c.Text, c.Scope, c.Secret}
		groups[k] = append(groups[k], i)
	}
	for _, group := range groups {
		alike := map[[2]string]int{}
		for n, i := range group {
			c := &codes[i]
			if n == 0 {
				prints[i] = c.print()
				continue
			}
			around := [2]string{c.Before, c.After}
			alike[around]++
			prints[i] = c.print(c.Before, c.After, strconv.Itoa(alike[around]))
		}
	}
	return prints
}

func compare(a, b *Code) int {
	return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
		cmp.Compare(a.Before, b.Before), cmp.Compare(a.After, b.After))
}

func (c *Code) print(more ...string) string {
	text := c.Text
	if c.Secret {
		text = finding.SecretFingerprint(c.Family, []byte(text))
	}
	return finding.Fingerprint(c.Family, append([]string{"code", text, c.Scope}, more...)...)
}
