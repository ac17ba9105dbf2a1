package verify

import (
	"encoding/hex"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxName = 255 // bytes

// checkName wants a name that is written in one way only: what checkShown wants,
// and no character that stands for another one.
func checkName(what, s string) error {
	if err := checkShown(what, s); err != nil {
		return err
	}
	for _, r := range s {
		if unicode.Is(otherForms, r) {
			return refuse(UnsafeName, "%s %q: the character %U is another form of one that could be written plainly", what, cut(s), r)
		}
	}
	return nil
}

// checkShown refuses what could mislead a person: invisible and combining
// characters, those that turn the direction of writing, white space other than
// a space, and letters of Latin beside those that look like them. It is for
// names that others have given, of people and of files in a folder.
func checkShown(what, s string) error {
	if s == "" || len(s) > maxName || s != strings.TrimSpace(s) {
		return refuse(UnsafeName, "%s %q: expected 1 to %d bytes without white space around them", what, cut(s), maxName)
	}
	var latin, alike bool
	for _, r := range s {
		if r == utf8.RuneError || !unicode.IsPrint(r) || unicode.Is(unicode.M, r) || unicode.Is(unicode.Variation_Selector, r) || isFiller(r) {
			return refuse(UnsafeName, "%s %q: the character %U could mislead whoever reads it", what, cut(s), r)
		}
		latin = latin || unicode.Is(unicode.Latin, r)
		alike = alike || unicode.Is(unicode.Cyrillic, r) || unicode.Is(unicode.Greek, r) || unicode.Is(unicode.Cherokee, r) || unicode.Is(unicode.Armenian, r) || compatible(r)
	}
	if latin && alike {
		return refuse(UnsafeName, "%s %q: it mixes letters that look alike", what, cut(s))
	}
	return nil
}

// isFiller: letters by class, and nothing on screen.
func isFiller(r rune) bool { return r == 0x115F || r == 0x1160 || r == 0x3164 || r == 0xFFA0 }

// compatible: full-width and mathematical forms of plain letters.
func compatible(r rune) bool {
	return r >= 0xFF01 && r <= 0xFF5E || r >= 0x1D400 && r <= 0x1D7FF || r >= 0x2100 && r <= 0x214F
}

// checkVersion wants a version of plain characters.
func checkVersion(s string) error {
	if s == "" || len(s) > 128 {
		return refuse(UnsafeName, "the version %q: expected 1 to 128 characters", cut(s))
	}
	for _, r := range s {
		if !(r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune(".-+_~", r)) {
			return refuse(UnsafeName, "the version %q: the character %q may not be in it", cut(s), r)
		}
	}
	if s[0] == '.' || s[0] == '-' {
		return refuse(UnsafeName, "the version %q begins with %q", s, s[:1])
	}
	return nil
}

// checkPath wants a name that stays inside a folder.
func checkPath(what, s string) error {
	if err := checkName(what, s); err != nil {
		return err
	}
	if strings.HasPrefix(s, "/") || strings.Contains(s, `\`) || path.Clean(s) != s || s == "." || s == ".." || strings.HasPrefix(s, "../") {
		return refuse(UnsafeName, "%s %q: expected a plain relative path", what, cut(s))
	}
	return nil
}

// checkDigest wants "sha256:" and 64 lower-case hexadecimal digits.
func checkDigest(what, s string) error {
	digits, ok := strings.CutPrefix(s, "sha256:")
	if raw, err := hex.DecodeString(digits); !ok || err != nil || len(raw) != 32 || digits != strings.ToLower(digits) {
		return refuse(Malformed, "%s: %q is no SHA-256 digest", what, cut(s))
	}
	return nil
}

func cut(s string) string {
	if len(s) <= 60 {
		return s
	}
	return strings.ToValidUTF8(s[:60], "") + "…"
}
