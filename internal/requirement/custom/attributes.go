package custom

import (
	"bytes"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// attribute is one key=value. The value stands bare, or in quotes of either kind
// that it does not hold itself.
var attribute = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)=("[^"]*"|'[^']*'|[^\s"']+)`)

// readAttributes reads the attributes of a block into the entry. Start is where
// marks begins in the block's text.
func (l *loader) readAttributes(e *entry, marks string, start int, at *blockSpot) {
	seen := map[string]bool{}
	for i := 0; ; {
		i += len(marks[i:]) - len(strings.TrimLeft(marks[i:], " \t\r\n"))
		if i >= len(marks) {
			return
		}
		m := attribute.FindStringSubmatch(marks[i:])
		if m == nil {
			at.fields["attribute"] = start + i
			l.fault(at.fault("attribute", "write key=value, with quotes around a value that has blanks: applies='\"web\" in kind'", "%q is no attribute", firstWord(marks[i:])))
			return
		}
		name, value := m[1], unquote(m[2])
		at.fields[name] = start + i + len(name) + 1
		if value != m[2] {
			at.fields[name]++ // the quotation mark
		}
		i += len(m[0])
		if seen[name] {
			l.fault(at.fault(name, "remove one of the two", "%s is given twice", name))
			continue
		}
		seen[name] = true
		if hint, problem := e.set(name, value); problem != "" {
			l.fault(at.fault(name, hint, "%s", problem))
		}
	}
}

func unquote(s string) string {
	if s[0] == '"' || s[0] == '\'' {
		return s[1 : len(s)-1]
	}
	return s
}

func firstWord(s string) string {
	f := strings.Fields(s)
	const longest = 40
	if len(f) == 0 {
		return ""
	}
	return f[0][:min(len(f[0]), longest)]
}

// set gives the entry the value of one attribute. It returns what is wrong with
// it, and what to do; "" for nothing.
func (e *entry) set(name, value string) (hint, problem string) {
	if strings.TrimSpace(value) == "" {
		return "write a value, or remove the attribute", name + " is empty"
	}
	texts := map[string]*string{"title": &e.Title, "why": &e.Why, "applies": &e.Applies, "evidence": &e.Evidence, "fix": &e.Fix}
	numbers := map[string]number{
		"level": {&e.Level, 1, 3}, "days": {&e.Days, 1, 366}, "minutes": {&e.Minutes, 1, knowledge.MinutesMost}, "strength": {&e.Strength, 1, 4},
	}
	words := map[string]choice{
		"wing":  {&e.Wing, knowledge.Wings},
		"owner": {&e.Owner, []string{"developer", "maintainer", "security", "operations", "product"}},
	}
	if into, ok := texts[name]; ok {
		*into = value
		return "", ""
	}
	if n, ok := numbers[name]; ok {
		return n.set(name, value)
	}
	if c, ok := words[name]; ok {
		return c.set(name, value)
	}
	switch list := strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }); name {
	case "checks":
		e.Checks = nil
		for _, id := range list {
			e.Checks = append(e.Checks, need{Check: id})
		}
		return "", ""
	case "method":
		return e.setMethod(list)
	case "cwe":
		return e.setCWE(list)
	case "maps":
		for m := range strings.SplitSeq(value, ",") {
			e.Maps = append(e.Maps, strings.TrimSpace(m))
		}
		return "", ""
	}
	known := append(slices.Collect(maps.Keys(texts)), slices.Collect(maps.Keys(numbers))...)
	known = append(append(known, slices.Collect(maps.Keys(words))...), "checks", "method", "cwe", "maps")
	return yamlfile.OneOf(name, known), fmt.Sprintf("%q is not known here", name)
}

// number is a whole number within bounds.
type number struct {
	into        *int
	least, most int
}

func (n number) set(name, value string) (hint, problem string) {
	v, err := strconv.Atoi(value)
	if err != nil || v < n.least || v > n.most {
		return fmt.Sprintf("write a whole number from %d to %d", n.least, n.most), fmt.Sprintf("%s cannot be %q", name, value)
	}
	*n.into = v
	return "", ""
}

