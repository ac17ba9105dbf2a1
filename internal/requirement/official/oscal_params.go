package official

import (
	"regexp"
	"strings"
)

// maxInsertions and maxInserted (bytes) bound what parameters insert into one
// control: choices may insert others, so a few lines could ask for more text
// than fits a machine.
const (
	maxInsertions = 500
	maxInserted   = 4 * maxText
)

// param is a parameter's definition and what profiles set of it, the nearest
// profile first.
type param struct {
	node *node
	sets []*node
}

// paramsOf collects the parameters of a catalog, wherever they are defined.
func paramsOf(catalog *node, into map[string]param) {
	for _, p := range catalog.get("params").list() {
		into[p.text("id")] = param{node: p}
	}
	for _, inner := range []string{"groups", "controls"} {
		for _, n := range catalog.get(inner).list() {
			paramsOf(n, into)
		}
	}
}

// insertion matches {{ insert: param, ac-1_prm_1 }} (OSCAL, "Parameter
// insertion"), and the form without a colon that older files have.
var insertion = regexp.MustCompile(`\{\{\s*(?:insert:\s*param,\s*)?([^\s{}]+)\s*\}\}`)

// insert replaces the insertions in a text by the values of the parameters.
func (t *teller) insert(at *node, text string) string { return t.expand(at, text, nil) }

// expand keeps the chain of parameters that are being inserted, since a choice
// may insert further ones.
func (t *teller) expand(at *node, text string, chain []string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	return insertion.ReplaceAllStringFunc(text, func(found string) string {
		id := insertion.FindStringSubmatch(found)[1]
		for _, above := range chain {
			if above == id {
				t.reader.fail(at.fault("break the circle", "the parameter %s is defined by itself: %s", id, strings.Join(append(chain, id), " → ")))
				return found
			}
		}
		if t.insertions++; t.insertions > maxInsertions || t.inserted > maxInserted {
			t.reader.fail(at.fault("write the values into the text", "parameters insert too much into one control"))
			return found
		}
		value := t.value(at, id, append(chain, id))
		t.inserted += len(value)
		return value
	})
}

// value is what a parameter stands for: the values that were set, a choice
// still to be made, or its label, in brackets where somebody has yet to decide.
func (t *teller) value(at *node, id string, chain []string) string {
	p, ok := t.params[id]
	if !ok {
		if t.unknown == nil {
			t.unknown = map[string]bool{}
		}
		t.unknown[id] = true
		return "[" + id + "]"
	}
	from := append(append([]*node{}, p.sets...), p.node)
	for _, n := range from {
		if values := n.get("values").list(); len(values) > 0 {
			return t.join(at, values, ", ", chain)
		}
	}
	for _, n := range from {
		if s := n.get("select"); s != nil {
			how := "Choose one"
			if s.text("how-many") == "one-or-more" {
				how = "Choose one or more"
			}
			return "[" + how + ": " + t.join(at, s.get("choice").list(), "; ", chain) + "]"
		}
	}
	for _, n := range from {
		if l := n.text("label"); l != "" {
			return "[" + t.expand(at, line(l), chain) + "]"
		}
	}
	return "[" + id + "]"
}

func (t *teller) join(at *node, list []*node, between string, chain []string) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = t.expand(at, line(n.text()), chain)
	}
	return strings.Join(texts, between)
}
