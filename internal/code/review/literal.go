package review

import (
	"regexp/syntax"
	"strings"
)

// mostLiterals is how many words a pattern may be told by.
const mostLiterals = 80

// literalsOf lists words, in lower case, of which whatever the pattern takes
// holds at least one; nil where there is no such list. Looking for words is many
// times cheaper than running a pattern.
func literalsOf(pattern string) []string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return nil
	}
	return required(re.Simplify())
}

func required(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		if len(re.Rune) >= 2 {
			return []string{strings.ToLower(string(re.Rune))}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpConcat:
		return bestOf(re.Sub)
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			one := required(sub)
			if one == nil || len(all)+len(one) > mostLiterals {
				return nil
			}
			all = append(all, one...)
		}
		return all
	}
	return nil
}

// bestOf picks the part whose shortest word is the longest.
func bestOf(parts []*syntax.Regexp) (best []string) {
	most := 0
	for _, part := range parts {
		words := required(part)
		if words == nil {
			continue
		}
		shortest := len(words[0])
		for _, w := range words {
			shortest = min(shortest, len(w))
		}
		if shortest > most {
			best, most = words, shortest
		}
	}
	return best
}

// may says whether a text in lower case can match.
func (t *trigger) may(lower string) bool {
	t.parsed.Do(func() { t.literals = literalsOf(t.match.text) })
	if t.literals == nil {
		return true
	}
	for _, w := range t.literals {
		if strings.Contains(lower, w) {
			return true
		}
	}
	return false
}
