package screen

import (
	"strings"
	"unicode/utf8"
)

// sequences are what terminals send for keys that are no characters (ECMA-48,
// and what xterm, VT220 and the Linux console made of it).
var sequences = map[string]string{
	"\x1b[A": "up", "\x1b[B": "down", "\x1b[C": "right", "\x1b[D": "left", "\x1bOA": "up", "\x1bOB": "down", "\x1bOC": "right", "\x1bOD": "left",
	"\x1b[H": "home", "\x1b[F": "end", "\x1bOH": "home", "\x1bOF": "end", "\x1b[1~": "home", "\x1b[4~": "end", "\x1b[7~": "home", "\x1b[8~": "end",
	"\x1b[5~": "pgup", "\x1b[6~": "pgdn", "\x1b[3~": "delete", "\x1b[Z": "shift-tab",
}

// decode splits what was read into keys. Rest is the beginning of a sequence or
// a character that has not arrived in full.
func decode(in []byte) (keys []string, rest []byte) {
	for len(in) > 0 {
		key, n := next(in)
		if n == 0 {
			return keys, in
		}
		if key != "" {
			keys = append(keys, key)
		}
		in = in[n:]
	}
	return keys, nil
}

// next is the first key and its length; 0 where it is not complete.
func next(in []byte) (string, int) {
	switch c := in[0]; {
	case c == 0x1b:
		return escape(in)
	case c == '\r' || c == '\n':
		return "enter", 1
	case c == '\t':
		return "tab", 1
	case c == 0x7f || c == 8:
		return "backspace", 1
	case c == ' ':
		return "space", 1
	case c < ' ':
		return "ctrl-" + string(rune('a'+c-1)), 1
	}
	if !utf8.FullRune(in) {
		return "", 0
	}
	r, size := utf8.DecodeRune(in)
	if r == utf8.RuneError {
		return "", size
	}
	return string(r), size
}

func escape(in []byte) (string, int) {
	if len(in) == 1 {
		return "", 0
	}
	if in[1] != '[' && in[1] != 'O' {
		return "esc", 1
	}
	for n := 2; n < len(in) && n < 16; n++ {
		if in[n] >= 0x40 && in[n] <= 0x7e && !(in[n] == '[' && n == 2) {
			return sequences[string(in[:n+1])], n + 1 // "" for one that we do not know
		}
	}
	if len(in) >= 16 {
		return "", 16
	}
	return "", 0
}

// flushed is what rest means when nothing follows it.
func flushed(rest []byte) string {
	if strings.HasPrefix(string(rest), "\x1b") {
		return "esc"
	}
	return ""
}
