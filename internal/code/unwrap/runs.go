package unwrap

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"unicode/utf8"
)

const (
	// MinRun is the fewest bytes of encoded text that are looked into.
	MinRun = 24
	// probe is how many bytes of base64 are decoded to see whether it is worth it.
	probe = 16
	// fullLine is the least length of a line of base64 that goes on in the next.
	fullLine = 40
	// minDecoded is the shortest decoded text that may hold a credential.
	minDecoded = 12
)

// Run is a part of a text that says something in an encoding.
type Run struct {
	Start, End int    // in the text
	Encoding   string // "base64", "hex", "percent-encoding", "escapes"
	Data       []byte // what it says
	Kind       Kind   // where that is a container
}

// The classes of bytes, one bit each.
const (
	letter   = 1 << iota // of base64, of both kinds
	standard             // + and /
	urlSafe              // - and _
	hexDigit
)

var classes = func() (table [256]uint8) {
	for c := range table {
		switch c := byte(c); {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F':
			table[c] = letter | hexDigit
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			table[c] = letter
		case c == '+' || c == '/':
			table[c] = standard
		case c == '-' || c == '_':
			table[c] = urlSafe
		}
	}
	return table
}()

// Encoded calls fn with each of runs, which are all of a stretch of text, that
// decodes to a text or a container.
func (w *Walk) Encoded(text []byte, runs []Span, fn func(Run)) {
	behind := 0 // the last run decoded, which may have taken lines of its own from runs
	for _, s := range runs {
		if s.Start < behind {
			continue
		}
		if r, ok := w.decodeRun(text, s.Start, s.End); ok {
			fn(r)
			behind = r.End
		}
	}
}

// searchRuns adds the runs of base64 or hex that begin in text[from:to] as
// something readable. Text that merely consists of such letters costs a look at
// every third byte or so.
func (p *Places) searchRuns(text []byte, from, to int) {
	i := from
	if i > 0 && i < to && classes[text[i-1]] != 0 { // a run that began before is not ours
		i = runEnd(text, i)
	}
	for i < to && i+MinRun <= len(text) {
		// Most words end at a byte that comes before all letters of base64.
		if n := lastLow(text[i+16:]); n >= 0 {
			i += 16 + n + 1
			continue
		}
		if n := lastLow(text[i+8:]); n >= 0 {
			i += 8 + n + 1
			continue
		}
		j := i + MinRun - 1
		for j >= i && classes[text[j]] != 0 {
			j--
		}
		if j >= i {
			i = j + 1
			continue
		}
		end := runEnd(text, i+MinRun)
		if opens(text, i, end) {
			p.Runs = append(p.Runs, Span{i, end})
		}
		i = end + 1
	}
}

// lastLow is the place of the last of the first eight bytes of text that comes
// before all letters of base64, all eight looked at at once; negative for none.
func lastLow(text []byte) int {
	const ones, before = ^uint64(0) / 255, '*'
	v := binary.LittleEndian.Uint64(text)
	return 7 - bits.LeadingZeros64((v-before*ones)&^v&(ones<<7))/8
}

// opens says whether text[start:end], which is a run, begins as something
// readable. It looks at nothing else but the byte before.
func opens(text []byte, start, end int) bool {
	if !mayDecode(text[start:end]) && !(start > 0 && text[start-1] == '\\') {
		return false
	}
	start = begin(text, start, end)
	if end-start < MinRun {
		return false
	}
	if isHexRun(text[start:end]) {
		if _, ok := hexOpens(text[start:end]); ok {
			return true
		}
	}
	_, ok := base64Opens(text[start:end])
	return ok
}

func runEnd(text []byte, at int) int {
	for at < len(text) && classes[text[at]] != 0 {
		at++
	}
	return at
}

// values are those of the letters of base64, of both kinds.
var values = func() (table [256]uint8) {
	for i, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		table[c] = uint8(i)
	}
	table['-'], table['_'] = 62, 63
	return table
}()

// mayDecode says of most runs, for little, that they are words and no encoded
// text: by the first three bytes that they would decode to.
func mayDecode(run []byte) bool {
	if isHexRun(run[:8]) || run[0] == '0' && run[1]|0x20 == 'x' {
		return true
	}
	four := uint32(values[run[0]])<<18 | uint32(values[run[1]])<<12 | uint32(values[run[2]])<<6 | uint32(values[run[3]])
	a, b, c := byte(four>>16), byte(four>>8), byte(four)
	switch {
	case isPlain(a):
		return isPlain(b) && (isPlain(c) || c >= utf8.RuneSelf) || b == 0 && isPlain(c) || b >= 0xc2 && c >= utf8.RuneSelf || a == 'x' || a == 'P' && b == 'K'
	case a >= 0xc2:
		return b >= utf8.RuneSelf
	}
	return a == 0x1f
}

// isPlain says whether c may stand in a text in ASCII.
func isPlain(c byte) bool { return c >= ' ' && c < 0x7f || c == '\n' || c == '\t' || c == '\r' }

// begin is where the run begins behind an escape or a prefix that only looks like a part of it.
func begin(text []byte, start, end int) int {
	if start > 0 && text[start-1] == '\\' && bytes.IndexByte([]byte("nrt"), text[start]) >= 0 {
		start++
	}
	if text[start] == '0' && start+1 < end && (text[start+1] == 'x' || text[start+1] == 'X') {
		start += 2
	}
	return start
}

