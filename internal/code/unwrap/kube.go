package unwrap

import (
	"bytes"
	"encoding/base64"
)

// Pair is a value of a manifest and what it says.
type Pair struct {
	Start, End int    // of the value in the text
	Line       []byte // "key: what the value says"
}

// maxPair is the longest value that is taken for one; longer ones are found as runs.
const maxPair = 1 << 10

// Manifest calls fn with the data of Kubernetes secrets in YAML, which are
// base64 however short: a password of eight letters, which nothing but its key
// tells from a word. Only text[from:to] is looked at; marks are the places there
// that say that it is such a manifest.
func (w *Walk) Manifest(text []byte, from, to int, marks []Span, fn func(Pair)) {
	if len(marks) == 0 && (from == 0 && to == len(text) || !bytes.Contains(text, []byte(manifestMark))) {
		return
	}
	inData, indent := false, 0
	for start := from; start < to; {
		end := len(text)
		if n := bytes.IndexByte(text[start:], '\n'); n >= 0 {
			end = start + n
		}
		line := bytes.TrimRight(text[start:end], "\r \t")
		body := bytes.TrimLeft(line, " ")
		depth := len(line) - len(body)
		switch {
		case len(body) == 0 || body[0] == '#':
		case string(body) == "data:":
			inData, indent = true, depth
		case depth <= indent:
			inData = false
		case inData:
			w.pair(text, start+depth, start+len(line), fn)
		}
		start = end + 1
	}
}

// pair reads "key: value" in text[start:end].
func (w *Walk) pair(text []byte, start, end int, fn func(Pair)) {
	key, value, ok := bytes.Cut(text[start:end], []byte(": "))
	value = bytes.Trim(value, " \"'")
	if !ok || len(value) < 8 || len(value) > maxPair || len(value)%4 != 0 {
		return
	}
	said, err := base64.StdEncoding.DecodeString(string(value))
	said = bytes.TrimRight(said, "\r\n")
	if err != nil || !isText(said) || bytes.ContainsAny(said, "\n") || !w.decode(len(said)) {
		return
	}
	w.Decoded++
	begin := start + bytes.LastIndex(text[start:end], value)
	line := append(append(bytes.Clone(bytes.Trim(key, "\"'")), ": "...), said...)
	fn(Pair{begin, begin + len(value), append(line, '\n')})
}
