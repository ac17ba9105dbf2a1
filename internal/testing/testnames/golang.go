package testnames

import (
	"regexp"
	"strconv"
	"strings"
)

var (
	goFunc   = regexp.MustCompile(`(?m)^func (?:\(\w* ?\*?(\w+)\) )?((?:Test|Fuzz)[\pL\pN_]*)\(([^)]*)\)`)
	goSub    = regexp.MustCompile(`(?m)^[ \t]+(?:\w+ *(?:=|:=) *)?\w+\.Run\(("(?:[^"\\\n]|\\.)*"|` + "`[^`\n]*`" + `), *func\(`)
	lowerRun = regexp.MustCompile(`^(?:Test|Fuzz)\p{Ll}`)
)

// scanGo finds test functions, methods of testify's suites, and subtests whose
// name is a literal; those of a table have names that only a run knows.
func scanGo(text string) []Test {
	var out []Test
	at := newLines(text)
	functions := goFunc.FindAllStringSubmatchIndex(text, maxTests)
	for i, m := range functions {
		t := Test{Name: text[m[4]:m[5]], Line: at.of(m[0])}
		if lowerRun.MatchString(t.Name) { // "Testify" is no test (go help testfunc)
			continue
		}
		suite := m[2] >= 0
		if suite {
			t.In = text[m[2]:m[3]]
		}
		if parameters := text[m[6]:m[7]]; !suite && !strings.Contains(parameters, ".T") && !strings.Contains(parameters, ".F") {
			continue
		}
		out = append(out, t)
		end := len(text)
		if i+1 < len(functions) {
			end = functions[i+1][0]
		}
		if !suite {
			out = append(out, goSubtests(t.Name, text[m[1]:end], t.Line)...)
		}
	}
	return out
}

// goSubtests are those that stand directly in the test; deeper ones are named
// as if they did, since nesting would need a parser.
func goSubtests(parent, body string, line int) []Test {
	var out []Test
	at := newLines(body)
	for _, m := range goSub.FindAllStringSubmatchIndex(body, maxTests) {
		name, err := strconv.Unquote(body[m[2]:m[3]])
		if err != nil || name == "" {
			continue
		}
		out = append(out, Test{Name: parent + "/" + strings.Join(strings.Fields(name), "_"), Line: line + at.of(m[0]) - 1})
	}
	return out
}
