package official

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// node is a value of a JSON or YAML document that knows where it stands. Its
// methods take nil for what is not there, so that a reader can ask for a value
// three levels down in one line.
type node struct {
	doc   *document
	at    int    // JSON: offset before the value
	where string // YAML: JSON pointer
	value any    // *object, []*node, string, bool or nil; numbers are text
}

type object struct {
	names   []string
	members map[string]*node
}

// document is what all nodes of a file share.
type document struct {
	path   string
	text   string         // JSON
	yaml   *yamlfile.File // YAML
	starts []int          // of the lines of text; filled when a place is first asked for
}

// place is worked out when a fault needs it, since that takes a walk through
// the text.
func (n *node) place() fault.Place {
	if n.doc.yaml != nil {
		return n.doc.yaml.Place(n.where)
	}
	at := n.at
	for at < len(n.doc.text) && strings.IndexByte(" \t\n\r,:", n.doc.text[at]) >= 0 {
		at++
	}
	return n.doc.placeOf(at)
}

// placeOf finds the line by halving, since a file may have as many faults as it
// has values.
func (d *document) placeOf(at int) fault.Place {
	if d.starts == nil {
		d.starts = []int{0}
		for i := range len(d.text) {
			if d.text[i] == '\n' {
				d.starts = append(d.starts, i+1)
			}
		}
	}
	number, exact := slices.BinarySearch(d.starts, at)
	if exact {
		number++
	}
	p := placeAt(d.path, d.text[d.starts[number-1]:], at-d.starts[number-1])
	p.Line = number
	return p
}

func (n *node) fault(hint, format string, args ...any) *fault.Error {
	return fault.At(fault.Config, n.place(), hint, format, args...)
}

// get walks down by names; nil where there is nothing.
func (n *node) get(names ...string) *node {
	for _, name := range names {
		if n == nil {
			return nil
		}
		o, ok := n.value.(*object)
		if !ok {
			return nil
		}
		n = o.members[name]
	}
	return n
}

func (n *node) keys() []string {
	if n == nil {
		return nil
	}
	if o, ok := n.value.(*object); ok {
		return slices.Clone(o.names)
	}
	return nil
}

func (n *node) list() []*node {
	if n == nil {
		return nil
	}
	l, _ := n.value.([]*node)
	return l
}

// text is a text or number under the names, cleaned; "" where there is none.
func (n *node) text(names ...string) string {
	n = n.get(names...)
	if n == nil {
		return ""
	}
	s, _ := n.value.(string)
	return clean(s)
}

func (n *node) isTrue() bool {
	if n == nil {
		return false
	}
	b, _ := n.value.(bool)
	return b
}

// looksLikeJSON tells JSON from YAML by its first character. YAML may begin so
// too; then JSON's reader says what it cannot read.
func looksLikeJSON(data []byte) bool {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	data = bytes.TrimLeft(data, " \t\r\n")
	return len(data) > 0 && (data[0] == '{' || data[0] == '[')
}

// parse reads a JSON or YAML file.
func parse(path string, data []byte) (*node, fault.List) {
	text, _, bad := decode(path, data, false)
	if bad != nil {
		return nil, fault.List{bad}
	}
	lower := strings.ToLower(path)
	isYAML := strings.HasSuffix(lower, ".yaml") || strings.HasSuffix(lower, ".yml")
	switch {
	case looksLikeJSON([]byte(text)):
		return parseJSON(path, text)
	case strings.HasPrefix(strings.TrimSpace(text), "<"):
		return nil, fault.List{fault.At(fault.NotThere, fault.Place{Path: path}, "import the JSON that is published beside it", "XML is not read")}
	case isYAML:
		return parseYAML(path, text)
	}
	return nil, fault.List{fault.At(fault.Config, fault.Place{Path: path}, "name it .json, .yaml or .csv by what it holds, or give --as csv for a table",
		"the file is neither JSON nor YAML")}
}

