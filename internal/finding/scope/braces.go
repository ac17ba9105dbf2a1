package scope

import (
	"bytes"
	"regexp"
	"strings"
)

// maxDepth bounds how many braces are remembered, longestHeader what is looked
// at of the text ahead of one.
const (
	maxDepth      = 500
	longestHeader = 400
)

// frame is one open brace.
type frame struct {
	name string
	from int // the line its header begins in
}

// scanner walks over a text in which braces enclose.
type scanner struct {
	text   []byte
	ext    string
	line   int
	header int // where the text ahead of the next brace begins
	stack  []frame
}

// braces finds the innermost named frame around the line, and where it ends.
func braces(text []byte, line int, ext string) Span {
	s := &scanner{text: text, ext: ext, line: 1}
	var found []frame // the frames around the line
	for i := 0; i < len(text); i++ {
		if found == nil && s.line > line {
			found = append([]frame{}, s.stack...)
		}
		if text[i] == '}' && found != nil && len(s.stack) == depthOf(found) {
			return s.span(found)
		}
		before := s.line
		i = s.step(i)
		if found == nil && before <= line && s.line > line && i < len(text) { // a string or a comment ran over the line
			found = append([]frame{}, s.stack...)
		}
		if found == nil && before == line && text[min(i, len(text)-1)] == '{' {
			found = append([]frame{}, s.stack...) // the line that opens it belongs to it
		}
		if found != nil && depthOf(found) == 0 {
			return Span{}
		}
	}
	if found == nil {
		found = s.stack
	}
	return s.span(found)
}

// depthOf is how deep the innermost named frame lies, 0 for none.
func depthOf(stack []frame) int {
	for i := len(stack); i > 0; i-- {
		if stack[i-1].name != "" {
			return i
		}
	}
	return 0
}

func (s *scanner) span(stack []frame) Span {
	n := depthOf(stack)
	if n == 0 {
		return Span{}
	}
	var names []string
	for _, f := range stack[:n] {
		if f.name != "" {
			names = append(names, f.name)
		}
	}
	return Span{Name: strings.Join(names, "."), From: stack[n-1].from, To: s.line}
}

// step takes what begins at i and returns where its last byte is.
func (s *scanner) step(i int) int {
	rest := s.text[i:]
	switch c := rest[0]; {
	case c == '\n':
		s.line++
	case c == '/' && len(rest) > 1 && rest[1] == '/' && s.ext != ".json":
		return i + lineEnd(rest) - 1
	case c == '#' && (s.ext == ".sh" || s.ext == ".bash" || s.ext == ".tf" || s.ext == ".hcl" || s.ext == ".php" || s.ext == ".pl"):
		return i + lineEnd(rest) - 1
	case c == '/' && len(rest) > 1 && rest[1] == '*':
		end := bytes.Index(rest[2:min(len(rest), 1<<16)], []byte("*/"))
		if end < 0 {
			return i
		}
		s.line += bytes.Count(rest[:end+4], []byte("\n"))
		return i + end + 3
	case c == '"' || c == '\'':
		return i + quoted(rest, c, false)
	case c == '`' && (s.ext == ".go" || s.ext == ".js" || s.ext == ".ts" || s.ext == ".jsx" || s.ext == ".tsx" || s.ext == ".mjs" || s.ext == ".vue"):
		n := quoted(rest, c, s.ext != ".go")
		s.line += bytes.Count(rest[:n+1], []byte("\n"))
		return i + n
	case c == ';':
		s.header = i + 1
	case c == '{':
		s.open(i)
	case c == '}':
		if len(s.stack) > 0 {
			s.stack = s.stack[:len(s.stack)-1]
		}
		s.header = i + 1
	}
	return i
}

// lineEnd is how far it is to the end of the line.
func lineEnd(rest []byte) int {
	if n := bytes.IndexByte(rest, '\n'); n >= 0 {
		return n
	}
	return len(rest)
}

