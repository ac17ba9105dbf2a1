package testnames

import (
	"regexp"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/testing/carried"
)

// annotated is how tests are written where an annotation stands before the
// function: a mark, then, within a few lines, the function's name.
type annotated struct {
	mark, function *regexp.Regexp // function's first group that is set is the name
	class          *regexp.Regexp // its second group is the name
	tag            *regexp.Regexp // its first group holds ids
}

// reach is how far after the mark the function may stand, in bytes. Other
// annotations stand in between.
const reach = 1500

var (
	jvm = annotated{
		mark:     regexp.MustCompile(`(?m)^[ \t]*(?:@\w+(?:\([^)\n]*\))?[ \t]+)*@(?:[\w.]+\.)?(?:Test|ParameterizedTest|RepeatedTest|TestFactory|Property|Theory)\b`),
		function: regexp.MustCompile("\\bvoid\\s+(\\w+)\\s*\\(|\\bfun\\s+(?:<[^>\\n]*>\\s*)?(?:`([^`\\n]+)`|(\\w+))\\s*\\("),
		class:    regexp.MustCompile(`(?m)^([ \t]*)(?:[\w@]+[ \t]+)*class[ \t]+(\w+)`),
		tag:      regexp.MustCompile(`@(?:Tag|Tags|Requirement|Requirements|Verifies|Category)\(([^)]*)\)`),
	}
	csharp = annotated{
		mark:     regexp.MustCompile(`(?m)^[ \t]*\[(?:\w+\.)*(?:Fact|Theory|Test|TestCase|TestMethod|DataTestMethod|TestCaseSource)\b`),
		function: regexp.MustCompile(`\b(?:public|internal|private|protected)\b[^({;=\n]*?\b(\w+)\s*(?:<[^>\n]*>)?\(`),
		class:    regexp.MustCompile(`(?m)^([ \t]*)(?:\w+[ \t]+)*class[ \t]+(\w+)`),
		tag:      regexp.MustCompile(`\[(?:Category|TestCategory|Trait|Property|TestProperty)\(([^)]*)\)`),
	}
	php = annotated{
		mark:     regexp.MustCompile(`(?m)^[ \t]*(?:#\[Test\]|\*[ \t]+@test\b|/\*\*[ \t]+@test\b|(?:final[ \t]+)?public[ \t]+function[ \t]+test)`),
		function: regexp.MustCompile(`\bfunction\s+(\w+)\s*\(`),
		class:    regexp.MustCompile(`(?m)^([ \t]*)(?:\w+[ \t]+)*class[ \t]+(\w+)`),
		tag:      regexp.MustCompile(`#\[(?:Group|Ticket|TestDox)\(([^)]*)\)`),
	}
	rust = annotated{
		mark:     regexp.MustCompile(`(?m)^[ \t]*#\[(?:\w+::)*(?:test|rstest|test_case)\b`),
		function: regexp.MustCompile(`\bfn\s+(\w+)\s*(?:<[^>\n]*>)?\(`),
		class:    regexp.MustCompile(`(?m)^([ \t]*)(?:pub )?mod[ \t]+(\w+)`),
	}
)

func scanJVM(text string) []Test    { return jvm.scan(text) }
func scanCSharp(text string) []Test { return csharp.scan(text) }
func scanRust(text string) []Test   { return rust.scan(text) }

// scanPHP finds PHPUnit's methods and Pest's titles.
func scanPHP(text string) []Test { return append(php.scan(text), scanTitles(text, scriptCall)...) }

func (a annotated) scan(text string) []Test {
	var out []Test
	at := newLines(text)
	classes := a.class.FindAllStringSubmatchIndex(text, maxTests)
	marks := a.mark.FindAllStringIndex(text, maxTests)
	last := -1
	for _, m := range marks {
		from := strings.LastIndexByte(text[:m[1]], '\n') + 1 // the function may stand on the mark's own line
		window := text[from:min(len(text), from+reach)]
		f := a.function.FindStringSubmatchIndex(window)
		if f == nil || from+f[0] == last { // two marks of one test
			continue
		}
		name := ""
		for i := 2; i+1 < len(f); i += 2 {
			if f[i] >= 0 {
				name = window[f[i]:f[i+1]]
				break
			}
		}
		last = from + f[0]
		out = append(out, Test{Name: name, In: lastBefore(text, classes, m[0]), Line: at.of(last), Tags: a.tags(text, from, last)})
	}
	return out
}

// tags are the ids in the annotations of the function at offset: those after the
// mark, and those before it up to the end of what stands above.
func (a annotated) tags(text string, mark, function int) []string {
	if a.tag == nil {
		return nil
	}
	above := text[max(0, mark-reach):mark]
	above = above[strings.LastIndexAny(above, ";{}")+1:]
	var tags []string
	for _, m := range a.tag.FindAllStringSubmatch(above+text[mark:function], 20) {
		tags = append(tags, carried.InTag(m[1])...)
	}
	return tags
}
