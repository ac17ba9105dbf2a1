package clean

import "strings"

// Markdown makes s plain words in Markdown, on one line: no link, image, mention,
// reference to an issue, or HTML comes of it. Characters that hosts look for
// only after the Markdown is rendered (@name, #12, a bare address) are parted
// by a zero-width space, since an escape is gone by then.
func Markdown(s string) string {
	s = strings.TrimSpace(Line(s))
	var b strings.Builder
	b.Grow(len(s) + len(s)/4)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '@', c == '#', c == ':' && strings.HasPrefix(s[i:], "://"):
			b.WriteByte('\\')
			b.WriteByte(c)
			b.WriteString("&#8203;")
		case c == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www"):
			b.WriteString(`\.&#8203;`)
		case c == '<':
			b.WriteString("&lt;")
		case c == '>':
			b.WriteString("&gt;")
		case c == '&':
			b.WriteString("&amp;")
		case strings.IndexByte("\\`*_{}[]|~:$", c) >= 0, i == 0 && strings.IndexByte("+-=", c) >= 0:
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return orderedStart(b.String())
}

// orderedStart keeps "1. text" and "1) text" from starting a list.
func orderedStart(s string) string {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') {
		return s[:digits] + `\` + s[digits:]
	}
	return s
}

// Code is s as a code span of Markdown, fit for a table's cell too. Nothing in a
// span is interpreted, whatever it holds; a bar is shown as a broken one, since
// hosts differ over how one is escaped there.
func Code(s string) string {
	s = strings.ReplaceAll(Line(s), "|", "¦")
	if strings.TrimSpace(s) == "" {
		return "` `"
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if s[0] == '`' || s[len(s)-1] == '`' || s[0] == ' ' {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}

func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := 0; i < len(s); i++ {
		if run++; s[i] != c {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
