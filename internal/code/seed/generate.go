package seed

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// mostBytes bounds a generated text, whatever its expression.
const mostBytes = 8 << 10

// generator writes random texts that an expression matches.
type generator struct {
	rng *rand.Rand
	b   strings.Builder
}

// matching is a random text that re matches from end to end.
func matching(rng *rand.Rand, expression string) (string, error) {
	tree, err := syntax.Parse(expression, syntax.Perl)
	if err != nil {
		return "", fmt.Errorf("reading the expression of a rule: %w", err)
	}
	g := &generator{rng: rng}
	g.write(tree)
	return g.b.String(), nil
}

func (g *generator) write(tree *syntax.Regexp) {
	if g.b.Len() > mostBytes {
		return
	}
	switch tree.Op {
	case syntax.OpLiteral:
		g.b.WriteString(string(tree.Rune))
	case syntax.OpCharClass:
		g.b.WriteByte(g.oneOf(tree.Rune))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		g.b.WriteByte(g.oneOf([]rune{' ', '~'}))
	case syntax.OpAlternate:
		g.write(g.alternative(tree.Sub))
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		for range g.times(tree) {
			g.write(tree.Sub[0])
		}
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range tree.Sub {
			g.write(sub)
		}
	}
}

// alternative is one of several. Beside a class of characters the others are what
// interrupts them, a line feed for instance, and so are seldom.
func (g *generator) alternative(subs []*syntax.Regexp) *syntax.Regexp {
	for _, sub := range subs {
		if sub.Op == syntax.OpCharClass && g.rng.IntN(40) > 0 {
			return sub
		}
	}
	return subs[g.rng.IntN(len(subs))]
}

// times is how often a repetition repeats: now and then more than it must.
func (g *generator) times(tree *syntax.Regexp) int {
	switch tree.Op {
	case syntax.OpStar, syntax.OpQuest:
		return 0
	case syntax.OpPlus:
		return 12 + g.rng.IntN(6)
	}
	least, more := tree.Min, 14
	if tree.Max >= 0 {
		more = min(more, tree.Max-tree.Min)
	}
	if least > 40 { // long ones are long enough
		more = min(more, 2)
	}
	return least + (more+1)/2 + g.rng.IntN(more/2+1)
}

// oneOf is a character of a class, a letter or a digit where it has any: what
// else is in it may mean something where the text is put.
func (g *generator) oneOf(ranges []rune) byte {
	var plain, others []byte
	for c := rune(1); c < unicode.MaxASCII; c++ {
		for i := 0; i+1 < len(ranges); i += 2 {
			if c < ranges[i] || c > ranges[i+1] {
				continue
			}
			if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
				plain = append(plain, byte(c))
			} else {
				others = append(others, byte(c))
			}
			break
		}
	}
	switch {
	case len(plain) > 0:
		return plain[g.rng.IntN(len(plain))]
	case strings.ContainsRune(string(others), ' '):
		return ' '
	case len(others) > 0:
		return others[g.rng.IntN(len(others))]
	}
	return 'x'
}

// credential is a fresh text that the pattern of s matches, with the checksum
// that its form wants.
func credential(rng *rand.Rand, s *knowledge.Secret) (string, error) {
	text, err := matching(rng, s.Pattern)
	if err != nil {
		return "", err
	}
	pattern, err := regexp.Compile(s.Pattern)
	if err != nil {
		return "", err
	}
	if s.Form == knowledge.TokenForm {
		text = beginning(rng, text, s.Literals, pattern)
	}
	sum, known := checksums[s.Checksum]
	if !known { // chance may meet what is asked for
		return text, nil
	}
	loc := pattern.FindStringSubmatchIndex(text)
	group := max(pattern.SubexpIndex("secret"), 0)
	if loc == nil || loc[2*group] < 0 {
		return "", fmt.Errorf("a text that was made for the pattern does not match it")
	}
	from, to := loc[2*group], loc[2*group+1]
	return text[:from] + sum(rng, text[from:to]) + text[to:], nil
}

// beginning lets text begin with one of the literals, which are stricter than the
// pattern at times.
func beginning(rng *rand.Rand, text string, literals []string, pattern *regexp.Regexp) string {
	for _, i := range rng.Perm(len(literals)) {
		l := literals[i]
		if len(l) > len(text) || strings.EqualFold(text[:len(l)], l) {
			return text
		}
		if with := l + text[len(l):]; pattern.FindString(with) == with {
			return with
		}
	}
	return text
}