// choice is one of a few words.
type choice struct {
	into    *string
	allowed []string
}

func (c choice) set(name, value string) (hint, problem string) {
	if !slices.Contains(c.allowed, value) {
		return yamlfile.OneOf(value, c.allowed), fmt.Sprintf("%s cannot be %q", name, value)
	}
	*c.into = value
	return "", ""
}

func (e *entry) setMethod(list []string) (hint, problem string) {
	allowed := append([]string{"check", "test"}, personal...)
	e.Method = nil
	for _, m := range list {
		if !slices.Contains(allowed, m) {
			return yamlfile.OneOf(m, allowed), fmt.Sprintf("method cannot be %q", m)
		}
		e.Method = append(e.Method, m)
	}
	return "", ""
}

func (e *entry) setCWE(list []string) (hint, problem string) {
	for _, text := range list {
		n, err := strconv.Atoi(strings.TrimPrefix(text, "CWE-"))
		if err != nil || n < 1 {
			return "write the numbers: cwe=79,89", fmt.Sprintf("%q is no weakness", text)
		}
		e.CWE = append(e.CWE, n)
	}
	return "", ""
}

// frontMatter is what a policy says of all of its requirements at its top:
//
//	---
//	plimsoll: {catalogue: acme, ids: ACME-, level: 2, owner: security}
//	---
type frontMatter struct {
	catalogue, version string
	ids                string // what the ids of the document begin with
	defaults           entry
}

// front reads the front matter, and returns where the document begins after it.
func (d *document) front(l *loader) (frontMatter, int) {
	var m frontMatter
	first, rest, ok := bytes.Cut(d.source, []byte("\n"))
	if !ok || strings.TrimRight(string(first), " \t\r") != "---" {
		return m, 0
	}
	end := -1
	for offset := len(first) + 1; len(rest) > 0; {
		line, after, _ := bytes.Cut(rest, []byte("\n"))
		if strings.TrimRight(string(line), " \t\r") == "---" {
			end = offset
			break
		}
		offset += len(line) + 1
		rest = after
	}
	if end < 0 || !bytes.Contains(d.source[:end], []byte("plimsoll:")) {
		return m, 0
	}
	// The line that opens it becomes empty, so that places stay.
	f, faults := yamlfile.Parse(d.path, d.source[len(first):end])
	if len(faults) > 0 {
		l.faults = append(l.faults, faults...)
		return m, end + 3
	}
	top, _ := f.Value().(map[string]any)
	settings, isMap := top["plimsoll"].(map[string]any)
	if !isMap && top["plimsoll"] != nil {
		l.fault(f.Fault("/plimsoll", "write {catalogue: acme, ids: ACME-}", "plimsoll must be a mapping"))
	}
	for _, key := range slices.Sorted(maps.Keys(settings)) {
		if hint, problem := m.set(key, fmt.Sprint(settings[key])); problem != "" {
			l.fault(f.Fault("/plimsoll/"+key, hint, "%s", problem))
		}
	}
	return m, end + 3
}

var catalogueName = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]*$`)

func (m *frontMatter) set(key, value string) (hint, problem string) {
	switch key {
	case "catalogue":
		if !catalogueName.MatchString(value) {
			return "write it in lower case, without blanks", fmt.Sprintf("%q is no name of a catalogue", value)
		}
		m.catalogue = value
	case "version":
		m.version = value
	case "ids":
		m.ids = value
	case "level", "applies", "days", "owner", "minutes", "method", "strength", "wing":
		return m.defaults.set(key, value)
	default:
		return yamlfile.OneOf(key, []string{"catalogue", "version", "ids", "level", "applies", "days", "owner", "minutes", "method", "strength", "wing"}),
			fmt.Sprintf("%q is not known here", key)
	}
	return "", ""
}

var _ spot = (*blockSpot)(nil)
var _ spot = yamlSpot{}
