package history

import (
	"bytes"
	"strings"
)

// setting is one line of a file in git's configuration format.
type setting struct {
	section string // lower case
	sub     string // as written
	key     string // lower case
	value   string
	line    int // from 1
}

// name is "section.key".
func (s setting) name() string { return s.section + "." + s.key }

// maxSettings bounds what is read of one file.
const maxSettings = 10_000

// parseConfig reads git's configuration format (git-config(1), "Syntax"). It
// reads what git reads and passes over what git refuses: a file that is wrong
// as a whole does nothing.
func parseConfig(data []byte) []setting {
	var out []setting
	section, sub := "", ""
	lines := bytes.Split(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("\n"))
	for i := 0; i < len(lines) && len(out) < maxSettings; i++ {
		at := i + 1
		line := bytes.TrimLeft(lines[i], " \t\r")
		if len(line) > 0 && line[0] == '[' {
			var rest []byte
			section, sub, rest = parseSection(line)
			line = bytes.TrimLeft(rest, " \t\r")
		}
		if len(line) == 0 || line[0] == '#' || line[0] == ';' {
			continue
		}
		if continues(line) {
			line = bytes.Clone(line) // appending must not write over the next line
		}
		for continues(line) && i+1 < len(lines) {
			i++
			line = append(line[:len(line)-1], lines[i]...)
		}
		key, value, _ := bytes.Cut(line, []byte("="))
		out = append(out, setting{section, sub, strings.ToLower(string(bytes.TrimSpace(key))), parseValue(value), at})
	}
	return out
}

// continues is true for a line that ends with a backslash that nothing escapes.
func continues(line []byte) bool {
	return (len(line)-len(bytes.TrimRight(line, `\`)))%2 == 1
}

// parseSection reads "[section]", "[section.sub]" and `[section "sub"]`.
func parseSection(line []byte) (section, sub string, rest []byte) {
	quoted, name := false, []byte{}
	for i := 1; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quoted && i+1 < len(line):
			i++
			name = append(name, line[i])
		case c == '"' && !quoted:
			section, name, quoted = strings.TrimSpace(string(name)), name[len(name):], true
		case c == '"':
			sub, quoted = string(name), false
			name = nil
		case c == ']' && !quoted:
			if section == "" {
				section, sub, _ = strings.Cut(string(name), ".")
			}
			return strings.ToLower(section), sub, line[i+1:]
		default:
			name = append(name, c)
		}
	}
	return "", "", nil
}

// parseValue takes quotes, escapes, comments and outer blanks off. A carriage
// return at the end is kept, as git keeps it inside quotes (CVE-2025-48384).
func parseValue(raw []byte) string {
	var b []byte
	raw = bytes.TrimSpace(raw)
	quoted, solid := false, 0
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == '"':
			quoted = !quoted
			solid = len(b)
			continue
		case c == '\\' && i+1 < len(raw):
			i++
			b = append(b, unescape(raw[i]))
			solid = len(b)
			continue
		case !quoted && (c == '#' || c == ';'):
			return string(b[:solid])
		}
		b = append(b, c)
		if quoted || c != ' ' && c != '\t' {
			solid = len(b)
		}
	}
	return string(b[:solid])
}

func unescape(c byte) byte {
	switch c {
	case 'n':
		return '\n'
	case 't':
		return '\t'
	case 'b':
		return '\b'
	}
	return c
}
