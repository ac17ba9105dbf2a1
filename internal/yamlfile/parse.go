package yamlfile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// read parses the text into f. Where it does not parse as a whole, each
// top-level block is tried by itself: the blocks that parse are kept and every
// other one tells its own fault.
func (f *File) read(text string) fault.List {
	root, err := f.parse(text, 0)
	if err == nil {
		return f.build(root, "", 0)
	}
	if root != nil { // read, but not to be taken as it is
		return append(f.build(root, "", 0), err)
	}
	var faults, broken fault.List
	for _, b := range f.blocks() {
		body := strings.Join(f.lines[b.from:b.to], "\n")
		part, err := f.parse(body, b.from)
		if err != nil {
			f.holes[""] = true
			f.holes[Pointer(b.key)] = true
			broken = append(broken, err)
			continue
		}
		faults = append(faults, f.build(part, "", b.from)...)
	}
	if len(broken) == 0 {
		return append(faults, err)
	}
	return append(faults, broken...)
}

// parse runs the parser over a part of the file that begins after the line
// numbered skip.
func (f *File) parse(text string, skip int) (root ast.Node, fail *fault.Error) {
	defer func() {
		if r := recover(); r != nil { // the parser is not ours, and the text is anybody's
			fail = f.at(pos{skip + 1, 1}, "write it more simply", "the YAML could not be read: %s", oneLine(fmt.Sprint(r)))
		}
	}()
	file, err := parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return nil, f.syntax(err, skip)
	}
	for _, doc := range file.Docs {
		if doc.Body == nil {
			continue
		}
		if root != nil {
			return root, f.at(f.tokenPos(doc.Body.GetToken(), skip), "remove the --- line", "a second document; the file must hold one")
		}
		root = doc.Body
	}
	return root, nil
}

func (f *File) syntax(err error, skip int) *fault.Error {
	at := pos{skip + 1, 1}
	message := "the text could not be read"
	if e, ok := errors.AsType[yaml.Error](err); ok {
		message = e.GetMessage()
		if e.GetToken() != nil {
			at = f.tokenPos(e.GetToken(), skip)
		}
	}
	message = oneLine(message)
	return f.at(at, syntaxHint(message, f.place(at).Source), "not YAML: %s", message)
}

func syntaxHint(message, source string) string {
	switch {
	case strings.Contains(source, "\t"):
		return "indent with spaces, not with tabs"
	case strings.Contains(message, "quot"):
		return "close the quotation mark"
	case strings.Contains(message, "non-map value"), strings.Contains(message, "unexpected key name"):
		return "look at the indentation of this line and the one before, and put a space after each colon"
	case strings.Contains(message, "cannot start any token"):
		return "put the text in quotes"
	}
	return "look at indentation, colons and quotation marks in this line and the one before"
}

// tokenPos is a token's place, in a part that begins after the line numbered skip.
func (f *File) tokenPos(t *token.Token, skip int) pos {
	if t == nil || t.Position == nil {
		return pos{}
	}
	return pos{max(1, min(t.Position.Line+skip, len(f.lines))), max(1, t.Position.Column)}
}

// block is a run of lines, from (counted from 0) up to to, under one top-level key.
type block struct {
	key      string
	from, to int
}

// mostBlocks bounds how many parts of a broken file are tried.
const mostBlocks = 200

func (f *File) blocks() []block {
	var out []block
	for i, line := range f.lines {
		key, ok := topKey(line)
		if !ok || len(out) == mostBlocks {
			continue
		}
		if n := len(out); n > 0 {
			out[n-1].to = i
		}
		out = append(out, block{key: key, from: i})
	}
	if n := len(out); n > 0 {
		out[n-1].to = len(f.lines)
	}
	return out
}

// topKey reads the key of a line that stands at the left margin.
func topKey(line string) (string, bool) {
	if line == "" || strings.ContainsRune(" \t#-%.]}\"'", rune(line[0])) {
		return "", false
	}
	key, _, ok := strings.Cut(line, ":")
	return strings.TrimSpace(key), ok || !strings.Contains(line, " ")
}
