package custom

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/yamlfile"
)

// A policy names a requirement in one of two ways, and the paragraph or the entry
// of a list in which it does is the statement:
//
//	**ACME-1** Passwords must be at least 12 characters long. {level=2 days=90}
//	Backups must be restored once a quarter. {#ACME-2 owner=operations}
var (
	policyID   = regexp.MustCompile(`^[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)*-[0-9]+(?:\.[0-9]+)*$`)
	attributes = regexp.MustCompile(`\{[^{}]*\}\s*$`)
)

// maxPolicy bounds a document.
const maxPolicy = yamlfile.MaxSize

// policy reads a document. One that somebody has named must name requirements.
func (l *loader) policy(path string, named bool) {
	if l.done[path] {
		return
	}
	l.done[path] = true
	data, err := l.read(path)
	switch {
	case err == nil && len(data) > maxPolicy:
		l.fault(fault.At(fault.Config, fault.Place{Path: path}, "split it", "the policy is longer than %d bytes", maxPolicy))
		return
	case err != nil:
		l.fault(fault.At(fault.Config, fault.Place{Path: path}, "name a Markdown file of the repository", "reading the policy: %v", err))
		return
	}
	d := &document{path: path, source: data}
	front, body := d.front(l)
	c := l.catalogue(orElse(front.catalogue, nameOf(path)), path)
	c.Version = orElse(c.Version, front.version)
	before := l.count
	d.each(body, func(b block) { l.block(c, d, front, b) })
	if named && l.count == before {
		l.fault(fault.At(fault.Config, fault.Place{Path: path}, "begin a paragraph with **ACME-1**, or end it with {#ACME-1}; `plimsoll docs custom-requirements` shows how",
			"the policy names no requirement"))
	}
	if len(c.Requirements) == 0 && c.Path == path && l.count == before {
		delete(l.names, c.Name) // a document about something else
	}
}

// document is a policy with its places.
type document struct {
	path   string
	source []byte
}

// place is where the byte at offset stands.
func (d *document) place(offset int) fault.Place {
	offset = min(max(offset, 0), len(d.source))
	start := bytes.LastIndexByte(d.source[:offset], '\n') + 1
	line, _, _ := bytes.Cut(d.source[start:], []byte("\n"))
	p := fault.Place{Path: d.path, Line: bytes.Count(d.source[:start], []byte("\n")) + 1, Column: offset - start + 1}
	const readable = 500
	if len(line) <= readable {
		p.Source = strings.ToValidUTF8(strings.TrimRight(string(line), "\r"), "?")
	}
	return p
}

// block is the text of a paragraph or of an entry of a list, without what marks
// it as part of a list or a quotation, and where each of its lines stands.
type block struct {
	raw     string
	offsets []int // in the source, of each byte of raw
}

