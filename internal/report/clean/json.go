package clean

import (
	"fmt"
	"unicode/utf16"
	"unicode/utf8"
)

// JSON rewrites a JSON text so that it can stand in a terminal or a log: what is
// not printable, and the second # of a pair, become escapes of the same meaning.
// Both stand in strings alone, so the value does not change.
func JSON(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		r, size := rune(text[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[i:])
		}
		switch {
		case r == '#' && i > 0 && text[i-1] == '#', r >= 0x7F && hidden(r):
			out = escape(out, r)
		default:
			out = append(out, text[i:i+size]...)
		}
		i += size
	}
	return out
}

func escape(out []byte, r rune) []byte {
	if r1, r2 := utf16.EncodeRune(r); r1 != utf8.RuneError {
		return fmt.Appendf(out, `\u%04x\u%04x`, r1, r2)
	}
	return fmt.Appendf(out, `\u%04x`, r)
}
