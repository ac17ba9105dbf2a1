package imported

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/plimsoll-dev/plimsoll/internal/finding/identity"
	"github.com/plimsoll-dev/plimsoll/internal/sarif"
)

// Bounds of what is read to show the lines that results point to.
const (
	maxSources = 5000    // files
	MaxSource  = 4 << 20 // bytes of one file
	maxLine    = 400     // bytes of a line that is shown
)

// Quote gives findings from SARIF their line of source, and their columns in
// bytes, which only the line's text can give. read returns the content of a file
// of the tree, at most MaxSource bytes. Moved is how many of them point to lines
// that are not those the tool saw.
func Quote(ctx context.Context, tree *Tree, all []*Found, read func(path string) ([]byte, error)) (moved int, _ error) {
	byPath := map[string][]*Found{}
	for _, f := range all {
		if f.Place != nil && tree.Has(f.Path) {
			byPath[f.Path] = append(byPath[f.Path], f)
		}
	}
	paths := slices.Sorted(maps.Keys(byPath))
	for _, name := range paths[:min(len(paths), maxSources)] {
		if err := ctx.Err(); err != nil {
			return moved, err
		}
		data, err := read(name)
		if err != nil { // other checks tell of files that cannot be read
			continue
		}
		src := newSource(data)
		for _, f := range byPath[name] {
			if !src.quote(f) {
				moved++
			}
		}
	}
	return moved, nil
}

// source is a text cut into lines.
type source struct {
	data  []byte
	lines [][]byte
}

func newSource(data []byte) *source {
	return &source{data: data, lines: bytes.Split(data, []byte("\n"))}
}

// quote completes the place of f. It returns false where the line is not the
// one that the tool saw.
func (s *source) quote(f *Found) bool {
	res := f.Place
	if f.Line == 0 && res.Offset >= 0 {
		f.Line, f.Column = s.position(res.Offset, res.Units)
	}
	if f.Line == 0 || f.Line > len(s.lines) {
		return f.Line == 0
	}
	line := bytes.TrimSuffix(s.lines[f.Line-1], []byte("\r"))
	if !seen(line, res.Snippet) {
		return false
	}
	if res.Line > 0 {
		f.Column, f.EndColumn = byteColumn(line, res.Column, res.Units), byteColumn(line, res.EndColumn, res.Units)
	}
	f.code = identity.Code{Text: identity.Tokens(f.Path, identity.Statement(s.lines, f.Line-1)), Before: s.neighbour(f, -1), After: s.neighbour(f, 1),
		Path: f.Path, Line: f.Line, Column: f.Column, Secret: aboutSecrets(f)}
	if len(line) <= maxLine && utf8.Valid(line) && !aboutSecrets(f) {
		f.Source = printable(string(line))
	}
	return true
}

// farthest is how many lines are looked through for a neighbour that holds code.
const farthest = 5

// neighbour is the nearest line before or after f's that holds code.
func (s *source) neighbour(f *Found, step int) string {
	for n := 1; n <= farthest; n++ {
		at := f.Line - 1 + n*step
		if at < 0 || at >= len(s.lines) {
			break
		}
		if text := identity.Tokens(f.Path, string(s.lines[at])); text != "" {
			return text
		}
	}
	return ""
}

// seen says whether the text that the tool quotes stands in the line, white
// space aside. Tools quote a part of the line, the line, or the lines around.
func seen(line []byte, snippet string) bool {
	squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
	want, have := squeeze(snippet), squeeze(string(line))
	if want == "" || strings.Contains(want, have) {
		return true
	}
	first, _, _ := strings.Cut(strings.TrimSpace(snippet), "\n")
	return strings.Contains(have, squeeze(first))
}

// position finds the line and the column, in bytes, of a character's offset.
func (s *source) position(offset int, units sarif.Units) (line, column int) {
	for i, text := range s.lines {
		length := count(text, units) + 1 // the line feed
		if offset < length {
			return i + 1, byteColumn(text, offset+1, units)
		}
		offset -= length
	}
	return 0, 0
}

func count(text []byte, units sarif.Units) int {
	n := 0
	for _, r := range string(text) {
		n += width(r, units)
	}
	return n
}

func width(r rune, units sarif.Units) int {
	if units == sarif.UTF16 && r > 0xffff {
		return 2
	}
	return 1
}

// byteColumn turns a column in units, from 1, into one in bytes. Columns past
// the end become the one after the last byte; 0 stays 0.
func byteColumn(line []byte, column int, units sarif.Units) int {
	if column <= 0 {
		return 0
	}
	at := 1
	for i, r := range string(line) {
		if at >= column {
			return i + 1
		}
		at += width(r, units)
	}
	return len(line) + 1
}

// aboutSecrets says whether the line is likely to hold a secret, which must not
// travel on in our reports.
func aboutSecrets(f *Found) bool {
	text := strings.ToLower(f.Rule + " " + f.Message)
	for _, word := range []string{"secret", "password", "passwd", "credential", "token", "api-key", "api key", "apikey", "private-key", "private key", "gitleaks", "trufflehog", "hardcoded", "hard-coded"} {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// printable has a blank for every control character, so that columns stay.
func printable(line string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r < utf8.RuneSelf {
			return ' '
		}
		return r
	}, line)
}
