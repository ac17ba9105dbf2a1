package secretscan

import "bytes"

// isParameter says whether key is a parameter of a URL or of a form, given the
// operator between its name and pos: "?token=x", "user=a&password=x".
func isParameter(text []byte, key span, operator, pos int) bool {
	if operator != key.end || pos >= len(text) || key.start == 0 {
		return false
	}
	switch text[key.start-1] {
	case '?':
		return !bytes.HasSuffix(text[:key.start-1], []byte(".svg")) // badges have tokens that all may see
	case '&':
		return key.start < 2 || text[key.start-2] != '&'
	case ';':
		return entityEnds(text, key.start-1)
	case '"', '\'', '`':
		end := pos + cut(text[pos:min(pos+maxValue, len(text))], "&\"'` \t\r\n<>(){}")
		return end > pos && end < len(text) && (text[end] == '&' || text[end] == text[key.start-1])
	}
	return false
}

// readParameter reads the value of a parameter.
func readParameter(text []byte, pos int) assigned {
	end := pos + cut(text[pos:min(pos+maxValue, len(text))], "&\"'`#;, \t\r\n<>(){}[]\\")
	return assigned{span: span{pos, end}, shape: Parameter}
}

// isVariable says whether key is a variable of the environment that stands in a
// command or a list: "-e DB_PASSWORD=x", "- DB_PASSWORD=x", "DB_PASSWORD=x psql".
func isVariable(text []byte, key span) bool {
	if key.start > 0 && bytes.IndexByte([]byte(" \t\n\"'`,"), text[key.start-1]) < 0 {
		return false
	}
	for _, c := range text[key.start:key.end] {
		if c != '_' && (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// readVariable reads the value of a variable of the environment.
func readVariable(text []byte, pos int) (assigned, bool) {
	end := pos + cut(text[pos:min(pos+maxValue, len(text))], " \t\r\n\"'`,;|&<>(){}\\")
	if end == pos || end < len(text) && bytes.IndexByte([]byte("(){}<>"), text[end]) >= 0 {
		return assigned{}, false
	}
	return assigned{span: span{pos, end}, shape: Variable}, true
}

// skipSource skips what says that a password itself follows, as openssl wants it.
func skipSource(text []byte, pos int) int {
	if at := pos + len("pass:"); at < len(text) && string(text[pos:at]) == "pass:" {
		return at
	}
	return pos
}

// keysBefore counts the keys that stand before the one at start in an assignment
// of several: in `user, password = "a", "b"` there is one before password.
func keysBefore(text []byte, start int) int {
	n := 0
	at := start
	for n < 4 {
		comma := lastNonBlank(text, at)
		if comma < 0 || text[comma] != ',' {
			break
		}
		at = comma
		for at > 0 && start-at < maxKey && (isKey(text[at-1]) || text[at-1] == '@') {
			at--
		}
		if at == comma {
			return 0
		}
		n++
	}
	before := lastNonBlank(text, at)
	if n > 0 && before >= 0 && text[before] != '\n' && !declares(text, before+1) {
		return 0
	}
	return n
}

// lastNonBlank is the last byte before at that is no blank, or -1.
func lastNonBlank(text []byte, at int) int {
	for n := 0; at > 0 && n < maxGap; n++ {
		at--
		if text[at] != ' ' && text[at] != '\t' {
			return at
		}
	}
	return -1
}

// declares says whether a word that declares variables ends before end.
func declares(text []byte, end int) bool {
	for _, word := range []string{"var", "let", "const", "val", "my", "local"} {
		if end >= len(word) && string(text[end-len(word):end]) == word {
			return true
		}
	}
	return false
}

// wraps says whether name is what a string is put into, rather than a call that
// makes something else of it.
func wraps(name []byte) bool {
	name = bytes.TrimRight(name, "() ")
	if bytes.HasSuffix(name, []byte("[]byte")) || bytes.HasSuffix(name, []byte("[]uint8")) {
		return true
	}
	at := bytes.LastIndexAny(name, ".: &*]")
	if at >= 0 && string(name[at+1:]) == "of" {
		return true
	}
	var buf [maxKey * 2]byte
	words := snake(buf[:0], name[at+1:])
	switch string(words[bytes.LastIndexByte(words, '_')+1:]) {
	case "some", "just", "string", "str", "ptr", "pointer", "byte", "bytes", "secret", "value", "password", "passphrase", "credential", "text", "lit", "literal", "unsafe", "buffer", "token":
		return !gets(words)
	}
	return false
}

// gets says whether the name of a function begins with a verb that fetches or changes.
func gets(name []byte) bool {
	switch string(name[:cut(name, "_")]) {
	case "get", "read", "load", "fetch", "find", "lookup", "decrypt", "encrypt", "hash", "ask", "prompt", "check", "verify", "validate", "is", "require", "decode", "encode", "to", "parse", "has", "reset", "generate", "make", "random":
		return true
	}
	return false
}