// each calls fn for the paragraphs and entries of lists of the document from
// offset body on. Code, headings, tables and HTML are none.
func (d *document) each(body int, fn func(block)) {
	// What stands before the body keeps its length, so that offsets stay.
	source := append(bytes.Repeat([]byte("\n"), body), d.source[body:]...)
	root := markdown().Parser().Parse(text.NewReader(source))
	_ = ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		switch n.(type) {
		case *ast.Paragraph, *ast.TextBlock:
			if entering {
				fn(blockOf(n, source))
			}
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
}

func markdown() goldmark.Markdown {
	return goldmark.New(goldmark.WithExtensions(extension.Table))
}

func blockOf(n ast.Node, source []byte) block {
	var b block
	var raw strings.Builder
	lines := n.Lines()
	for i := range lines.Len() {
		s := lines.At(i)
		for offset := s.Start; offset < s.Stop; offset++ {
			raw.WriteByte(source[offset])
			b.offsets = append(b.offsets, offset)
		}
	}
	b.raw = raw.String()
	return b
}

func (b block) offset(i int) int {
	if len(b.offsets) == 0 {
		return 0
	}
	return b.offsets[min(i, len(b.offsets)-1)]
}

// block reads a requirement out of a block that names one.
func (l *loader) block(c *Catalogue, d *document, front frontMatter, b block) {
	body, list, from := b.raw, "", 0
	if at := attributes.FindStringIndex(b.raw); at != nil && !endsInCode(b.raw) {
		body, from = b.raw[:at[0]], at[0]
		list = strings.TrimSpace(b.raw[at[0]:])
	}
	id, statement := leading(body)
	marks, hashed := strings.CutPrefix(list, "{#")
	if !hashed {
		marks = strings.TrimPrefix(list, "{")
	}
	marks = strings.TrimSuffix(marks, "}")
	at := &blockSpot{d: d, b: b, fields: map[string]int{}}
	if hashed {
		name, _, _ := strings.Cut(marks, " ")
		name = strings.TrimSpace(strings.SplitN(name, "\n", 2)[0])
		if id != "" && policyID.MatchString(name) && id != name {
			at.fields["id"] = from
			l.fault(at.fault("id", "keep one of the two", "the paragraph is called %s at its start and %s at its end", id, name))
			return
		}
		if !policyID.MatchString(name) {
			if rest := strings.TrimPrefix(marks, name); strings.Contains(rest, "=") {
				at.fields["id"] = from
				l.fault(at.fault("id", "write capital letters, a hyphen and a number: {#ACME-1 level=2}", "%q is no id of a requirement", name))
			}
			return // an anchor, as other tools know it
		}
		id = name
		marks = strings.Repeat(" ", len(name)) + marks[len(name):]
		at.fields["id"] = from + 2
	}
	if id == "" || front.ids != "" && !strings.HasPrefix(id, front.ids) {
		return
	}
	e := front.defaults
	e.ID = id
	e.Statement = statement
	start := from + 1
	if hashed {
		start++
	}
	l.readAttributes(&e, marks, start, at)
	if e.Statement == "" {
		l.fault(at.fault("", "write the sentence beside the id", "%s has no text", id))
		return
	}
	l.add(c, e, at)
}

// endsInCode tells whether the last thing in a paragraph is code, in which a
// brace is an example.
func endsInCode(raw string) bool { return strings.HasSuffix(strings.TrimSpace(raw), "`") }

// leading splits a paragraph into the id in bold letters with which it begins,
// "" where it begins otherwise, and its text without markup.
func leading(raw string) (id, statement string) {
	source := []byte(raw)
	root := markdown().Parser().Parse(text.NewReader(source))
	first := root.FirstChild()
	if first == nil {
		return "", ""
	}
	var out strings.Builder
	for n := first.FirstChild(); n != nil; n = n.NextSibling() {
		if bold, ok := n.(*ast.Emphasis); ok && bold.Level == 2 && n.PreviousSibling() == nil {
			name := strings.TrimRight(strings.TrimSpace(plainText(n, source)), ":.")
			if policyID.MatchString(name) {
				id = name
				continue
			}
		}
		flatten(&out, n, source)
	}
	statement = oneLine(out.String())
	if id != "" {
		statement = strings.TrimSpace(strings.TrimLeft(statement, ":–—-. "))
	}
	return id, statement
}

func plainText(n ast.Node, source []byte) string {
	var out strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		flatten(&out, c, source)
	}
	return out.String()
}

// flatten writes the text of a node without markup. HTML says nothing.
func flatten(out *strings.Builder, n ast.Node, source []byte) {
	switch n := n.(type) {
	case *ast.Text:
		out.Write(n.Segment.Value(source))
		if n.SoftLineBreak() || n.HardLineBreak() {
			out.WriteByte(' ')
		}
		return
	case *ast.String:
		out.Write(n.Value)
		return
	case *ast.AutoLink:
		out.Write(n.Label(source))
		return
	case *ast.RawHTML:
		return
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		flatten(out, c, source)
	}
}

// blockSpot is an entry in a policy; fields holds where in the block's text a
// field's value begins.
type blockSpot struct {
	d      *document
	b      block
	fields map[string]int
}

func (s *blockSpot) place(field string) fault.Place {
	name, _, _ := strings.Cut(field, "/") // "checks/0" stands in checks
	return s.d.place(s.b.offset(s.fields[name]))
}

func (s *blockSpot) fault(field, hint, format string, args ...any) *fault.Error {
	return fault.At(fault.Config, s.place(field), hint, format, args...)
}
