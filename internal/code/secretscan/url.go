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
	u, ok := readUserInfo(text, at+length)
	if !ok {
		return
	}
	secret := u.password
	for _, i := range rules {
		r := &t.engine.rules[i]
		if r.Weak && !u.isChosen(text) || !r.Weak && u.isFree(text) {
			continue
		}
		x := r.compile()
		if x.name.Match(text[scheme.start:scheme.end]) && x.pattern.Match(text[secret.start:secret.end]) {
			t.report(r, Match{Start: scheme.start, End: secret.end, SecretStart: secret.start, SecretEnd: secret.end, Anchor: at})
		}
	}
}

func isScheme(c byte) bool { return isWord(c) || c == '+' || c == '.' || c == '-' }

// userInfo is where the parts of "user:password@host" stand.
type userInfo struct{ user, password, host span }

// isFree says whether the password opens nothing elsewhere: it is the user's
// name, or the host is this machine or nobody's.
func (u userInfo) isFree(text []byte) bool {
	host := text[u.host.start:u.host.end]
	return bytes.Equal(text[u.user.start:u.user.end], text[u.password.start:u.password.end]) || isThisMachine(host) || isNobodys(host)
}

// isChosen says whether the password passes for one that somebody chose, for
// whatever machine.
func (u userInfo) isChosen(text []byte) bool {
	return !isNobodys(text[u.host.start:u.host.end]) && isChosen(text[u.password.start:u.password.end], nil, Quoted)
}

// readUserInfo reads "user:password@host" at pos.
func readUserInfo(text []byte, pos int) (u userInfo, ok bool) {
	part := text[pos:min(pos+maxUser, len(text))]
	part = part[:cut(part, " \t\r\n\"'`<>(){}|\\")]
	// A password may hold an @, a host may not; a path may hold both.
	end := bytes.IndexByte(part, '@')
	if slash := bytes.IndexByte(part, '/'); end < 0 || slash >= 0 && slash < end {
		return u, false
	}
	if more := bytes.LastIndexByte(part[:cut(part, "/?#")], '@'); more > end {
		end = more
	}
	colon := bytes.IndexByte(part[:end], ':')
	if colon < 0 || colon+1 >= end {
		return u, false
	}
	host := part[end+1:]
	host = host[:cut(host, "/:?#,;")]
	u = userInfo{span{pos, pos + colon}, span{pos + colon + 1, pos + end}, span{pos + end + 1, pos + end + 1 + len(host)}}
	return u, isHost(host) || isFilledIn(host, text[u.host.end:])
}

// isFilledIn says whether the host is put in at run time: a verb of a format, a
// variable, a field between braces.
func isFilledIn(host, behind []byte) bool {
	switch {
	case len(host) == 2 && host[0] == '%':
		return host[1] == 's' || host[1] == 'v' || host[1] == 'd'
	case len(host) > 1 && host[0] == '$':
		return isHost(host[1:])
	case len(host) == 0 || len(host) == 1 && host[0] == '$':
		return len(behind) > 1 && behind[0] == '{' && isWord(behind[1])
	}
	return false
}

func isHost(host []byte) bool {
	for _, c := range host {
		if !isWord(c) && c != '.' && c != '-' {
			return false
		}
	}
	return len(host) > 0
}

func isThisMachine(host []byte) bool {
	h := lower(string(host))
	return h == "localhost" || h == "127.0.0.1" || h == "0.0.0.0"
}

// isNobodys says whether the host is reserved for documentation.
func isNobodys(host []byte) bool {
	h := lower(string(host))
	switch h {
	case "host", "hostname", "server", "domain", "foo", "bar", "example":
		return true
	}
	for _, suffix := range []string{"example.com", "example.org", "example.net", ".example", ".test", ".invalid", ".localhost", "domain.com", "host.com"} {
		if len(h) >= len(suffix) && h[len(h)-len(suffix):] == suffix {
			return true
		}
	}
	return false
}
