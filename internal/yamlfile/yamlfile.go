// Package yamlfile reads the YAML files that people write for Plimsoll, and
// says everything that is wrong with one at once.
//
// The files under .plimsoll/ are written by hand, merged by git and, in a pull
// request, written by strangers. So a file is read to its end before any fault
// is shown; each fault names line and column, carries the source of the line,
// and says what to do; and what cannot be meant in such a file is refused
// before it can do harm: files over 1 MiB, deep nesting, aliases, custom tags,
// several documents, control characters, unresolved merge conflicts.
//
// Load does it all for a caller who only wants the value:
//
//	var p Product
//	faults := yamlfile.Load(".plimsoll/product.yaml", data, schema, &p)
//
// A caller with checks of its own that a schema cannot hold opens the file,
// and adds faults by JSON pointer (RFC 6901):
//
//	f, faults := yamlfile.Open(path, data, schema, &p)
//	if until.Before(from) {
//		faults = append(faults, f.Fault("/exemptions/0/until", "…", "ends before it begins"))
//	}
//	return yamlfile.Sorted(faults).Err()
//
// The schema is a JSON Schema (draft 2020-12). Its descriptions are shown as
// hints, and its enums and property names feed "did you mean". The value is
// decoded by the `yaml` tags of the type; unknown names are the schema's
// matter ("additionalProperties": false).
package yamlfile

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Limits of a file. They are generous for what a person writes.
const (
	MaxSize   = 1 << 20 // bytes
	MaxDepth  = 32      // of mappings and lists inside one another
	MaxNodes  = 100_000 // keys and values
	MaxFaults = 50      // that are shown of one file
)

// File is a YAML file that was read, with the places of its values.
type File struct {
	Path  string
	lines []string
	value any             // maps are map[string]any, lists []any
	marks map[string]mark // by JSON pointer
	holes map[string]bool // pointers whose parse failed, so that nothing is known under them
}

// mark is where a value and its key stand.
type mark struct{ key, value pos }

// pos counts from 1; column in runes, as the parser counts.
type pos struct{ line, column int }

// Load reads data as the file named path, checks it against the JSON Schema
// and decodes it into the value that into points to. With any fault into is
// left as it was. The list is sorted by place.
func Load(path string, data, schema []byte, into any) fault.List {
	_, faults := Open(path, data, schema, into)
	return faults
}

// Open is Load for callers that go on to check what a schema cannot say. The
// file is never nil. Into may be nil, and is filled only where there is no
// fault; an empty file leaves it as it is.
func Open(path string, data, schema []byte, into any) (*File, fault.List) {
	f, faults := Parse(path, data)
	if f.value == nil && len(faults) > 0 {
		return f, faults
	}
	empty := f.value == nil
	broken, err := f.validate(schema)
	if err != nil {
		return f, fault.List{fault.Wrap(fault.Internal, err, "", "reading the schema for %s", path)}
	}
	faults = Sorted(append(faults, broken...))
	if len(faults) > 0 || into == nil || empty {
		return f, faults
	}
	if err := f.decode(data, into); err != nil {
		faults = append(faults, err)
	}
	return f, faults
}

// Parse reads data without a schema. Where parts of the file are broken the
// rest is still read, so that a caller may check it.
func Parse(path string, data []byte) (*File, fault.List) {
	f := &File{Path: path, marks: map[string]mark{}, holes: map[string]bool{}}
	if len(data) > MaxSize {
		return f, fault.List{f.at(pos{}, "split it, or remove what is not needed",
			"the file is %d bytes long; at most %d are read", len(data), MaxSize)}
	}
	text, faults := f.guard(data)
	if len(faults) > 0 {
		return f, Sorted(faults)
	}
	return f, Sorted(f.read(text))
}

