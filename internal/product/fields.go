package product

import (
	"bytes"
	"strings"
)

// owners are the words that stand before the name of a field and say whose it
// is: "user_email" is an email.
var owners = []string{"user", "customer", "contact", "member", "owner", "client", "person", "employee", "account"}

// declared calls fn with every name in the text that looks like the
// declaration of a field: normal form, as written, and line.
func declared(data []byte, fn func(field, written string, line int)) {
	n := 0
	for line := range bytes.SplitSeq(data, []byte("\n")) {
		n++
		if len(line) > 1000 || comment(line) {
			continue
		}
		for i := 0; i < len(line); {
			if !letter(line[i]) {
				i++
				continue
			}
			start := i
			for i < len(line) && (letter(line[i]) || line[i] >= '0' && line[i] <= '9') {
				i++
			}
			if i-start < 3 || i-start > 40 || !declares(line, start, i) {
				continue
			}
			written := string(line[start:i])
			field := strings.ToLower(strings.ReplaceAll(written, "_", ""))
			fn(field, written, n)
			for _, o := range owners {
				if rest, ok := strings.CutPrefix(field, o); ok && rest != "" {
					fn(rest, written, n)
				}
			}
		}
	}
}

func letter(c byte) bool { return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

func comment(line []byte) bool {
	line = bytes.TrimSpace(line)
	for _, mark := range []string{"//", "#", "*", "/*", "--", "\"\"\""} {
		if bytes.HasPrefix(line, []byte(mark)) {
			return true
		}
	}
	return false
}

// declares looks at what stands around a word: a field is followed by a sign
// that gives it a value or a type, ends a list of such, or is followed by the
// name of a type.
func declares(line []byte, start, end int) bool {
	quoted := start > 0 && bytes.IndexByte([]byte("\"'`"), line[start-1]) >= 0
	symbol := start > 0 && line[start-1] == ':'
	rest := bytes.TrimLeft(line[end:], "\"'`")
	if quoted && len(rest) == len(line)-end { // the quotation goes on: prose
		return false
	}
	if len(rest) == 0 || len(bytes.TrimSpace(rest)) == 0 {
		return symbol || quoted
	}
	if bytes.IndexByte([]byte(":=,;?!]"), rest[0]) >= 0 {
		return !bytes.HasPrefix(rest, []byte("==")) && !bytes.HasPrefix(rest, []byte("::"))
	}
	if rest[0] != ' ' && rest[0] != '\t' {
		return false
	}
	rest = bytes.TrimLeft(rest, " \t")
	if len(rest) > 0 && (rest[0] == '=' || rest[0] == ':' || rest[0] == '{') {
		return !bytes.HasPrefix(rest, []byte("==")) && !bytes.HasPrefix(rest, []byte("=~"))
	}
	word := rest
	if i := bytes.IndexFunc(rest, func(r rune) bool { return !(r < 0x80 && letter(byte(r))) }); i >= 0 {
		word = rest[:i]
	}
	return typeWords[strings.ToLower(string(word))]
}

var typeWords = words("varchar char text string int integer bigint date datetime timestamp json jsonb bool boolean blob citext nvarchar float float64 decimal numeric double bytea uuid int64 int32 time sql long number")
