package secretscan

import (
	"bytes"
	"slices"
)

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

func skipBlanks(text []byte, pos int) int {
	for n := 0; n < maxGap && pos < len(text) && (text[pos] == ' ' || text[pos] == '\t'); n++ {
		pos++
	}
	return pos
}

// skipIndex skips the rest of an index, as in settings["key"] or char key[32].
func skipIndex(text []byte, pos int) int {
	if pos < len(text) && text[pos] == ']' {
		return pos + 1
	}
	if pos < len(text) && text[pos] == '[' {
		if end := bytes.IndexByte(text[pos:min(pos+8, len(text))], ']'); end >= 0 {
			return pos + end + 1
		}
	}
	return pos
}

// isFlag says whether the key is an option such as --password or -password.
func isFlag(text []byte, key span) bool {
	return text[key.start] == '-' && (key.start == 0 || bytes.IndexByte([]byte(" \t\n\"'`[(,"), text[key.start-1]) >= 0) &&
		(key.start+1 < len(text) && text[key.start+1] != ' ')
}

// opensCall says whether a quote and the parenthesis of a call open before start.
func opensCall(text []byte, start int) bool {
	return start >= 3 && isQuote(text[start-1]) && text[start-2] == '(' && isWord(text[start-3])
}

// isAlternative says whether the string that begins before start is what an
// expression chooses: `x ? "passcode" : "code"`.
func isAlternative(text []byte, start int) bool {
	at := lastNonBlank(text, start-1)
	return at >= 0 && text[at] == '?'
}

// setsSomething says whether the last part of a dotted name is a setter's.
func setsSomething(name []byte) bool {
	name = name[bytes.LastIndexByte(name, '.')+1:]
	for _, verb := range []string{"set", "with"} {
		if len(name) > len(verb) && equalFold(name[:len(verb)], verb) {
			return true
		}
	}
	return false
}

// namesVariable says whether what begins at start is itself the value of a
// "name" or "key", as in `name: DB_PASSWORD` or `<add key="Password" …`.
func namesVariable(text []byte, start int) bool {
	before := bytes.TrimRight(text[max(start-12, 0):start], "\"' ")
	if len(before) == 0 || before[len(before)-1] != ':' && before[len(before)-1] != '=' {
		return false
	}
	before = bytes.TrimRight(before[:len(before)-1], "\"' ")
	for _, word := range []string{"name", "key"} {
		if n := len(before) - len(word); n >= 0 && equalFold(before[n:], word) && (n == 0 || !isWord(before[n-1])) {
			return true
		}
	}
	return false
}

// beginsLine says whether nothing but what declares variables, or makes the line
// a comment, stands before a key.
func beginsLine(text []byte, start int) bool {
	low := max(start-maxKey, 0)
	line := text[low+bytes.LastIndexByte(text[low:start], '\n')+1 : start]
	line = bytes.Trim(line, " \t-\"'#/*;!")
	return len(line) == 0 || slices.ContainsFunc(declarers, func(word string) bool { return string(line) == word })
}

var declarers = []string{"export", "set", "ENV", "ARG", "env", "setx", "local", "declare", "readonly", "$env:"}

// setsBefore says whether word and one blank stand before start.
func setsBefore(text []byte, start int, word string) bool {
	at := start - len(word) - 1
	return at >= 0 && string(text[at:start-1]) == word
}

// snake appends name in lower case with underscores between its words:
// "dbPassword", "DB-PASSWORD" and "db.password" all give "db_password".
func snake(dst, name []byte) []byte {
	name = bytes.Trim(name, "-.$_")
	for i, c := range name {
		upper := c >= 'A' && c <= 'Z'
		switch {
		case c == '-' || c == '.' || c == '$':
			c = '_'
		case upper:
			c |= 0x20
		}
		if upper && i > 0 {
			before := name[i-1]
			startsWord := before >= 'a' && before <= 'z' || before >= '0' && before <= '9' ||
				before >= 'A' && before <= 'Z' && i+1 < len(name) && name[i+1] >= 'a' && name[i+1] <= 'z'
			if startsWord {
				dst = append(dst, '_')
			}
		}
		dst = append(dst, c)
	}
	return dst
}

// namesSomethingElse says whether a key's name has a word by which it is about a
// secret and does not hold one: its hash, its form, its place, the text beside
// its field. Some words say so anywhere, others only behind the secret's name:
// a token's URL is no token, the token for a URL is one.
func namesSomethingElse(name []byte) bool {
	for len(name) > 0 {
		word, rest, _ := bytes.Cut(name, []byte{'_'})
		if isNoSecret(string(word)) || bytes.HasPrefix(word, []byte("csrf")) || len(rest) == 0 && isOtherThing(string(word)) {
			return true
		}
		name = rest
	}
	return false
}

func isNoSecret(word string) bool {
	switch word {
	case "public", "pub", "csrf", "xsrf", "next", "page", "paging", "continuation", "continue", "cancel", "cancellation", "sync",
		"hash", "hashed", "digest", "checksum", "encrypted", "crypted", "cipher", "sealed", "masked", "redacted", "encoded",
		"cache", "cached", "sort", "partition", "object", "storage", "shard", "min", "max", "is", "has", "no", "show", "hide", "toggle", "use", "uses", "allow", "forgot", "forgotten", "invalidate", "required", "primary", "foreign", "idempotency", "i18n",
		"placeholder", "label", "hint", "message", "msg", "tooltip", "regex", "regexp", "validator", "translation",
		"bypass", "compass", "encompass", "trespass", "surpass", "askpass", "etag", "hmac", "sha", "sha1", "sha256", "md5", "fingerprint", "thumbprint":
		return true
	}
	return false
}

func isOtherThing(word string) bool {
	switch word {
	case "field", "name", "names", "type", "types", "length", "len", "pattern", "validation",
		"prefix", "suffix", "separator", "file", "files", "filename", "path", "dir", "url", "uri", "endpoint", "env", "header", "headers", "param", "params",
		"error", "err", "title", "description", "desc", "text", "help",
		"reset", "change", "count", "size", "limit", "expiry", "expires", "expiration", "ttl", "timeout", "duration",
		"format", "policy", "rule", "rules", "enabled", "valid", "invalid",
		"input", "form", "column", "table", "index", "ref", "arn", "version", "class", "provider", "strategy", "scope", "scopes",
		"issuer", "audience", "algorithm", "alg", "kind", "status", "state", "cache",
		"selector", "icon", "button", "link", "route", "query", "event", "action", "method", "mode", "store", "manager", "service",
		"tokenizer", "secretary", "cert", "certificate", "ca":
		return true
	}
	return false
}
