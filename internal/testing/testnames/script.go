package testnames

import (
	"regexp"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/testing/carried"
)

var (
	scriptCall = regexp.MustCompile(`(?m)^([ \t]*)(?:await |return |export )?(it|test|describe|context|specify|suite|fit|xit|fdescribe|xdescribe|Deno\.test)((?:\.[A-Za-z]+)*)(\s*\(\s*)(["'` + "`" + `])`)
	rubyCall   = regexp.MustCompile(`(?m)^([ \t]*)(?:RSpec\.)?(it|specify|scenario|example|test|describe|context|feature)((?:\.[a-z]+)?)([ \t]*\(?[ \t]*)(["'])`)
	rubyDef    = regexp.MustCompile(`(?m)^([ \t]*)def (test_\w+)`)
	rubyClass  = regexp.MustCompile(`(?m)^([ \t]*)class (\w+)`)
	// metadata after a title: {tag: '@V6.3.1'} of Playwright, requirement: 'V6.3.1' of RSpec.
	metadata = regexp.MustCompile(`\b(?:tags?|requirements?|verifies|asvs|masvs)\b['"]?\s*(?::|=>)\s*(\[[^\]\n]*\]|'[^'\n]*'|"[^"\n]*")`)
)

// groupWords begin a group of tests, not a test.
var groupWords = []string{"describe", "context", "suite", "fdescribe", "xdescribe", "feature"}

// scanScript finds the titles of it, test and describe: Jest, Mocha, Vitest,
// Jasmine, Playwright, Cypress and node:test write them alike.
func scanScript(text string) []Test { return scanTitles(text, scriptCall) }

func scanTitles(text string, call *regexp.Regexp) []Test {
	var out []Test
	var groups []group
	at := newLines(text)
	for _, m := range call.FindAllStringSubmatchIndex(text, 2*maxTests) {
		title, rest, ok := quotedText(text[m[10]:])
		if !ok {
			continue
		}
		column := width(text[m[2]:m[3]])
		var in string
		groups, in = around(groups, column)
		word, modifiers := text[m[4]:m[5]], strings.Split(text[m[6]:m[7]], ".")
		if slices.Contains(groupWords, word) || slices.Contains(modifiers, "describe") {
			groups = append(groups, group{column, short(title)})
			continue
		}
		if slices.Contains(modifiers, "step") { // of Playwright: a part of a test
			continue
		}
		out = append(out, Test{Name: title, In: in, Line: at.of(m[4]), Tags: metadataTags(rest), Dynamic: dynamicTitle(title)})
	}
	return out
}

// quotedText reads the text in quotes at the start of s, and what follows it on
// the line.
func quotedText(s string) (title, rest string, ok bool) {
	quote := s[0]
	var b strings.Builder
	for i := 1; i < len(s) && i < 4*longestName; i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case c == quote:
			rest, _, _ = strings.Cut(s[i+1:], "\n")
			return strings.ToValidUTF8(b.String(), ""), rest[:min(len(rest), 500)], true
		case c == '\n' && quote != '`':
			return "", "", false
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

func metadataTags(rest string) []string {
	var tags []string
	for _, m := range metadata.FindAllStringSubmatch(rest, 10) {
		tags = append(tags, carried.InTag(m[1])...)
	}
	return tags
}

// dynamicTitle knows the places in a title that a run fills in.
func dynamicTitle(title string) bool {
	return strings.Contains(title, "${") || strings.Contains(title, "#{") || percent.MatchString(title)
}

var percent = regexp.MustCompile(`%[sdifjop#]|\$\w`)

// scanRuby finds RSpec's titles and Minitest's methods.
func scanRuby(text string) []Test {
	out := scanTitles(text, rubyCall)
	at := newLines(text)
	classes := rubyClass.FindAllStringSubmatchIndex(text, maxTests)
	for _, m := range rubyDef.FindAllStringSubmatchIndex(text, maxTests) {
		out = append(out, Test{Name: text[m[4]:m[5]], In: lastBefore(text, classes, m[0]), Line: at.of(m[4])})
	}
	return out
}

// lastBefore is the second group of the last match that begins before offset.
func lastBefore(text string, matches [][]int, offset int) string {
	n, _ := slices.BinarySearchFunc(matches, offset, func(m []int, offset int) int { return m[0] - offset })
	if n == 0 {
		return ""
	}
	return text[matches[n-1][4]:matches[n-1][5]]
}
