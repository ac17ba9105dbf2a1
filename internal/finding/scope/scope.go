// Package scope says what encloses a line of a file: a function, a class, a key
// path, a heading. People decide on "this function" and mean it until the
// function is another one.
//
// It is a light scanner and no parser: it knows braces, indentation and
// headings, and where it understands nothing it says nothing.
package scope

import (
	"bytes"
	"path"
	"strings"
)

// MaxFile is the largest file that is looked into, in bytes.
const MaxFile = 4 << 20

// Span is what encloses a line: its name and its first and last line, from 1.
// The zero Span means that nothing is known to.
type Span struct {
	Name     string
	From, To int
}

// Of finds the innermost named thing around a line of the text of a file.
func Of(name string, text []byte, line int) Span {
	if line < 1 || len(text) > MaxFile || bytes.IndexByte(text[:min(len(text), 8000)], 0) >= 0 {
		return Span{}
	}
	switch ext := strings.ToLower(path.Ext(name)); ext {
	case ".go", ".c", ".h", ".cc", ".cpp", ".cxx", ".hpp", ".java", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".cs", ".php", ".rs", ".kt", ".kts",
		".swift", ".scala", ".dart", ".groovy", ".gradle", ".tf", ".hcl", ".json", ".sh", ".bash", ".pl", ".m", ".mm", ".vue", ".svelte":
		return braces(text, line, ext)
	case ".py", ".pyi", ".rb", ".rake", ".ex", ".exs", ".lua", ".nim", ".cr":
		return indented(lines(text), line, definition)
	case ".yaml", ".yml":
		return indented(lines(text), line, yamlKey)
	case ".md", ".mdx", ".markdown":
		return headed(lines(text), line, markdownHeading)
	case ".ini", ".toml", ".cfg", ".conf", ".properties":
		return headed(lines(text), line, tableHeading)
	}
	return Span{}
}

func lines(text []byte) []string { return strings.Split(string(text), "\n") }

// Text is the part of the text that a span covers.
func (s Span) Text(text []byte) string {
	all := lines(text)
	if s.From < 1 || s.From > len(all) || s.To < s.From {
		return ""
	}
	return strings.Join(all[s.From-1:min(s.To, len(all))], "\n")
}

// A statement that goes on is followed for so many lines and bytes.
const (
	statementLines = 10
	statementBytes = 4 << 10
)

// Statement is the line and, while a bracket that it opens is not closed, what
// follows: the code that a finding at the line is about.
func Statement(text []byte, line int) string {
	start := 0
	for n := 1; n < line; n++ {
		next := bytes.IndexByte(text[start:], '\n')
		if next < 0 {
			return ""
		}
		start += next + 1
	}
	end, depth := start, 0
	for n := 0; n < statementLines && end < len(text); n++ {
		next := bytes.IndexByte(text[end:], '\n')
		if next < 0 {
			next = len(text) - end - 1
		}
		depth += balance(text[end : end+next+1])
		if end += next + 1; depth <= 0 || end-start > statementBytes {
			break
		}
	}
	return string(text[start:min(end, start+statementBytes)])
}

// balance is how many more round and square brackets a line opens than it
// closes. Braces open blocks, which are no part of the statement.
func balance(line []byte) (n int) {
	for _, c := range line {
		switch c {
		case '(', '[':
			n++
		case ')', ']':
			n--
		}
	}
	return n
}
