package identity

import (
	"path"
	"strings"
	"unicode/utf8"
)

// maxText is the most of a text that is looked at, in bytes.
const maxText = 64 << 10

// language is what a reformatter may change in it without changing what it means.
type language struct {
	line, open, shut string // comments
	quotes           bool   // ' and " mean the same
	semicolons       bool   // one at the end of a line may be left out
}

var (
	cLike  = language{line: "//", open: "/*", shut: "*/"}
	script = language{line: "//", open: "/*", shut: "*/", quotes: true, semicolons: true}
	hash   = language{line: "#"}
	loose  = language{line: "#", quotes: true}
	sql    = language{line: "--", open: "/*", shut: "*/"}
	markup = language{open: "<!--", shut: "-->"}
)

var languages = map[string]language{
	".go": cLike, ".c": cLike, ".h": cLike, ".cc": cLike, ".cpp": cLike, ".cxx": cLike, ".hpp": cLike, ".java": cLike, ".kt": cLike, ".kts": cLike,
	".cs": cLike, ".rs": cLike, ".swift": cLike, ".scala": cLike, ".dart": cLike, ".groovy": cLike, ".gradle": cLike, ".php": cLike, ".proto": cLike,
	".js": script, ".jsx": script, ".mjs": script, ".cjs": script, ".ts": script, ".tsx": script, ".vue": script, ".svelte": script,
	".sh": hash, ".bash": hash, ".rb": hash, ".pl": hash, ".tf": hash, ".hcl": hash, ".toml": hash, ".r": hash, ".ex": hash, ".exs": hash,
	".py": loose, ".pyi": loose, ".yaml": loose, ".yml": loose,
	".sql": sql, ".lua": {line: "--"}, ".hs": {line: "--"}, ".html": markup, ".xml": markup, ".svg": markup,
}

// Tokens is code without what a reformatter changes: its tokens with one blank
// between those that would run together, without comments, without a comma ahead
// of a closing bracket. What language it is in the name of its file says; of an
// unknown one white space alone is left out. Literals stay as they are, since
// another string is other code.
func Tokens(name, text string) string {
	t := &tokens{text: text[:min(len(text), maxText)], lang: languages[strings.ToLower(path.Ext(name))]}
	for t.at < len(t.text) {
		t.step()
	}
	t.endLine()
	return t.out.String()
}

// tokens is a text on its way.
type tokens struct {
	text  string
	at    int
	lang  language
	out   strings.Builder
	last  byte // the last byte written
	comma bool // one waits for what follows it
	blank bool // white space or a comment stood before what follows
	semi  bool // a semicolon waits for what follows it in its line
}

func (t *tokens) step() {
	rest := t.text[t.at:]
	switch c := rest[0]; {
	case c == '\n':
		t.endLine()
		t.blank = true
		t.at++
	case c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v':
		t.blank = true
		t.at++
	case t.lang.open != "" && strings.HasPrefix(rest, t.lang.open):
		end := strings.Index(rest[len(t.lang.open):], t.lang.shut)
		if end < 0 {
			t.at = len(t.text)
			return
		}
		t.blank = true
		t.at += len(t.lang.open) + end + len(t.lang.shut)
	case t.lang.line != "" && strings.HasPrefix(rest, t.lang.line) && t.opensComment():
		if end := strings.IndexByte(rest, '\n'); end >= 0 {
			t.at += end
		} else {
			t.at = len(t.text)
		}
	case c == '"' || c == '\'' || c == '`':
		t.literal(c)
	case c == ',':
		t.flush()
		t.comma = true
		t.at++
	case c == ';' && t.lang.semicolons:
		t.flush()
		t.semi = true
		t.at++
	default:
		_, size := utf8.DecodeRuneInString(rest)
		t.write(rest[:size])
		t.at += size
	}
}

// opensComment: in shells and in YAML a number sign inside of a word is none.
func (t *tokens) opensComment() bool {
	return t.lang.line != "#" || t.at == 0 || strings.IndexByte(" \t\n;", t.text[t.at-1]) >= 0
}

// literal takes a quoted text as it stands. One that does not end in its line is
// an apostrophe, except where the quote may run over lines.
func (t *tokens) literal(quote byte) {
	i := t.at + 1
	for i < len(t.text) && t.text[i] != quote && (t.text[i] != '\n' || quote == '`') {
		if t.text[i] == '\\' && quote != '`' {
			i++
		}
		i++
	}
	if i >= len(t.text) || t.text[i] != quote {
		t.write(t.text[t.at : t.at+1])
		t.at++
		return
	}
	body := t.text[t.at+1 : i]
	if t.lang.quotes && quote == '\'' && !strings.ContainsAny(body, `"\`) {
		quote = '"'
	}
	t.write(string(quote) + body + string(quote))
	t.at = i + 1
}

// write puts a token after the last one.
func (t *tokens) write(token string) {
	if t.comma && strings.IndexByte(")]}", token[0]) >= 0 {
		t.comma = false
	}
	t.flush()
	if t.blank && isWord(t.last) && isWord(token[0]) {
		t.out.WriteByte(' ')
	}
	t.blank = false
	t.out.WriteString(token)
	t.last = token[len(token)-1]
}

// flush writes what waited.
func (t *tokens) flush() {
	if t.comma {
		t.out.WriteByte(',')
		t.last, t.blank = ',', false
	}
	if t.semi {
		t.out.WriteByte(';')
		t.last, t.blank = ';', false
	}
	t.comma, t.semi = false, false
}

// endLine forgets a semicolon that ends its line.
func (t *tokens) endLine() {
	if t.semi && t.lang.semicolons {
		t.semi = false
	}
	if t.at >= len(t.text) {
		t.flush()
	}
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

// A statement that goes on is followed for so many lines.
const statementLines = 10

// Statement is the code that begins in a line: the line and, while a bracket that
// it opens is not closed, those that follow. Lines count from 0.
func Statement(lines [][]byte, at int) string {
	var b strings.Builder
	depth := 0
	for n := at; n >= 0 && n < len(lines) && n < at+statementLines; n++ {
		b.Write(lines[n])
		b.WriteByte('\n')
		for _, c := range lines[n] {
			switch c {
			case '(', '[':
				depth++
			case ')', ']':
				depth--
			}
		}
		if depth <= 0 {
			break
		}
	}
	return b.String()
}