// decodeRun decodes what begins with text[start:end].
func (w *Walk) decodeRun(text []byte, start, end int) (Run, bool) {
	start = begin(text, start, end)
	if end-start < MinRun {
		return Run{}, false
	}
	if isHexRun(text[start:end]) {
		if r, ok := w.decodeHex(text, start, end); ok {
			return r, true
		}
	}
	return w.decodeBase64(text, start, end)
}

func isHexRun(b []byte) bool {
	if len(b)%2 != 0 || classes[b[0]]&hexDigit == 0 {
		return false
	}
	for _, c := range b {
		if classes[c]&hexDigit == 0 {
			return false
		}
	}
	return true
}

func hexOpens(run []byte) (Kind, bool) {
	var head [probe]byte
	size := len(run) / 2
	n, err := hex.Decode(head[:], run[:2*min(size, probe)])
	kind, ok := promising(head[:n])
	return kind, err == nil && ok && size >= minDecoded
}

func (w *Walk) decodeHex(text []byte, start, end int) (Run, bool) {
	kind, ok := hexOpens(text[start:end])
	size := (end - start) / 2
	if !ok || !w.decode(size) {
		return Run{}, false
	}
	data := make([]byte, size)
	if _, err := hex.Decode(data, text[start:end]); err != nil {
		return Run{}, false
	}
	w.Decoded++
	return Run{start, end, "hex", data, kind}, true
}

func base64Opens(run []byte) (Kind, bool) {
	var head [probe]byte
	n, err := alphabet(run[:probe]).Decode(head[:], run[:probe])
	kind, ok := promising(head[:n])
	return kind, err == nil && ok
}

// alphabet is the kind of base64 that the letters are of.
func alphabet(letters []byte) *base64.Encoding {
	for _, c := range letters {
		if classes[c] == urlSafe {
			return base64.RawURLEncoding
		}
	}
	return base64.RawStdEncoding
}

func (w *Walk) decodeBase64(text []byte, start, end int) (Run, bool) {
	kind, ok := base64Opens(text[start:end])
	if !ok {
		return Run{}, false
	}
	compact, end := gather(text, start, end)
	seen := uint8(0)
	for _, c := range compact {
		seen |= classes[c]
	}
	encoding := base64.RawStdEncoding
	switch seen & (standard | urlSafe) {
	case standard | urlSafe:
		return Run{}, false
	case urlSafe:
		encoding = base64.RawURLEncoding
	}
	if len(compact)%4 == 1 {
		compact = compact[:len(compact)-1]
	}
	size := encoding.DecodedLen(len(compact))
	if size < minDecoded || !w.decode(size) {
		return Run{}, false
	}
	data := make([]byte, size)
	n, err := encoding.Decode(data, compact)
	if err != nil {
		return Run{}, false
	}
	w.Decoded++
	return Run{start, end, "base64", data[:n], kind}, true
}

// gather joins the lines of base64 that begin with text[start:end], and tells
// where the last of them ends. Lines belong together where all but the last have
// the same length.
func gather(text []byte, start, end int) ([]byte, int) {
	compact, length := text[start:end:end], end-start
	for length >= fullLine {
		next := nextLine(text, end)
		if next < 0 {
			break
		}
		stop := runEnd(text, next)
		if stop == next || stop-next > length {
			break
		}
		compact, end = append(compact, text[next:stop]...), stop
		if stop-next < length {
			break
		}
	}
	for n := 0; n < 2 && end < len(text) && text[end] == '='; n++ {
		end++
	}
	return compact, end
}

// nextLine is where the next line begins behind its indentation, if nothing but
// the end of a line, or the escape for one, stands at.
func nextLine(text []byte, at int) int {
	switch rest := text[at:min(at+4, len(text))]; {
	case bytes.HasPrefix(rest, []byte("\r\n")), bytes.HasPrefix(rest, []byte(`\n`)):
		at += 2
	case bytes.HasPrefix(rest, []byte("\n")):
		at++
	case bytes.HasPrefix(rest, []byte(`\r\n`)):
		at += 4
	default:
		return -1
	}
	for n := 0; n < 60 && at < len(text) && (text[at] == ' ' || text[at] == '\t'); n++ {
		at++
	}
	return at
}

// promising says whether what begins with head is a container or a text.
func promising(head []byte) (Kind, bool) {
	switch kind := Sniff(head); {
	case kind.Opens():
		return kind, true
	case isZlib(head):
		return Zlib, true
	}
	return None, isText(head) || isUTF16(head)
}

// isText says whether head begins a text in UTF-8 without control characters.
func isText(head []byte) bool {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	for i := 0; i < len(head); {
		c := head[i]
		if c < utf8.RuneSelf && !isPlain(c) {
			return false
		}
		if c < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(head[i:])
		if r == utf8.RuneError {
			return i > 0 && !utf8.FullRune(head[i:])
		}
		i += size
	}
	return len(head) > 0
}

// isUTF16 says whether head is ASCII text in UTF-16, little endian, as
// PowerShell takes its commands.
func isUTF16(head []byte) bool {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) {
		return true
	}
	for i := 0; i+1 < len(head); i += 2 {
		if head[i+1] != 0 || !isPlain(head[i]) {
			return false
		}
	}
	return len(head) >= 2
}

// Text is the data of r as text: with a byte order mark where it is UTF-16 without one.
func (r Run) Text() []byte {
	if r.Kind == None && isUTF16(r.Data[:min(len(r.Data), probe)]) && r.Data[0] != 0xff {
		return append([]byte("\xff\xfe"), r.Data...)
	}
	return r.Data
}
