package secretscan

import "bytes"

// maxUser is the most bytes that the user part of a URL may have.
const maxUser = 300

// url tries the rules of form url on the URL whose scheme ends at the literal.
func (t *scan) url(rules []int32, at, length int) {
	text := t.text
	scheme := span{at, at + length - len("://")}
	for scheme.start > 0 && at-scheme.start < 20 && isScheme(text[scheme.start-1]) {
		scheme.start--
	}
	secret, ok := readPassword(text, at+length)
	if !ok {
		return
	}
	for _, i := range rules {
		r := &t.engine.rules[i]
		x := r.compile()
		if x.name.Match(text[scheme.start:scheme.end]) && x.pattern.Match(text[secret.start:secret.end]) {
			t.report(r, Match{Start: scheme.start, End: secret.end, SecretStart: secret.start, SecretEnd: secret.end, Anchor: at})
		}
	}
}

func isScheme(c byte) bool { return isWord(c) || c == '+' || c == '.' || c == '-' }

// readPassword reads "user:password@host" at pos. It takes no URL that names
// this machine, a host of the documentation or nobody's.
func readPassword(text []byte, pos int) (span, bool) {
	part := text[pos:min(pos+maxUser, len(text))]
	part = part[:cut(part, " \t\r\n\"'`<>(){}|\\")]
	// A password may hold an @, a host may not; a path may hold both.
	end := bytes.IndexByte(part, '@')
	if slash := bytes.IndexByte(part, '/'); end < 0 || slash >= 0 && slash < end {
		return span{}, false
	}
	if more := bytes.LastIndexByte(part[:cut(part, "/?#")], '@'); more > end {
		end = more
	}
	colon := bytes.IndexByte(part[:end], ':')
	if colon < 0 || colon+1 >= end {
		return span{}, false
	}
	user, password, host := part[:colon], part[colon+1:end], part[end+1:]
	host = host[:cut(host, "/:?#,;")]
	if bytes.Equal(user, password) || !isHost(host) || isNobodys(host) {
		return span{}, false
	}
	return span{pos + colon + 1, pos + end}, true
}

func isHost(host []byte) bool {
	for _, c := range host {
		if !isWord(c) && c != '.' && c != '-' {
			return false
		}
	}
	return len(host) > 0
}

// isNobodys says whether the host is reserved for documentation or is this very machine.
func isNobodys(host []byte) bool {
	h := lower(string(host))
	switch h {
	case "localhost", "127.0.0.1", "0.0.0.0", "host", "hostname", "server", "domain", "foo", "bar", "example":
		return true
	}
	for _, suffix := range []string{"example.com", "example.org", "example.net", ".example", ".test", ".invalid", ".localhost", "domain.com", "host.com"} {
		if len(h) >= len(suffix) && h[len(h)-len(suffix):] == suffix {
			return true
		}
	}
	return false
}
