package codeowners

import "strings"

// pattern is a rule's pattern, cut into segments.
type pattern struct {
	segments []segment
	all      bool // matches every path
	deep     bool // also matches whatever lies in a folder that it matches
}

// segment is what stands between two slashes.
type segment struct {
	text  string
	any   bool // "**": any number of folders
	plain bool // no wildcards: equal or not
}

func segmentOf(text string) segment {
	return segment{text, text == "**", !strings.ContainsAny(text, `*?[\`)}
}

// compile turns text into a pattern by the dialect's rules. Both hosts begin
// with gitignore's rules and leave them in different places.
func compile(text string, dialect Dialect) pattern {
	anchored := strings.HasPrefix(text, "/")
	folder := strings.HasSuffix(text, "/")
	parts := strings.Split(strings.Trim(text, "/"), "/")
	switch {
	case text == "*", text == "**", text == "/**", text == "/":
		return pattern{all: true}
	case text == "/*":
		return pattern{segments: []segment{segmentOf("*")}}
	}
	last := parts[len(parts)-1]
	p := pattern{deep: dialect == GitHub || folder}
	switch {
	case dialect == GitHub && last == "*" && len(parts) > 1, last == "**":
		p.deep = false // "docs/*" is what stands in docs, not what stands below
	}
	// GitLab: a pattern that does not begin at the root begins anywhere.
	// GitHub, as git: only where it has no slash but at its end.
	if !anchored && (dialect == GitLab || len(parts) == 1) {
		p.segments = append(p.segments, segmentOf("**"))
	}
	for _, part := range parts {
		if part == "**" && len(p.segments) > 0 && p.segments[len(p.segments)-1].any {
			continue
		}
		p.segments = append(p.segments, segmentOf(part))
	}
	if folder && dialect == GitHub || folder && last != "**" {
		p.segments, p.deep = append(p.segments, segmentOf("**"), segmentOf("*")), false // files below, never a file of that name
	}
	return p
}

// match reports whether the pattern takes the path with these segments.
func (p pattern) match(path []string) bool {
	if p.all {
		return true
	}
	// Most paths differ in their last segment, so that is looked at first.
	if last := p.segments[len(p.segments)-1]; !p.deep && !last.any && !last.match(path[len(path)-1]) {
		return false
	}
	return matchSegments(p.segments, path, p.deep)
}

// matchSegments keeps one place to go back to, the latest "**", as wildcard
// matchers do: going back to an earlier one could not find more.
func matchSegments(pattern []segment, path []string, deep bool) bool {
	i, j, star, mark := 0, 0, -1, 0
	for {
		switch {
		case i == len(pattern) && (j == len(path) || deep && j > 0):
			return true
		case i < len(pattern) && pattern[i].any:
			if i == len(pattern)-1 {
				return j < len(path)
			}
			star, mark = i, j
			i++
			continue
		case i < len(pattern) && j < len(path) && pattern[i].match(path[j]):
			i, j = i+1, j+1
			continue
		}
		if star < 0 || mark >= len(path) {
			return false
		}
		mark++
		i, j = star+1, mark
	}
}

// match matches one segment: * any text, ? any character, [a-z] a range, \ the
// next character itself.
func (s segment) match(text string) bool {
	pattern := s.text
	if s.plain {
		return pattern == text
	}
	i, j, star, mark := 0, 0, -1, 0
	for j < len(text) {
		if i < len(pattern) {
			if pattern[i] == '*' {
				star, mark = i, j
				i++
				continue
			}
			if next, ok := matchByte(pattern, i, text[j]); ok {
				i, j = next, j+1
				continue
			}
		}
		if star < 0 {
			return false
		}
		mark++
		i, j = star+1, mark
	}
	return strings.Trim(pattern[i:], "*") == ""
}

// matchByte matches the element of pattern at i with c and returns where the
// next element begins. Bytes do for characters: a "?" that meets one of several
// bytes is made up for by no pattern in use.
func matchByte(pattern string, i int, c byte) (next int, ok bool) {
	switch pattern[i] {
	case '?':
		return i + 1, true
	case '\\':
		if i+1 < len(pattern) {
			return i + 2, pattern[i+1] == c
		}
	case '[':
		if end := strings.IndexByte(pattern[i+1:], ']'); end > 0 {
			return i + end + 2, inRange(pattern[i+1:i+1+end], c)
		}
	}
	return i + 1, pattern[i] == c
}

func inRange(set string, c byte) bool {
	negated := set[0] == '!' || set[0] == '^'
	if negated {
		set = set[1:]
	}
	found := false
	for k := 0; k < len(set); k++ {
		if k+2 < len(set) && set[k+1] == '-' {
			found = found || set[k] <= c && c <= set[k+2]
			k += 2
			continue
		}
		found = found || set[k] == c
	}
	return found != negated
}
