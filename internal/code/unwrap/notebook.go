package unwrap

import (
	"bytes"
	"encoding/json"
	"sort"
)

// Joined is a text put together from parts of another.
type Joined struct {
	Text  []byte
	marks []mark
}

// mark says that Text[text:] comes from the JSON string at origin.
type mark struct{ text, origin int }

// Origin is where in the outer text the byte at stands.
func (j *Joined) Origin(outer []byte, at int) int {
	i := sort.Search(len(j.marks), func(i int) bool { return j.marks[i].text > at }) - 1
	if i < 0 {
		return 0
	}
	pos := j.marks[i].origin + 1
	for n := at - j.marks[i].text; n > 0 && pos < len(outer) && outer[pos] != '"'; n-- {
		pos += escapeLength(outer[pos:])
	}
	return min(pos, len(outer))
}

// escapeLength is how many bytes of a JSON string make the next byte of its
// value, near enough: escapes beyond ASCII make several.
func escapeLength(b []byte) int {
	switch {
	case b[0] != '\\' || len(b) == 1:
		return 1
	case b[1] == 'u':
		return 6
	}
	return 2
}

// maxNested is how deep values of a notebook may lie in one another.
const maxNested = 40

// Notebook joins the sources and the outputs of the cells of a Jupyter notebook;
// nil where text is none.
func (w *Walk) Notebook(text []byte) *Joined {
	if trimmed := bytes.TrimLeft(text[:min(len(text), 64)], " \t\r\n"); len(trimmed) == 0 || trimmed[0] != '{' {
		return nil
	}
	if !bytes.Contains(text, []byte(`"nbformat"`)) || !bytes.Contains(text, []byte(`"cell_type"`)) {
		return nil
	}
	n := &notebook{text: text, d: json.NewDecoder(bytes.NewReader(text))}
	n.value("", 0) // of a broken notebook what comes before; its bytes are scanned anyway
	if len(n.Text) == 0 || !w.decode(len(n.Text)) {
		return nil
	}
	w.Opened++
	w.Texts++
	return &n.Joined
}

type notebook struct {
	Joined
	text []byte
	d    *json.Decoder
}

// value reads one value, which stands under key; it is false where the text ends or is wrong.
func (n *notebook) value(key string, depth int) bool {
	before := int(n.d.InputOffset())
	token, err := n.d.Token()
	if err != nil || depth > maxNested {
		return false
	}
	switch token := token.(type) {
	case json.Delim:
		return n.members(key, token, depth)
	case string:
		if isCellText(key) {
			n.take(token, before)
		}
	}
	return true
}

// members reads what an object or a list holds.
func (n *notebook) members(key string, opened json.Delim, depth int) bool {
	for n.d.More() {
		if opened == '{' {
			token, err := n.d.Token()
			if err != nil {
				return false
			}
			key, _ = token.(string)
		}
		if !n.value(key, depth+1) {
			return false
		}
		if opened == '{' && isCellText(key) {
			n.Text = append(n.Text, '\n')
		}
	}
	_, err := n.d.Token()
	return err == nil
}

// take adds the string whose token ends the input before the decoder's place.
func (n *notebook) take(value string, before int) {
	origin := before + bytes.IndexByte(n.text[before:], '"')
	n.marks = append(n.marks, mark{len(n.Text), origin})
	n.Text = append(n.Text, value...)
}

func isCellText(key string) bool {
	switch key {
	case "source", "text", "text/plain", "text/html", "traceback", "evalue":
		return true
	}
	return false
}
