package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// schemaName is the address under which the schema is known while it runs.
const schemaName = "file:///schema.json"

// checker says what is wrong with a file by its schema.
type checker struct {
	f      *File
	schema any // the JSON of the schema, for descriptions and allowed words
	faults fault.List
	named  map[string]int // how often a name was found bad
}

// validate checks the value against the schema; the error means that the
// schema itself is wrong.
func (f *File) validate(schema []byte) (fault.List, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(jsonschema.SchemeURLLoader{}) // a schema reaches nothing outside itself
	compiler.AssertFormat()
	if err := compiler.AddResource(schemaName, doc); err != nil {
		return nil, err
	}
	compiled, err := compiler.Compile(schemaName)
	if err != nil {
		return nil, err
	}
	if f.value == nil { // an empty file is an empty mapping
		f.value = emptyOf(doc)
	}
	c := checker{f: f, schema: doc, named: map[string]int{}}
	if fail, ok := errors.AsType[*jsonschema.ValidationError](compiled.Validate(f.value)); ok {
		c.walk(fail)
	}
	return c.faults, nil
}

func emptyOf(schema any) any {
	if m, ok := schema.(map[string]any); ok && m["type"] == "array" {
		return []any{}
	}
	return map[string]any{}
}

// walk reports the leaves of the tree of failures.
func (c *checker) walk(e *jsonschema.ValidationError) {
	if c.full() {
		return
	}
	switch e.ErrorKind.(type) {
	case *kind.AnyOf, *kind.OneOf:
		c.choice(e)
		return
	case *kind.PropertyNames:
		c.badName(e)
		return
	}
	if len(e.Causes) == 0 {
		c.leaf(e)
	}
	for _, cause := range e.Causes {
		c.walk(cause)
	}
}

// choice is a value that may be one of several things: the faults of the
// alternative whose type it has are told, and where it has none of the types,
// the types.
func (c *checker) choice(e *jsonschema.ValidationError) {
	var want []string
	for _, cause := range e.Causes {
		if t := typeFailure(cause, len(e.InstanceLocation)); t != nil {
			want = append(want, t.Want...)
			continue
		}
		c.walk(cause)
		return
	}
	if len(want) == 0 {
		c.leaf(e)
		return
	}
	c.wrongType(e, want)
}

// typeFailure is the failure of the value itself, not of something in it, to
// have the right type.
func typeFailure(e *jsonschema.ValidationError, depth int) *kind.Type {
	if t, ok := e.ErrorKind.(*kind.Type); ok && len(e.InstanceLocation) == depth {
		return t
	}
	for _, cause := range e.Causes {
		if t := typeFailure(cause, depth); t != nil {
			return t
		}
	}
	return nil
}

func (c *checker) badName(e *jsonschema.ValidationError) {
	name := e.ErrorKind.(*kind.PropertyNames).Property
	at := c.nameAt(name, len(e.InstanceLocation))
	for _, cause := range e.Causes {
		if enum, ok := leafKind(cause).(*kind.Enum); ok {
			c.add(c.f.KeyFault(at, OneOf(name, words(enum.Want)), "%q is not known here", name))
			return
		}
	}
	c.add(c.f.KeyFault(at, c.description(e), "%q cannot be a name here", name))
}

// nameAt finds where a bad name stands. Of the location that a failure of
// "propertyNames" carries only the length can be trusted: the validator shares
// its memory with the locations of what it looks at later. So the name itself
// is looked for at that depth; the second failure of a name is about the
// second place.
func (c *checker) nameAt(name string, depth int) string {
	var found []string
	for pointer := range c.f.marks {
		if strings.HasSuffix(pointer, Pointer(name)) && strings.Count(pointer, "/") == depth+1 {
			found = append(found, pointer)
		}
	}
	if len(found) == 0 {
		return ""
	}
	sort.Strings(found)
	n := c.named[name]
	c.named[name]++
	return found[min(n, len(found)-1)]
}

func leafKind(e *jsonschema.ValidationError) jsonschema.ErrorKind {
	for len(e.Causes) == 1 {
		e = e.Causes[0]
	}
	return e.ErrorKind
}

func (c *checker) add(e *fault.Error) { c.faults = append(c.faults, e) }

// full says that enough was found for anybody; a fault costs a walk along its line.
func (c *checker) full() bool { return len(c.faults) > 2*MaxFaults }

func (c *checker) leaf(e *jsonschema.ValidationError) {
	at := pointerOf(e.InstanceLocation)
	hint := c.description(e)
	switch k := e.ErrorKind.(type) {
	case *kind.AdditionalProperties:
		c.unknown(e, at, k.Properties)
	case *kind.Required:
		c.missing(at, k.Missing)
	case *kind.Type:
		c.wrongType(e, k.Want)
	case *kind.Enum:
		got := fmt.Sprint(k.Got)
		c.add(c.f.Fault(at, OneOf(got, words(k.Want)), "%s cannot be %s", what(e.InstanceLocation), quoted(got)))
	case *kind.Pattern, *kind.Format:
		c.add(c.f.Fault(at, hint, "%s cannot be %s", what(e.InstanceLocation), quoted(c.text(at))))
	case *kind.MinLength, *kind.MinItems, *kind.MinProperties:
		c.add(c.f.Fault(at, hint, "%s is empty or too short", what(e.InstanceLocation)))
	case *kind.UniqueItems:
		c.add(c.f.Fault(at+Pointer(k.Duplicates[1]), "remove one of the two", "%s holds the same thing twice", what(e.InstanceLocation)))
	default:
		words := e.ErrorKind.LocalizedString(message.NewPrinter(language.English))
		c.add(c.f.Fault(at, hint, "%s: %s", what(e.InstanceLocation), words))
	}
}

func (c *checker) unknown(e *jsonschema.ValidationError, at string, names []string) {
	allowed := c.properties(e)
	for _, name := range sortedCopy(names) {
		if c.full() {
			return
		}
		c.add(c.f.KeyFault(at+Pointer(name), OneOf(name, allowed), "%q is not known here", name))
	}
}

func (c *checker) missing(at string, names []string) {
	if c.f.holes[at] { // it may stand in the part that could not be read
		return
	}
	for _, name := range names {
		c.add(c.f.Fault(at, "add "+name+":", "%s is missing", name))
	}
}

func (c *checker) wrongType(e *jsonschema.ValidationError, want []string) {
	at := pointerOf(e.InstanceLocation)
	got := c.valueAt(e.InstanceLocation)
	hint := c.description(e)
	if _, isNumber := numberText(got); isNumber && contains(want, "string") {
		hint = "put it in quotes"
	}
	if got == nil {
		hint = strings.TrimSpace("write a value, or remove the line. " + hint)
	}
	c.add(c.f.Fault(at, hint, "%s must be %s, not %s", what(e.InstanceLocation), typeWords(want), typeOf(got)))
}

// what names the value for people: its key, or the list that it stands in.
func what(location []string) string {
	for i := len(location) - 1; i >= 0; i-- {
		if _, err := strconv.Atoi(location[i]); err != nil {
			if i < len(location)-1 {
				return "an entry of " + location[i]
			}
			return location[i]
		}
	}
	return "the file"
}

func pointerOf(location []string) string {
	parts := make([]any, len(location))
	for i, l := range location {
		parts[i] = l
	}
	return Pointer(parts...)
}

func words(values []any) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprint(v)
	}
	return out
}

// quoted keeps what is shown of a value short.
func quoted(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return strconv.Quote(s)
}

func contains(list []string, word string) bool {
	for _, l := range list {
		if l == word {
			return true
		}
	}
	return false
}