// quoted is how far it is to the closing quote; 0, for a quote that is none,
// where it is not on the line. Raw strings run over lines.
func quoted(rest []byte, quote byte, escapes bool) int {
	raw := quote == '`'
	for i := 1; i < len(rest) && i < 1<<16; i++ {
		switch {
		case rest[i] == quote:
			return i
		case rest[i] == '\n' && !raw:
			return 0
		case rest[i] == '\\' && (escapes || !raw):
			i++
		}
	}
	return 0
}

func (s *scanner) open(i int) {
	if len(s.stack) >= maxDepth {
		return
	}
	start := max(s.header, i-longestHeader)
	header := string(s.text[start:i])
	body := strings.TrimLeft(header, " \t\r\n,")
	from := s.line - strings.Count(body, "\n")
	name, skipped := nameOf(body, s.ext)
	s.stack = append(s.stack, frame{name, from + skipped})
	s.header = i + 1
}

var (
	goFunc    = regexp.MustCompile(`\bfunc\s+(?:\(\s*\w*\s*\*?\s*(\w+)[^)]*\)\s*)?(\w+)\s*[\[(]`)
	classLike = regexp.MustCompile(`\b(?:class|interface|struct|enum|trait|impl|object|namespace|module|record|protocol|extension|type)\s+([A-Za-z_$][\w.$]*)`)
	keyword   = regexp.MustCompile(`\b(?:function|fn|fun|func|def|sub)\s*\*?\s+([A-Za-z_$][\w$]*)`)
	assigned  = regexp.MustCompile(`([A-Za-z_$][\w$.]*)\s*[:=]\s*(?:async\s+)?(?:function\b[^{}]*|\([^{}]*\)\s*(?::[^{}=]*)?=>|[A-Za-z_$][\w$]*\s*=>)\s*$`)
	method    = regexp.MustCompile(`([A-Za-z_$~][\w$]*)\s*\([^{};]*\)[^(){};=]*$`)
	block     = regexp.MustCompile(`(?m)^\s*(resource|data|module|variable|output|provider|locals)((?:\s+"[^"]*")*)\s*$`)
	jsonKey   = regexp.MustCompile(`"((?:[^"\\]|\\.)*)"\s*:\s*\[?\s*$`)
)

var control = map[string]bool{"if": true, "for": true, "while": true, "switch": true, "catch": true, "with": true, "return": true, "else": true,
	"synchronized": true, "using": true, "lock": true, "foreach": true, "function": true, "func": true, "fn": true, "do": true, "match": true,
	"select": true, "elseif": true, "elif": true, "new": true, "await": true, "when": true, "defer": true, "go": true}

// nameOf is what the text ahead of a brace names, and how many of its lines come
// before the one that does.
func nameOf(header, ext string) (name string, skipped int) {
	at := -1
	take := func(where []int, text string) {
		if where != nil && where[0] > at {
			at, name = where[0], text
		}
	}
	switch ext {
	case ".json":
		if m := jsonKey.FindStringSubmatch(header); m != nil {
			return m[1], 0
		}
		return "", 0
	case ".tf", ".hcl":
		if m := block.FindStringSubmatch(header); m != nil {
			return strings.Join(strings.Fields(m[1]+strings.ReplaceAll(m[2], `"`, " ")), "."), strings.Count(header[:strings.Index(header, m[1])], "\n")
		}
		return "", 0
	case ".go":
		if all := goFunc.FindAllStringSubmatchIndex(header, -1); all != nil {
			m := all[len(all)-1]
			text := header[m[4]:m[5]]
			if m[2] >= 0 {
				text = header[m[2]:m[3]] + "." + text
			}
			take(m, text)
		}
	default:
		for _, p := range []*regexp.Regexp{keyword, assigned} {
			if all := p.FindAllStringSubmatchIndex(header, -1); all != nil {
				m := all[len(all)-1]
				take(m, header[m[2]:m[3]])
			}
		}
		if m := method.FindStringSubmatchIndex(header); m != nil && name == "" && !control[header[m[2]:m[3]]] {
			take(m, header[m[2]:m[3]])
		}
	}
	if all := classLike.FindAllStringSubmatchIndex(header, -1); all != nil && name == "" {
		m := all[len(all)-1]
		take(m, header[m[2]:m[3]])
	}
	if at > 0 {
		skipped = strings.Count(header[:at], "\n")
	}
	return name, skipped
}