// decode fills into from the text by its `yaml` tags.
func (f *File) decode(data []byte, into any) *fault.Error {
	err := yaml.UnmarshalWithOptions([]byte(normal(string(data))), into)
	if err == nil {
		return nil
	}
	if at, ok := errors.AsType[yaml.Error](err); ok && at.GetToken() != nil {
		return f.at(f.tokenPos(at.GetToken(), 0), "", "%s", oneLine(at.GetMessage()))
	}
	return f.at(pos{}, "", "%s", oneLine(err.Error()))
}

// Value is the file's content as maps, lists, text, numbers, booleans and nil.
func (f *File) Value() any { return f.value }

// Has says whether the file holds a value at the JSON pointer.
func (f *File) Has(pointer string) bool { _, ok := f.marks[pointer]; return ok }

// Place is where the value at the JSON pointer stands, or the nearest value
// around it where there is none.
func (f *File) Place(pointer string) fault.Place { return f.place(f.nearest(pointer).value) }

// KeyPlace is where the key of the value at the JSON pointer stands; for an
// element of a list, the element itself.
func (f *File) KeyPlace(pointer string) fault.Place { return f.place(f.nearest(pointer).key) }

// Fault is a fault about the value at the JSON pointer.
func (f *File) Fault(pointer, hint, format string, args ...any) *fault.Error {
	return fault.At(fault.Config, f.Place(pointer), hint, format, args...)
}

// KeyFault is a fault about the key of the value at the JSON pointer.
func (f *File) KeyFault(pointer, hint, format string, args ...any) *fault.Error {
	return fault.At(fault.Config, f.KeyPlace(pointer), hint, format, args...)
}

// Pointer joins the parts of a JSON pointer, escaping each.
func Pointer(parts ...any) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteByte('/')
		b.WriteString(pointerEscaper.Replace(fmt.Sprint(p)))
	}
	return b.String()
}

var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// Sorted is the list in the order of places, without twins, cut to MaxFaults.
func Sorted(l fault.List) fault.List {
	sort.SliceStable(l, func(i, j int) bool { return before(l[i], l[j]) })
	out := l[:0:0]
	for _, e := range l {
		if n := len(out); n > 0 && out[n-1].Error() == e.Error() {
			continue
		}
		out = append(out, e)
	}
	if len(out) > MaxFaults {
		more := fault.New(fault.Config, "correct the first ones, then look again", "%d more faults are not shown", len(out)-MaxFaults)
		out = append(out[:MaxFaults:MaxFaults], more)
	}
	return out
}

func before(a, b *fault.Error) bool {
	if a.Place == nil || b.Place == nil {
		return a.Place != nil && b.Place == nil
	}
	if a.Place.Path != b.Place.Path {
		return a.Place.Path < b.Place.Path
	}
	if a.Place.Line != b.Place.Line {
		return a.Place.Line < b.Place.Line
	}
	return a.Place.Column < b.Place.Column
}

// nearest walks up from pointer until something is known.
func (f *File) nearest(pointer string) mark {
	for {
		if m, ok := f.marks[pointer]; ok {
			return m
		}
		cut := strings.LastIndexByte(pointer, '/')
		if cut < 0 {
			return mark{}
		}
		pointer = pointer[:cut]
	}
}

// longestSource bounds the line that a fault carries along.
const longestSource = 2000

func (f *File) place(p pos) fault.Place {
	out := fault.Place{Path: f.Path, Line: p.line, Column: p.column}
	if p.line < 1 || p.line > len(f.lines) {
		return out
	}
	line := f.lines[p.line-1]
	out.Column = byteColumn(line, p.column)
	if len(line) <= longestSource {
		out.Source = line
	}
	return out
}

func (f *File) at(p pos, hint, format string, args ...any) *fault.Error {
	return fault.At(fault.Config, f.place(p), hint, format, args...)
}

// byteColumn turns a column in runes into one in bytes.
func byteColumn(line string, column int) int {
	offset := 0
	for i := 1; i < column && offset < len(line); i++ {
		_, size := utf8.DecodeRuneInString(line[offset:])
		offset += size
	}
	return offset + 1
}

func oneLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}
