package userrules

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

const (
	// leastLiteral is the fewest bytes that a filter looks for.
	leastLiteral = 3
	maxLiterals  = 64
	maxLiteral   = 24
)

// Plan says how to look for what a rule's expression matches without running it
// everywhere.
type Plan struct {
	// Literals, in lower case, are what the filter looks for; none where the
	// expression must run over everything.
	Literals []string
	// Ahead is true where each match has one of the literals, and the part of
	// the expression that begins there is Rest.
	Ahead bool
	Rest  *regexp.Regexp // anchored at the literal
	// Before is the part of the expression ahead of the literal.
	Before *syntax.Regexp
}

// Plan computes how to look for the rule.
func (r *Rule) Plan() Plan {
	var words []string
	for _, word := range r.Keywords {
		if len(word) < leastLiteral { // it says next to nothing
			words = nil
			break
		}
		words = append(words, word[:min(len(word), maxLiteral)])
	}
	tree, err := syntax.Parse(r.Regex.String(), syntax.Perl)
	if err == nil {
		if p, ok := planOf(tree, words); ok {
			return p
		}
	}
	return Plan{Literals: words}
}

// planOf looks for the place in a sequence from which on every match begins with
// one of few literals, all of which hold a keyword where there are any.
func planOf(tree *syntax.Regexp, keywords []string) (Plan, bool) {
	parts := sequence(tree)
	if len(parts) == 0 || hasNoBoundary(tree) {
		return Plan{}, false
	}
	best, from := Plan{}, 0
	for i := range parts {
		set := begins(concat(parts[i:]))
		if set.shortest() < leastLiteral || !holdKeyword(set.texts, keywords) {
			continue
		}
		if best.Literals == nil || set.shortest() > shortest(best.Literals)+1 {
			best.Literals, from = set.texts, i
		}
	}
	if best.Literals == nil {
		return Plan{}, false
	}
	rest, err := regexp.Compile(`\A(?:` + concat(parts[from:]).String() + `)`)
	if err != nil {
		return Plan{}, false
	}
	best.Ahead, best.Rest, best.Before = true, rest, concat(parts[:from])
	return best, true
}

// sequence is what tree matches one after the other, within groups too.
func sequence(tree *syntax.Regexp) []*syntax.Regexp {
	switch tree.Op {
	case syntax.OpCapture:
		return sequence(tree.Sub[0])
	case syntax.OpConcat:
		var parts []*syntax.Regexp
		for _, sub := range tree.Sub {
			if sub.Op == syntax.OpCapture || sub.Op == syntax.OpConcat {
				parts = append(parts, sequence(sub)...)
			} else {
				parts = append(parts, sub)
			}
		}
		return parts
	}
	return []*syntax.Regexp{tree}
}

func concat(parts []*syntax.Regexp) *syntax.Regexp {
	switch len(parts) {
	case 0:
		return &syntax.Regexp{Op: syntax.OpEmptyMatch}
	case 1:
		return parts[0]
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Sub: parts}
}

// hasNoBoundary says whether \B or \A is in tree, which a part of a text can't tell.
func hasNoBoundary(tree *syntax.Regexp) bool {
	if tree.Op == syntax.OpNoWordBoundary || tree.Op == syntax.OpBeginText || tree.Op == syntax.OpEndText {
		return tree.Op != syntax.OpEndText || tree.Flags&syntax.WasDollar == 0
	}
	for _, sub := range tree.Sub {
		if hasNoBoundary(sub) {
			return true
		}
	}
	return false
}

// beginnings are the texts with one of which every match begins; whole says
// that a match ends there.
type beginnings struct {
	texts []string
	whole bool
}

var anything = beginnings{[]string{""}, false}

func (b beginnings) shortest() int { return shortest(b.texts) }

func shortest(texts []string) int {
	least := maxLiteral
	for _, t := range texts {
		least = min(least, len(t))
	}
	return least
}

// begins computes the beginnings of tree, in lower case.
func begins(tree *syntax.Regexp) beginnings {
	switch tree.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpWordBoundary:
		return beginnings{[]string{""}, true}
	case syntax.OpLiteral:
		return literal(tree.Rune)
	case syntax.OpCharClass:
		return class(tree.Rune)
	case syntax.OpCapture:
		return begins(tree.Sub[0])
	case syntax.OpPlus:
		return beginnings{begins(tree.Sub[0]).texts, false}
	case syntax.OpRepeat:
		if tree.Min >= 1 {
			b := begins(tree.Sub[0])
			return beginnings{b.texts, b.whole && tree.Min == 1 && tree.Max == 1}
		}
	case syntax.OpQuest:
		if b := begins(tree.Sub[0]); b.whole {
			return merged(b, beginnings{[]string{""}, true})
		}
	case syntax.OpAlternate:
		return alternatives(tree.Sub)
	case syntax.OpConcat:
		return following(tree.Sub)
	}
	return anything
}

func literal(runes []rune) beginnings {
	for i, c := range runes {
		if c >= 0x80 || i == maxLiteral {
			return beginnings{[]string{strings.ToLower(string(runes[:i]))}, false}
		}
	}
	return beginnings{[]string{strings.ToLower(string(runes))}, true}
}

// class is a few characters, one of them.
func class(ranges []rune) beginnings {
	var b beginnings
	for i := 0; i+1 < len(ranges); i += 2 {
		for c := ranges[i]; c <= ranges[i+1]; c++ {
			if c >= 0x80 || len(b.texts) >= 8 {
				return anything
			}
			b = merged(b, beginnings{[]string{strings.ToLower(string(c))}, true})
		}
	}
	b.whole = true
	return b
}

func merged(a, b beginnings) beginnings {
	out := beginnings{whole: a.whole && b.whole}
	seen := map[string]bool{}
	for _, t := range append(append([]string{}, a.texts...), b.texts...) {
		if !seen[t] {
			seen[t] = true
			out.texts = append(out.texts, t)
		}
	}
	if len(out.texts) > maxLiterals {
		return anything
	}
	return out
}

func alternatives(subs []*syntax.Regexp) beginnings {
	out := begins(subs[0])
	for _, sub := range subs[1:] {
		out = merged(out, begins(sub))
	}
	return out
}

// following multiplies what stands one after the other, as long as the result stays small.
func following(subs []*syntax.Regexp) beginnings {
	out := beginnings{[]string{""}, true}
	for _, sub := range subs {
		next := begins(sub)
		if len(out.texts)*len(next.texts) > maxLiterals {
			out.whole = false
		}
		if !out.whole || out.shortest() >= maxLiteral {
			out.whole = false
			break
		}
		product := beginnings{whole: next.whole}
		for _, a := range out.texts {
			for _, b := range next.texts {
				product = merged(beginnings{product.texts, product.whole}, beginnings{[]string{a + b}, next.whole})
			}
		}
		out = product
	}
	for i, t := range out.texts {
		out.texts[i] = t[:min(len(t), maxLiteral)]
	}
	return out
}

// holdKeyword says whether each text holds one of the keywords.
func holdKeyword(texts, keywords []string) bool {
	for _, t := range texts {
		found := len(keywords) == 0
		for _, word := range keywords {
			found = found || strings.Contains(t, word)
		}
		if !found {
			return false
		}
	}
	return true
}
