package secretscan

import "bytes"

// mostCalls is how many calls around a string are looked through.
const mostCalls = 3

// readDecoded reads the string that calls at pos make bytes of:
// Base64.decode("x"), createSecretKey(Buffer.from("x", "hex")). What is not text
// of bytes, the name of a variable for instance, is none.
func readDecoded(text []byte, pos int) (assigned, bool) {
	for range mostCalls {
		start := pos
		for pos < len(text) && pos-start < maxKey && (isKey(text[pos]) || text[pos] == ' ' || text[pos] == ':') {
			pos++
		}
		if pos == start || pos >= len(text) || text[pos] != '(' {
			return assigned{}, false
		}
		name := text[start:pos]
		if pos++; pos+1 < len(text) && text[pos] == ')' && text[pos+1] == '.' {
			pos += 2 // Base64.getDecoder().decode
			continue
		}
		a, ok := readString(text, pos)
		if !ok {
			continue
		}
		next := skipBlanks(text, a.end+1)
		data := text[a.start:a.end]
		return a, decodes(name) && next < len(text) && (text[next] == ')' || text[next] == ',') && len(data) >= 16 && isEncoded(data) && isRandom(data)
	}
	return assigned{}, false
}

// decodes says whether a function of that name makes bytes of their text.
func decodes(name []byte) bool {
	var buf [2 * maxKey]byte
	words := snake(buf[:0], name[bytes.LastIndexAny(name, " :")+1:])
	switch string(words[bytes.LastIndexByte(words, '_')+1:]) {
	case "decode", "b64decode", "decode64", "from", "fromhex", "hex", "unhexlify", "base64", "atob":
		return true
	}
	return bytes.HasSuffix(words, []byte("decode_string")) || bytes.HasSuffix(words, []byte("from_base64_string")) || bytes.HasSuffix(words, []byte("from_hex_string"))
}

// isEncoded says whether b is of the bytes of base64 and hex alone.
func isEncoded(b []byte) bool {
	for _, c := range bytes.TrimRight(b, "=") {
		if !isWord(c) && c != '+' && c != '/' && c != '-' {
			return false
		}
	}
	return true
}
