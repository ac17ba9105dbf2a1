package secretscan

import (
	"bytes"
	_ "embed"
)

// bigrams is how surprising each letter is behind each other in words, in thirds
// of a bit from 'A' on: a line for each first letter. See genbigrams.
//
//go:embed bigrams.txt
var bigrams string

const (
	bigramLine = 27 // letters and a line feed
	// digitBits is how surprising a digit is among others, and kindBits one kind
	// of byte behind another kind.
	digitBits = 10 // thirds of a bit
	kindBits  = 18
)

// surprise is how many bits it takes to guess b for somebody who knows words: few
// for each byte of names and phrases, many in what chance made. What parts words
// in names, signs and capitals behind small letters, is no surprise.
func surprise(b []byte) (bits, steps int) {
	for i := 1; i < len(b); i++ {
		before, after := kindOf(b[i-1]), kindOf(b[i])
		switch {
		case before == 3 || after == 3:
			continue
		case before < 2 && after < 2:
			if before == 0 && after == 1 {
				bits += digitBits
			} else {
				bits += int(bigrams[int(b[i-1]|0x20-'a')*bigramLine+int(b[i]|0x20-'a')] - 'A')
			}
		case before == 2 && after == 2:
			bits += digitBits
		default:
			bits += kindBits
		}
		steps++
	}
	return bits / 3, steps
}

// isRandom says whether b looks as if chance had made it.
func isRandom(b []byte) bool {
	if len(b) < 24 && countsUp(b) {
		return false
	}
	if isHexText(b) {
		return true
	}
	bits, steps := surprise(b)
	need, each := 40, 47
	switch digits := countDigits(b); {
	case digits >= 4:
		each = 44
	case digits == 0:
		need = 70 // two words that rarely meet are no secret
		if bytes.ContainsAny(b, "_-.") {
			each = 55 // nor are several
		}
	}
	return bits >= need && 10*bits >= each*steps
}

func countDigits(b []byte) int {
	n := 0
	for _, c := range b {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

// countsUp says whether b has the first digits or letters in their order.
func countsUp(b []byte) bool {
	var buf [24]byte
	low := appendLower(buf[:0], b)
	return bytes.Contains(low, []byte("12345")) || bytes.Contains(low, []byte("abcde"))
}

// isHexText says whether b is digits of a number to the base of sixteen, of both
// kinds, with or without dashes.
func isHexText(b []byte) bool {
	var digits, letters int
	var seen [256]bool
	kinds := 0
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case isHex(c):
			letters++
		case c != '-':
			return false
		}
		if !seen[c] {
			seen[c] = true
			kinds++
		}
	}
	return digits > 0 && letters > 0 && digits+letters >= 10 && kinds >= 6
}