// parseYAML reads YAML as people write it: at most 1 MiB, without aliases.
func parseYAML(path, text string) (*node, fault.List) {
	f, faults := yamlfile.Parse(path, []byte(text))
	if len(faults) > 0 {
		return nil, faults
	}
	return (&document{path: path, yaml: f}).wrap(f.Value(), ""), nil
}

func (d *document) wrap(value any, where string) *node {
	n := &node{doc: d, where: where}
	switch v := value.(type) {
	case map[string]any:
		o := &object{members: make(map[string]*node, len(v))}
		for name := range v {
			o.names = append(o.names, name)
			o.members[name] = d.wrap(v[name], where+yamlfile.Pointer(name))
		}
		slices.Sort(o.names)
		n.value = o
	case []any:
		list := make([]*node, len(v))
		for i := range v {
			list[i] = d.wrap(v[i], where+yamlfile.Pointer(i))
		}
		n.value = list
	case string, bool, nil:
		n.value = v
	default: // a number
		raw, err := json.Marshal(v)
		if err == nil {
			n.value = string(raw)
		}
	}
	return n
}

// parseJSON reads JSON with the place of each value. Names that stand twice are
// refused: which of the two counts is anybody's guess.
func parseJSON(path, text string) (*node, fault.List) {
	p := &jsonParser{doc: &document{path: path, text: text}, dec: json.NewDecoder(strings.NewReader(text))}
	p.dec.UseNumber()
	top, bad := p.value(0)
	if bad == nil {
		if _, err := p.dec.Token(); !errors.Is(err, io.EOF) {
			bad = p.here("keep the first value alone", "something follows the end of the JSON value")
		}
	}
	if bad != nil {
		return nil, fault.List{bad}
	}
	return top, nil
}

type jsonParser struct {
	doc   *document
	dec   *json.Decoder
	nodes int
}

func (p *jsonParser) here(hint, format string, args ...any) *fault.Error {
	return (&node{doc: p.doc, at: int(p.dec.InputOffset())}).fault(hint, format, args...)
}

func (p *jsonParser) broken(err error) *fault.Error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fault.At(fault.Config, placeAt(p.doc.path, p.doc.text, len(p.doc.text)), "get the file again: it is not whole", "the JSON ends too early")
	}
	return p.here("get the file again, or correct it", "this is no JSON: %s", err)
}

func (p *jsonParser) value(depth int) (*node, *fault.Error) {
	n := &node{doc: p.doc, at: int(p.dec.InputOffset())}
	if p.nodes++; p.nodes > maxNodes {
		return nil, n.fault("import a smaller part of it", "the file holds more than %d values", maxNodes)
	}
	if depth > maxDepth {
		return nil, n.fault("", "values are nested too deeply; at most %d levels are read", maxDepth)
	}
	token, err := p.dec.Token()
	if err != nil {
		return nil, p.broken(err)
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return n, p.array(n, depth)
		}
		return n, p.object(n, depth)
	case json.Number:
		n.value = t.String()
	default:
		n.value = t
	}
	return n, nil
}

func (p *jsonParser) array(n *node, depth int) *fault.Error {
	list := []*node{}
	for p.dec.More() {
		item, bad := p.value(depth + 1)
		if bad != nil {
			return bad
		}
		list = append(list, item)
	}
	n.value = list
	return p.end()
}

func (p *jsonParser) object(n *node, depth int) *fault.Error {
	o := &object{members: map[string]*node{}}
	for p.dec.More() {
		at := &node{doc: p.doc, at: int(p.dec.InputOffset())}
		token, err := p.dec.Token()
		if err != nil {
			return p.broken(err)
		}
		name, _ := token.(string)
		if _, twice := o.members[name]; twice {
			return at.fault("keep one of them", "%q stands twice in the same object", name)
		}
		member, bad := p.value(depth + 1)
		if bad != nil {
			return bad
		}
		o.names, o.members[name] = append(o.names, name), member
	}
	n.value = o
	return p.end()
}

func (p *jsonParser) end() *fault.Error {
	if _, err := p.dec.Token(); err != nil {
		return p.broken(err)
	}
	return nil
}
