package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// isBidi takes the controls that open and close a change of direction (Unicode
// Annex 9, sections 2.1 to 2.5), not the marks, which move nothing by themselves.
func isBidi(r rune) bool { return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 }

// isInvisible takes what has no width and no ink, blanks left aside.
func isInvisible(r rune) bool {
	switch {
	case r < 0xAD:
		return false
	case r >= 0x200B && r <= 0x200F, r >= 0x2060 && r <= 0x2065, r >= 0x206A && r <= 0x206F:
		return true
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE0FFF:
		return true
	}
	switch r {
	case 0xAD, 0x034F, 0x061C, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x3164, 0xFEFF, 0xFFA0:
		return true
	}
	return false
}

// isFiller takes the Hangul fillers: letters, says Unicode, so they may stand in
// a name, and nobody sees them.
func isFiller(r rune) bool { return r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0 }

func isSelector(r rune) bool { return r >= 0xFE00 && r <= 0xFE0F || r >= 0xE0100 && r <= 0xE01EF }

func isTag(r rune) bool { return r >= 0xE0000 && r <= 0xE007F }

// joins says whether a joiner or mark beside r has a use: in scripts whose
// letters join or stack, and among emoji.
func joins(r rune) bool {
	return isEmoji(r) || isSelector(r) || unicode.In(r, unicode.Arabic, unicode.Hebrew, unicode.Syriac, unicode.Thaana, unicode.Nko,
		unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati, unicode.Oriya,
		unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Thai, unicode.Lao,
		unicode.Tibetan, unicode.Myanmar, unicode.Khmer, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// isEmoji is coarse: the blocks in which pictures stand.
func isEmoji(r rune) bool {
	return r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2190 && r <= 0x2BFF || r == 0x3030 || r == 0x303D || r == 0x3297 || r == 0x3299 ||
		r == 0xA9 || r == 0xAE || r == 0x203C || r == 0x2049 || r == 0x2122 || r == 0x2139 || r == 0x20E3
}

// names of the characters that messages speak of.
var names = map[rune]string{
	0x00AD: "soft hyphen", 0x034F: "combining grapheme joiner", 0x061C: "Arabic letter mark",
	0x115F: "Hangul choseong filler", 0x1160: "Hangul jungseong filler", 0x180E: "Mongolian vowel separator",
	0x200B: "zero width space", 0x200C: "zero width non-joiner", 0x200D: "zero width joiner",
	0x200E: "left-to-right mark", 0x200F: "right-to-left mark",
	0x202A: "left-to-right embedding", 0x202B: "right-to-left embedding", 0x202C: "pop directional formatting",
	0x202D: "left-to-right override", 0x202E: "right-to-left override",
	0x2060: "word joiner", 0x2066: "left-to-right isolate", 0x2067: "right-to-left isolate",
	0x2068: "first strong isolate", 0x2069: "pop directional isolate",
	0x3164: "Hangul filler", 0xFEFF: "byte order mark", 0xFFA0: "halfwidth Hangul filler",
}

// Name is "U+202E (right-to-left override)".
func Name(r rune) string {
	if name, ok := names[r]; ok {
		return fmt.Sprintf("U+%04X (%s)", r, name)
	}
	switch {
	case isTag(r):
		return fmt.Sprintf("U+%04X (tag character)", r)
	case isSelector(r):
		return fmt.Sprintf("U+%04X (variation selector)", r)
	}
	return fmt.Sprintf("U+%04X", r)
}

// Visible shows the line with what is not seen, or moves what is, as <U+202E>.
func Visible(line []byte) string {
	var b strings.Builder
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		switch {
		case isBidi(r) || isInvisible(r):
			fmt.Fprintf(&b, "<U+%04X>", r)
		case r == utf8.RuneError && size == 1:
			b.WriteRune('�')
		default:
			b.WriteRune(r)
		}
		line = line[size:]
	}
	return b.String()
}
