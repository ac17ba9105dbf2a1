package testnames

import (
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/testing/carried"
)

var (
	pythonDef  = regexp.MustCompile(`(?m)^([ \t]*)(?:(?:async[ \t]+)?def[ \t]+(test\w*)[ \t]*\(|class[ \t]+(\w+))`)
	pythonMark = regexp.MustCompile(`@pytest\.mark\.(?:requirements?|verifies|covers|asvs|masvs|tags?)\(([^)\n]*)\)`)
)

// scanPython finds the functions and methods that pytest and unittest collect.
func scanPython(text string) []Test {
	var out []Test
	var groups []group
	at := newLines(text)
	for _, m := range pythonDef.FindAllStringSubmatchIndex(text, 2*maxTests) {
		column := width(text[m[2]:m[3]])
		var in string
		groups, in = around(groups, column)
		if m[6] >= 0 {
			groups = append(groups, group{column, text[m[6]:m[7]]})
			continue
		}
		out = append(out, Test{Name: text[m[4]:m[5]], In: in, Line: at.of(m[4]), Tags: pythonMarks(text[:m[0]])})
	}
	return out
}

// pythonMarks are the ids in the decorators that stand directly above.
func pythonMarks(above string) []string {
	above = above[max(0, len(above)-reach):]
	var tags []string
	for rest := strings.TrimRight(above, "\n"); ; {
		cut := strings.LastIndexByte(rest, '\n')
		line := strings.TrimSpace(rest[cut+1:])
		if !strings.HasPrefix(line, "@") {
			return tags
		}
		for _, m := range pythonMark.FindAllStringSubmatch(line, 5) {
			tags = append(tags, carried.InTag(m[1])...)
		}
		if cut < 0 {
			return tags
		}
		rest = rest[:cut]
	}
}
