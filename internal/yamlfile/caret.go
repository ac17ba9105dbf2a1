package yamlfile

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// sourceWidth is how much of a long line Caret shows.
const sourceWidth = 100

// Caret renders the source line of a place with a caret under its column:
//
//	12 | exposure: intrenet
//	   |           ^
//
// It is "" where the source is not known. Control characters are shown as
// question marks and tabs as one space, so that text from a repository cannot
// steer a terminal.
func Caret(p fault.Place) string {
	if p.Source == "" || p.Line == 0 {
		return ""
	}
	column := max(0, min(p.Column-1, len(p.Source)))
	head, tail := []rune(p.Source[:column]), []rune(p.Source[column:])
	lead := ""
	if cut := len(head) - sourceWidth/2; cut > 0 && len(head)+len(tail) > sourceWidth {
		head, lead = head[cut:], "…"
	}
	if room := sourceWidth - len(head); len(tail) > room {
		tail = append(tail[:room:room], '…')
	}
	number := fmt.Sprintf("%4d", p.Line)
	line := number + " | " + lead + visible(head) + visible(tail)
	if p.Column == 0 {
		return line + "\n"
	}
	indent := strings.Repeat(" ", len([]rune(lead))+len(head))
	return line + "\n" + strings.Repeat(" ", len(number)) + " | " + indent + "^\n"
}

func visible(runes []rune) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t':
			return ' '
		case r == '…':
			return r
		case !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, string(runes))
}
