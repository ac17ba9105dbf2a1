package unwrap

import (
	"bufio"
	"io"
	"strings"
)

// Untagged reads XML and gives its text alone, a line a paragraph: an office
// program breaks a word into as many elements as it likes.
func Untagged(r io.Reader) io.Reader { return &untagged{r: bufio.NewReader(r)} }

type untagged struct {
	r   *bufio.Reader
	tag []byte // the beginning of the tag that is being read
	in  bool
}

// maxTag is how much of a tag is kept to see what it is.
const maxTag = 32

func (u *untagged) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		c, err := u.r.ReadByte()
		if err != nil {
			if n > 0 {
				err = nil
			}
			return n, err
		}
		if c, ok := u.next(c); ok {
			p[n] = c
			n++
		}
	}
	return n, nil
}

// next is what c adds to the text.
func (u *untagged) next(c byte) (byte, bool) {
	switch {
	case c == '<':
		u.in, u.tag = true, u.tag[:0]
		return 0, false
	case u.in && c == '>':
		u.in = false
		return '\n', endsLine(string(u.tag))
	case u.in:
		if len(u.tag) < maxTag {
			u.tag = append(u.tag, c)
		}
		return 0, false
	case c == '&':
		return u.entity(), true
	}
	return c, true
}

// entity is the character that is written behind an ampersand.
func (u *untagged) entity() byte {
	head, _ := u.r.Peek(len("quot;"))
	for name, c := range map[string]byte{"amp;": '&', "lt;": '<', "gt;": '>', "quot;": '"', "apos;": '\''} {
		if strings.HasPrefix(string(head), name) {
			_, _ = u.r.Discard(len(name))
			return c
		}
	}
	return '&'
}

// endsLine says whether a paragraph, a cell or a break ends with the tag.
func endsLine(tag string) bool {
	name, closes := strings.CutPrefix(tag, "/")
	if !closes {
		name, closes = strings.CutSuffix(tag, "/")
	}
	if _, local, ok := strings.Cut(name, ":"); ok {
		name = local
	}
	switch strings.TrimSpace(name) {
	case "p", "h", "si", "row", "tr", "br", "line-break", "c", "v":
		return closes
	}
	return false
}
