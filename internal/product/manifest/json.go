package manifest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
)

// member is one entry of a JSON object, in the order of the text.
type member struct {
	key  string
	line int
	raw  json.RawMessage // of the value
	off  int             // of the value, in the whole text
}

// members reads the entries of the JSON object in text[off:], which is part of
// a whole text whose line breaks stand at breaks.
func members(text []byte, off int, breaks []int) ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(text[off:]))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("expected an object: %w", orEOF(err))
	}
	var out []member
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return out, err
		}
		key, ok := t.(string)
		if !ok {
			return out, errors.New("expected a name")
		}
		m := member{key: key, line: lineAt(breaks, off+int(dec.InputOffset()))}
		if err := dec.Decode(&m.raw); err != nil {
			return out, err
		}
		m.off = off + int(dec.InputOffset()) - len(m.raw)
		out = append(out, m)
	}
	if _, err := dec.Token(); err != nil { // the closing brace
		return out, fmt.Errorf("expected the end of an object: %w", err)
	}
	return out, nil
}

func orEOF(err error) error {
	if err == nil {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (m member) text() string {
	var s string
	if json.Unmarshal(m.raw, &s) != nil {
		return ""
	}
	return s
}

// under reads the entries of a value that is an object; nothing where it is not.
func (m member) under(text []byte, breaks []int) []member {
	if len(m.raw) == 0 || m.raw[0] != '{' {
		return nil
	}
	out, _ := members(text[:m.off+len(m.raw)], m.off, breaks)
	return out
}

// breaksOf lists the offsets of line breaks.
func breaksOf(text []byte) []int {
	var out []int
	for i, b := range text {
		if b == '\n' {
			out = append(out, i)
		}
	}
	return out
}

func lineAt(breaks []int, off int) int { return 1 + sort.SearchInts(breaks, off) }

func parseNPM(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: NPM}
	breaks := breaksOf(data)
	top, err := members(data, 0, breaks)
	for _, e := range top {
		switch e.key {
		case "name":
			m.Name = e.text()
		case "version":
			m.Version = e.text()
		case "private":
			m.Private = string(e.raw) == "true"
		case "dependencies", "optionalDependencies":
			m.npmDependencies(e.under(data, breaks), false)
		case "devDependencies":
			m.npmDependencies(e.under(data, breaks), true)
		case "bin", "exports", "main", "module", "types", "workspaces", "contributes", "peerDependencies":
			m.trait(e.key, e.line)
		case "engines", "scripts":
			for _, sub := range e.under(data, breaks) {
				m.trait(e.key+"."+sub.key, sub.line)
			}
		case "packageManager":
			m.trait("packageManager="+beforeAt(e.text()), e.line)
		}
	}
	return m, err
}

func (m *Manifest) npmDependencies(entries []member, dev bool) {
	for _, d := range entries {
		m.depend(Dependency{Name: d.key, Version: d.text(), Line: d.line, Dev: dev})
	}
}

func beforeAt(s string) string {
	for i := 1; i < len(s); i++ {
		if s[i] == '@' {
			return s[:i]
		}
	}
	return s
}

func parseComposer(_ string, data []byte) (Manifest, error) {
	m := Manifest{Ecosystem: Composer}
	breaks := breaksOf(data)
	top, err := members(data, 0, breaks)
	for _, e := range top {
		switch e.key {
		case "name":
			m.Name = e.text()
		case "version":
			m.Version = e.text()
		case "type":
			m.trait("type="+e.text(), e.line)
		case "require":
			m.npmDependencies(e.under(data, breaks), false)
		case "require-dev":
			m.npmDependencies(e.under(data, breaks), true)
		case "bin":
			m.trait("bin", e.line)
		}
	}
	return m, err
}
