package sarif

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/docfile"
)

// message is what the result says, in one line; what its rule says where the
// result says nothing.
func (r *run) message(d *draft, rule *wireRule) string {
	text := r.text(d.message, rule)
	if text == "" && rule != nil {
		text = cmp.Or(rule.ShortDescription.Text, rule.FullDescription.Text, rule.Name, rule.ID)
	}
	text = plain(text)
	if text == "" {
		text = "the tool does not say what is wrong"
	}
	if d.logical != "" && d.artifact.URI == "" && d.artifact.Index == nil {
		text += " (in " + d.logical + ")"
	}
	return text
}

// text looks up and fills in a message (section 3.11.7: its own text, else the
// one of that id among the rule's messages, else among the tool's).
func (r *run) text(m wireMessage, rule *wireRule) string {
	found := m
	if m.Text == "" && m.Markdown == "" && m.ID != "" {
		ok := false
		if rule != nil {
			found, ok = rule.Messages[m.ID]
		}
		for _, c := range r.components() {
			if !ok {
				found, ok = c.GlobalMessages[m.ID]
			}
		}
	}
	return fill(cmp.Or(found.Text, found.Markdown), m.Arguments)
}

// fill replaces the placeholders {0}, {1} … by arguments, and doubled braces by
// single ones (section 3.11.5). A text without arguments is left alone: many
// tools quote code with braces in it.
func fill(text string, args []string) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch rest := text[i:]; {
		case strings.HasPrefix(rest, "{{"), strings.HasPrefix(rest, "}}"):
			out.WriteByte(text[i])
			i++
		case text[i] == '{':
			number, _, ok := strings.Cut(rest[1:min(len(rest), 8)], "}")
			n, err := strconv.Atoi(number)
			if !ok || err != nil || n < 0 || n >= len(args) || out.Len() > maxMessage {
				out.WriteByte('{')
				continue
			}
			out.WriteString(args[n])
			i += len(number) + 1
		default:
			out.WriteByte(text[i])
		}
	}
	return out.String()
}

// maxMessage bounds what placeholders may grow a message to, in bytes.
const maxMessage = 64 << 10

// link is an embedded link (section 3.11.6): text in brackets, then the number
// of a related location or an address.
var link = regexp.MustCompile(`\[([^\[\]]+)\]\((?:\d+|[a-z]+://[^()\s]*)\)`)

// plain is a message as one line of text without links.
func plain(text string) string {
	const long = 500
	return docfile.OneLine(link.ReplaceAllString(cut(text, maxMessage), "$1"), long)
}
