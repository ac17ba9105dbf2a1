package userrules

import (
	"errors"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// source knows where in the file things stand: the parser doesn't tell.
type source struct {
	path  string
	lines []string
	heads map[string]int            // line of each table, from 1, by its path
	keys  map[string]map[string]pos // of each table, in lower case
}

// pos counts from 1, bytes in a line.
type pos struct{ line, column int }

const longestSource = 2000

func newSource(path string, data []byte) *source {
	s := &source{path: path, heads: map[string]int{}, keys: map[string]map[string]pos{}}
	s.lines = strings.Split(strings.ReplaceAll(string(data[:min(len(data), MaxSize)]), "\r\n", "\n"), "\n")
	s.index()
	return s
}

// index finds the heads of tables and the keys below them.
func (s *source) index() {
	table, within := "", ""
	counts := map[string]int{}
	s.keys[""] = map[string]pos{}
	for i, line := range s.lines {
		body := strings.TrimLeft(line, " \t")
		if within != "" { // a text of several lines
			if strings.Contains(body, within) {
				within = ""
			}
			continue
		}
		switch {
		case strings.HasPrefix(body, "["):
			if path, ok := tablePath(body, counts); ok {
				table = path
				s.heads[table], s.keys[table] = i+1, map[string]pos{}
			}
			continue
		case strings.HasPrefix(body, "#"):
			continue
		}
		if key, _, ok := strings.Cut(body, "="); ok {
			if key = strings.ToLower(strings.Trim(key, " \t\"'")); s.keys[table][key] == (pos{}) {
				s.keys[table][key] = pos{i + 1, len(line) - len(body) + 1}
			}
		}
		within = opensText(body)
	}
}

// opensText is the end of a text of several lines that begins in a line.
func opensText(line string) string {
	for _, quotes := range []string{"'''", `"""`} {
		if strings.Count(line, quotes)%2 == 1 {
			return quotes
		}
	}
	return ""
}

// tablePath is the path of the table that a head opens: "rules[2]/allowlists[0]".
func tablePath(head string, counts map[string]int) (string, bool) {
	list := strings.HasPrefix(head, "[[")
	name, _, ok := strings.Cut(strings.TrimLeft(head, "["), "]")
	if !ok {
		return "", false
	}
	path := ""
	parts := strings.Split(name, ".")
	for i, part := range parts {
		part = strings.ToLower(strings.Trim(part, " \t\"'"))
		if path != "" {
			path += "/"
		}
		path += part
		last := i == len(parts)-1
		if last && list {
			counts[path]++
		}
		n := max(counts[path], 1) - 1
		path += fmt.Sprintf("[%d]", n)
	}
	return path, true
}

// place is where a key stands, or its table where there is no such key. Element
// is a text in the key's list to look for.
func (s *source) place(a at, element string) pos {
	table := strings.ToLower(strings.Join(a.tables, "/"))
	p, ok := s.keys[table][strings.ToLower(a.key)]
	if !ok {
		if line := s.heads[table]; line > 0 {
			return pos{line, 1}
		}
		return pos{}
	}
	if element == "" {
		return p
	}
	first, _, _ := strings.Cut(element, "\n")
	for i := p.line; i <= len(s.lines); i++ {
		if column := strings.Index(s.lines[i-1], first); column >= 0 && (i > p.line || column >= p.column) {
			return pos{i, column + 1}
		}
	}
	return p
}

func (s *source) faultPlace(p pos) fault.Place {
	out := fault.Place{Path: s.path, Line: p.line, Column: p.column}
	if p.line > 0 && p.line <= len(s.lines) && len(s.lines[p.line-1]) <= longestSource {
		out.Source = s.lines[p.line-1]
	}
	return out
}

// parse reads TOML. Where it is broken, each table is tried on its own, so that
// every table tells its first mistake.
func (r *reader) parse(data []byte) (table, bool) {
	var root table
	err := decode(string(data), &root)
	if err == nil {
		return root, true
	}
	r.syntax(err, 0)
	start := 0
	for i, line := range append(r.source.lines, "[") {
		if i == start || !strings.HasPrefix(strings.TrimLeft(line, " \t"), "[") {
			continue
		}
		var ignored table
		if err := decode(strings.Join(r.source.lines[start:i], "\n"), &ignored); err != nil {
			r.syntax(err, start)
		}
		start = i
	}
	return nil, false
}

// decode is the parser, which must not bring the run down.
func decode(text string, into *table) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("the parser failed: %v", p)
		}
	}()
	_, err = toml.Decode(text, into)
	return err
}

func (r *reader) syntax(err error, linesBefore int) {
	const hint = "see toml.io for how such a file is written"
	at, ok := errors.AsType[toml.ParseError](err)
	if !ok {
		r.faultAt(pos{}, hint, "%s", err.Error())
		return
	}
	message := at.Message
	if message == "" {
		message = at.Error()
	}
	p := pos{linesBefore + at.Position.Line, max(at.Position.Col, 1)}
	for _, f := range r.faults {
		if f.Place.Line == p.line {
			return
		}
	}
	r.faultAt(p, hint, "%s", message)
}
