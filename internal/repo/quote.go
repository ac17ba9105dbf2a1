package repo

import "strings"

// unquote reads a path as git prints it in a line of text: plain, or between
// double quotes with C escapes where it holds control characters, quotes or
// backslashes. What is not quoted well is returned as it stands.
func unquote(path string) string {
	if len(path) < 2 || path[0] != '"' || path[len(path)-1] != '"' {
		return path
	}
	var b strings.Builder
	body := path[1 : len(path)-1]
	for i := 0; i < len(body); i++ {
		if body[i] != '\\' || i+1 == len(body) {
			b.WriteByte(body[i])
			continue
		}
		i++
		if i+2 < len(body) && isOctal(body[i:i+3]) {
			b.WriteByte((body[i]-'0')<<6 | (body[i+1]-'0')<<3 | (body[i+2] - '0'))
			i += 2
			continue
		}
		b.WriteByte(unescape(body[i]))
	}
	return b.String()
}

func isOctal(s string) bool {
	return s[0] >= '0' && s[0] <= '3' && s[1] >= '0' && s[1] <= '7' && s[2] >= '0' && s[2] <= '7'
}

func unescape(c byte) byte {
	const from, to = `abtnvfr`, "\a\b\t\n\v\f\r"
	if i := strings.IndexByte(from, c); i >= 0 {
		return to[i]
	}
	return c
}
