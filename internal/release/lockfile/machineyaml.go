package lockfile

import (
	"bytes"
	"strconv"
	"strings"
)

// maxYAMLDepth is well above what any lock file has.
const maxYAMLDepth = 32

// eachYAML calls fn for every "key: value" and "- value" line of a YAML file
// that a package manager wrote, with the keys that lead to it. A list's element
// has the key "-". A key without a value is reported too, with "". The slice is
// only valid during the call.
//
// Lock files of pnpm, yarn and pub are YAML of one plain shape, a line an entry.
// Reading just this shape is a hundred times faster than YAML, and nothing in a
// hostile file (anchors, aliases, tags) means anything to it.
func eachYAML(data []byte, fn func(keys []string, value string)) {
	var keys []string
	var indents []int
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		data = rest
		text := strings.TrimRight(string(line), " \r")
		body := strings.TrimLeft(text, " ")
		if body == "" || body[0] == '#' || body == "---" {
			continue
		}
		indent := len(text) - len(body)
		for len(indents) > 0 && indents[len(indents)-1] >= indent && !(body[0] == '-' && indents[len(indents)-1] == indent && keys[len(keys)-1] != "-") {
			keys, indents = keys[:len(keys)-1], indents[:len(indents)-1]
		}
		if len(keys) >= maxYAMLDepth {
			continue
		}
		if item, ok := strings.CutPrefix(body, "- "); ok {
			keys, indents = append(keys, "-"), append(indents, indent)
			key, value, pair := splitYAML(item)
			if pair {
				fn(append(keys, key), value)
			} else {
				fn(keys, unquoteYAML(item))
			}
			continue
		}
		key, value, pair := splitYAML(body)
		if !pair {
			continue
		}
		keys, indents = append(keys, key), append(indents, indent)
		fn(keys, value)
	}
}

// splitYAML cuts "key: value" and unquotes both; pair is false for other lines.
func splitYAML(body string) (key, value string, pair bool) {
	end := 0
	if q := body[0]; q == '"' || q == '\'' {
		close := strings.IndexByte(body[1:], q)
		if close < 0 {
			return "", "", false
		}
		end = close + 2
	}
	colon := strings.Index(body[end:], ":")
	for colon >= 0 && end+colon+1 < len(body) && body[end+colon+1] != ' ' {
		next := strings.Index(body[end+colon+1:], ":")
		if next < 0 {
			return "", "", false
		}
		colon += 1 + next
	}
	if colon < 0 {
		return "", "", false
	}
	return unquoteYAML(body[:end+colon]), unquoteYAML(strings.TrimSpace(body[end+colon+1:])), true
}

func unquoteYAML(s string) string {
	if len(s) < 2 || s[0] != s[len(s)-1] {
		return s
	}
	switch s[0] {
	case '\'':
		return strings.ReplaceAll(s[1:len(s)-1], "''", "'")
	case '"':
		if plain, err := strconv.Unquote(s); err == nil {
			return plain
		}
		return s[1 : len(s)-1]
	}
	return s
}

// flow reads "{a: b, c: d}" into its pairs; nil where value is not of that shape.
func flow(value string) map[string]string {
	inner, ok := strings.CutPrefix(value, "{")
	if !ok || !strings.HasSuffix(inner, "}") {
		return nil
	}
	pairs := map[string]string{}
	for part := range strings.SplitSeq(strings.TrimSuffix(inner, "}"), ", ") {
		if part == "" {
			continue
		}
		if key, value, ok := splitYAML(strings.TrimSpace(part) + " "); ok {
			pairs[key] = value
		}
	}
	return pairs
}
