package text

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// lookalikes are letters of other scripts that most fonts draw like a Latin
// one. It holds what can be told apart by nobody, not what is merely similar.
var lookalikes = map[rune]byte{
	// Cyrillic
	'а': 'a', 'е': 'e', 'о': 'o', 'р': 'p', 'с': 'c', 'у': 'y', 'х': 'x', 'ѕ': 's', 'і': 'i', 'ј': 'j',
	'ԁ': 'd', 'һ': 'h', 'ӏ': 'l', 'ԛ': 'q', 'ԝ': 'w', 'ү': 'y', 'ѵ': 'v', 'ո': 'n',
	'А': 'A', 'В': 'B', 'Е': 'E', 'К': 'K', 'М': 'M', 'Н': 'H', 'О': 'O', 'Р': 'P', 'С': 'C', 'Т': 'T',
	'Х': 'X', 'Ѕ': 'S', 'І': 'I', 'Ј': 'J', 'Ү': 'Y', 'Ԛ': 'Q', 'Ԝ': 'W', 'Ԍ': 'G', 'Ӏ': 'I', 'Ѵ': 'V',
	// Greek
	'ο': 'o', 'ν': 'v', 'ϳ': 'j', 'ι': 'i', 'α': 'a', 'ρ': 'p', 'υ': 'u',
	'Α': 'A', 'Β': 'B', 'Ε': 'E', 'Ζ': 'Z', 'Η': 'H', 'Ι': 'I', 'Κ': 'K', 'Μ': 'M', 'Ν': 'N', 'Ο': 'O',
	'Ρ': 'P', 'Τ': 'T', 'Υ': 'Y', 'Χ': 'X',
	// Armenian, Cherokee, Latin beyond ASCII
	'օ': 'o', 'ս': 'u', 'ց': 'g', 'հ': 'h', 'Ꭺ': 'A', 'Ꭲ': 'T', 'Ꭼ': 'E', 'Ꮃ': 'W', 'Ꮪ': 'S',
	'ɡ': 'g', 'ɑ': 'a', 'ı': 'i',
}

// isConfusable takes the lookalikes, and the styled letters that some languages
// read as the plain ones (Python normalises names by NFKC).
func isConfusable(r rune) bool {
	if r < 0x131 {
		return false
	}
	return lookalikes[r] != 0 || isStyled(r)
}

func isStyled(r rune) bool {
	return r >= 0xFF21 && r <= 0xFF3A || r >= 0xFF41 && r <= 0xFF5A || r >= 0x1D400 && r <= 0x1D7FF
}

// word is a name in code that is made of lookalikes, in whole or in part.
type word struct {
	start, end int
	plain      string // as it is read
	latin      int    // how many of its letters are ASCII
	cyrillic   bool
	styled     bool
}

// mostSuspects bounds the names of one file that are looked into.
const mostSuspects = 5000

// mixed finds names in code that look like ASCII and are not.
func mixed(data []byte, spans []span) []Hit {
	var suspects []word
	for _, sp := range spans {
		if len(suspects) > mostSuspects {
			break
		}
		if sp.context == code && NonASCII(data[sp.start:sp.end]) >= 0 {
			suspects = append(suspects, suspectWords(data, sp)...)
		}
	}
	if len(suspects) == 0 {
		return nil
	}
	known := plainWords(data, spans, suspects)
	var hits []Hit
	for _, w := range suspects {
		if h, found := w.judge(data, known); found {
			hits = append(hits, h)
		}
	}
	return hits
}

func (w word) judge(data []byte, known map[string]bool) (Hit, bool) {
	name := string(data[w.start:w.end])
	h := Hit{Kind: Mixed, Offset: w.start, Length: w.end - w.start, Key: name}
	switch {
	case known[w.plain]:
		h.Grade = Deceptive
		h.What = fmt.Sprintf("the name %s is not the %q that it looks like, and both stand in this file: %s", name, w.plain, spell(name))
	case w.latin >= 2 && w.cyrillic || w.styled:
		h.Grade = Suspicious
		h.What = fmt.Sprintf("the name %s looks like %q, with letters of another script in it: %s", name, w.plain, spell(name))
	default:
		return Hit{}, false
	}
	return h, true
}

// spell names the characters of a word that are not ASCII.
func spell(name string) string {
	var out []string
	for i, r := range []rune(name) {
		if r >= utf8.RuneSelf {
			out = append(out, fmt.Sprintf("U+%04X as letter %d", r, i+1))
		}
		if len(out) == 4 {
			break
		}
	}
	return strings.Join(out, ", ")
}

// suspectWords lists the words of three letters and more whose every non-ASCII
// letter is a lookalike. A word with any other foreign letter is a word of that
// language, and shows it.
func suspectWords(data []byte, sp span) []word {
	var out []word
	for at := sp.start; at < sp.end && len(out) <= mostSuspects; {
		n := NonASCII(data[at:sp.end])
		if n < 0 {
			break
		}
		start, end := around(data, sp, at+n)
		if w, ok := readWord(data, start, end); ok && !inRange(data, start, end) {
			out = append(out, w)
		}
		at = max(end, at+n+1)
	}
	return out
}

// around is the word in which offset at stands.
func around(data []byte, sp span, at int) (start, end int) {
	start, end = at, at
	for start > sp.start && isWordByte(data[start-1]) {
		start--
	}
	for end < sp.end {
		r, size := utf8.DecodeRune(data[end:sp.end])
		if !isWordRune(r) {
			break
		}
		end += size
	}
	return start, end
}

func isWordByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return isWordByte(byte(r))
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

func readWord(data []byte, start, end int) (word, bool) {
	w := word{start: start, end: end}
	var plain strings.Builder
	letters, foreign := 0, 0
	for at := start; at < end; {
		r, size := utf8.DecodeRune(data[at:end])
		at += size
		letters++
		switch like := lookalikes[r]; {
		case r < utf8.RuneSelf:
			plain.WriteRune(r)
			if unicode.IsLetter(r) {
				w.latin++
			}
		case like != 0:
			foreign++
			plain.WriteByte(like)
			w.cyrillic = w.cyrillic || unicode.Is(unicode.Cyrillic, r)
		case isStyled(r) && len(norm.NFKC.String(string(r))) == 1:
			foreign++
			plain.WriteString(norm.NFKC.String(string(r)))
			w.styled = true
		default:
			return w, false
		}
	}
	w.plain = plain.String()
	return w, letters >= 3 && foreign > 0
}

// inRange is true beside a hyphen or a bracket: a class of a regular expression
// that was not recognised, such as [a-zа-я].
func inRange(data []byte, start, end int) bool {
	before := start > 0 && (data[start-1] == '-' || data[start-1] == '[' || data[start-1] == '\\')
	after := end < len(data) && (data[end] == '-' || data[end] == ']')
	return before && after
}

// plainWords are those ASCII words of the file's code that a suspect looks like.
func plainWords(data []byte, spans []span, suspects []word) map[string]bool {
	wanted := map[string]bool{}
	for _, w := range suspects {
		wanted[w.plain] = true
	}
	known := map[string]bool{}
	for _, sp := range spans {
		for at := sp.start; sp.context == code && at < sp.end; {
			start := at
			for at < sp.end && isWordByte(data[at]) {
				at++
			}
			ends := at == sp.end || data[at] < utf8.RuneSelf
			begins := start == sp.start || data[start-1] < utf8.RuneSelf
			if at > start && begins && ends && wanted[string(data[start:at])] {
				known[string(data[start:at])] = true
			}
			at = max(at, start+1)
		}
	}
	return known
}
