package official

import (
	"bytes"
	"encoding/binary"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// encoding is how the bytes of a file stand for characters.
type encoding string

const (
	utf8Text    encoding = "UTF-8"
	utf16Little encoding = "UTF-16 (little-endian)"
	utf16Big    encoding = "UTF-16 (big-endian)"
	windows1252 encoding = "Windows-1252"
)

// encodingOf finds out the encoding: by the byte order mark, by where the zero
// bytes stand, by whether it can be UTF-8. What is none of these can only be a
// one-byte code, and the one that spreadsheets write is Windows-1252.
func encodingOf(data []byte) encoding {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
		return utf16Little
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		return utf16Big
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return utf8Text
	}
	var zeros [2]int
	head := data[:min(len(data), 4096)]
	for i, b := range head {
		if b == 0 {
			zeros[i%2]++
		}
	}
	switch half := len(head) / 4; {
	case zeros[1] > half && zeros[0] == 0:
		return utf16Little
	case zeros[0] > half && zeros[1] == 0:
		return utf16Big
	case utf8.Valid(data):
		return utf8Text
	}
	return windows1252
}

// decode is the file as UTF-8 with plain line ends and without a byte order
// mark. Only a table may be in Windows-1252: JSON and YAML are Unicode by
// definition (RFC 8259 section 8.1, YAML 1.2 section 5.2).
func decode(path string, data []byte, table bool) (string, encoding, *fault.Error) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return "", "", fault.At(fault.NotThere, fault.Place{Path: path}, "export it as CSV", "this is a packed file, a workbook for instance")
	}
	enc := encodingOf(data)
	var text string
	switch enc {
	case utf16Little, utf16Big:
		var bad *fault.Error
		if text, bad = decodeUTF16(path, data, enc); bad != nil {
			return "", enc, bad
		}
	case windows1252:
		if !table {
			return "", enc, badByte(path, data)
		}
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if at := bytes.IndexRune(decoded, utf8.RuneError); err != nil || at >= 0 {
			return "", enc, badByte(path, data)
		}
		text = string(decoded)
	default:
		text = string(data)
	}
	text = strings.TrimPrefix(text, "\ufeff")
	if at := strings.IndexByte(text, 0); at >= 0 {
		return "", enc, fault.At(fault.Config, placeAt(path, text, at), "this is no text: export it as CSV, JSON or YAML", "a zero byte")
	}
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"), enc, nil
}

func decodeUTF16(path string, data []byte, enc encoding) (string, *fault.Error) {
	if len(data)%2 != 0 {
		return "", fault.At(fault.Config, fault.Place{Path: path}, "export it again, as UTF-8", "the file is %s, but ends in the middle of a character", enc)
	}
	order := binary.ByteOrder(binary.LittleEndian)
	if enc == utf16Big {
		order = binary.BigEndian
	}
	units := make([]uint16, len(data)/2)
	for i := range units {
		units[i] = order.Uint16(data[2*i:])
	}
	return string(utf16.Decode(units)), nil
}

// badByte points at the first byte that is no UTF-8.
func badByte(path string, data []byte) *fault.Error {
	at := 0
	for at < len(data) {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return fault.At(fault.Config, placeAt(path, string(data), at), "save the file as UTF-8", "the text is not UTF-8")
}

// longestSource bounds the line that a fault carries along.
const longestSource = 500

// placeAt is the place of a byte of a text.
func placeAt(path, text string, at int) fault.Place {
	at = min(at, len(text))
	start := strings.LastIndexByte(text[:at], '\n') + 1
	p := fault.Place{Path: path, Line: 1 + strings.Count(text[:at], "\n"), Column: at - start + 1}
	line := text[start:min(len(text), start+longestSource+2)]
	if end := strings.IndexByte(line, '\n'); end >= 0 {
		line = line[:end]
	}
	if len(line) <= longestSource && utf8.ValidString(line) {
		p.Source = line
	}
	return p
}

// clean is a text of the file as it is kept: without control characters, which
// no requirement needs and a terminal would obey, and without space around it.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || unicode.IsPrint(r) || unicode.IsSpace(r) {
			return r
		}
		return -1
	}, s)
	return strings.TrimSpace(s)
}

// line is a text on one line.
func line(s string) string { return strings.Join(strings.Fields(clean(s)), " ") }

// unfold joins the lines of a paragraph that was folded to fit a page. Empty
// lines and list items still begin anew.
func unfold(s string) string {
	var out []string
	open := false
	for l := range strings.SplitSeq(clean(s), "\n") {
		l = strings.TrimSpace(l)
		item := strings.HasPrefix(l, "- ") || strings.HasPrefix(l, "* ")
		if l == "" || item || !open {
			out = append(out, l)
		} else {
			out[len(out)-1] += " " + l
		}
		open = l != ""
	}
	return strings.Join(out, "\n")
}
