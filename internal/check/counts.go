package check

import "bytes"

// plainCounts reads an item that has counts and nothing else, as json writes it,
// which is what most files come to: ten thousand of them are read in a run that
// finds one file changed. It is not ok where anything is out of the ordinary, and
// json has the word.
func plainCounts(data []byte) (counts map[string]int64, ok bool) {
	rest, ok := bytes.CutPrefix(data, []byte(`{"counts":{"`))
	if !ok {
		return nil, false
	}
	counts = make(map[string]int64, 2)
	for {
		key := plainText(rest)
		if rest, ok = bytes.CutPrefix(rest[key:], []byte(`":`)); !ok {
			return nil, false
		}
		name := data[len(data)-len(rest)-2-key : len(data)-len(rest)-2]
		n, digits := plainNumber(rest)
		if digits == 0 {
			return nil, false
		}
		counts[string(name)] = n
		rest = rest[digits:]
		if string(rest) == "}}" {
			return counts, true
		}
		if rest, ok = bytes.CutPrefix(rest, []byte(`,"`)); !ok {
			return nil, false
		}
	}
}

// plainText is how many bytes of a string stand for themselves.
func plainText(text []byte) int {
	for i, c := range text {
		if c < ' ' || c > '~' || c == '"' || c == '\\' {
			return i
		}
	}
	return len(text)
}

// plainNumber reads a whole number that is not negative; of no digits where it is
// another one.
func plainNumber(text []byte) (n int64, digits int) {
	for digits < len(text) && text[digits] >= '0' && text[digits] <= '9' {
		n = n*10 + int64(text[digits]-'0')
		digits++
	}
	if digits > 18 || digits > 1 && text[0] == '0' {
		return 0, 0
	}
	return n, digits
}
