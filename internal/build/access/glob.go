package access

import (
	"fmt"
	"regexp"
	"strings"
)

// Globs are patterns of paths: * stands for any part of one name, ** for any
// folders, ? for one character. A pattern without a slash fits the file's name
// in any folder.
type Globs []*regexp.Regexp

// Match says whether any pattern fits the slash-separated path.
func (g Globs) Match(path string) bool {
	for _, re := range g {
		if re.MatchString(path) {
			return true
		}
	}
	return false
}

func (g *Globs) add(pattern string) error {
	re, err := regexp.Compile(globExpression(pattern))
	if err != nil {
		return fmt.Errorf("%q is no pattern", pattern)
	}
	*g = append(*g, re)
	return nil
}

func globExpression(pattern string) string {
	var b strings.Builder
	b.WriteString("^(?s:")
	if !strings.Contains(pattern, "/") {
		b.WriteString("(.*/)?")
	}
	for i := 0; i < len(pattern); {
		switch rest := pattern[i:]; {
		case strings.HasPrefix(rest, "**/"):
			b.WriteString("(.*/)?")
			i += 3
		case strings.HasPrefix(rest, "**"):
			b.WriteString(".*")
			i += 2
		case rest[0] == '*':
			b.WriteString("[^/]*")
			i++
		case rest[0] == '?':
			b.WriteString("[^/]")
			i++
		default:
			end := strings.IndexAny(rest, "*?")
			if end < 0 {
				end = len(rest)
			}
			b.WriteString(regexp.QuoteMeta(rest[:end]))
			i += end
		}
	}
	b.WriteString(")$")
	return b.String()
}

// Protects says whether the rules are for the branch of that name, without
// refs/heads/ or the remote's name.
func (r Rules) Protects(branch string) bool {
	if len(r.ProtectedRefs) == 0 {
		return true
	}
	for _, pattern := range r.ProtectedRefs {
		re, err := regexp.Compile("^" + strings.ReplaceAll(regexp.QuoteMeta(strings.TrimPrefix(pattern, "refs/heads/")), `\*`, ".*") + "$")
		if err == nil && re.MatchString(branch) {
			return true
		}
	}
	return false
}
