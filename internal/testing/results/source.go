package results

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/plimsoll-dev/plimsoll/internal/testing/results/sarif"
)

// Bounds of what is read to show the lines that results point to.
const (
	maxSources = 5000    // files
	maxSource  = 4 << 20 // bytes of one file
	maxLine    = 400     // bytes of a line that is shown
)

// quoteSources gives findings from SARIF their line of source, and their
// columns in bytes, which only the line's text can give.
func (im *importer) quoteSources(ctx context.Context) error {
	byPath := map[string][]*found{}
	for i := range im.found {
		if f := &im.found[i]; f.place != nil && im.tree.files[f.Path] {
			byPath[f.Path] = append(byPath[f.Path], f)
		}
	}
	paths := make([]string, 0, len(byPath))
	for name := range byPath {
		paths = append(paths, name)
	}
	slices.Sort(paths)
	moved := 0
	for _, name := range paths[:min(len(paths), maxSources)] {
		if err := ctx.Err(); err != nil {
			return err
		}
		data, err := im.pass.Read(ctx, workTree, name, maxSource)
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
	if moved > 0 {
		im.note("", "results-moved", "run the tools again", "%d results point to lines that have changed since the tool ran", moved)
	}
	return nil
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
func (s *source) quote(f *found) bool {
	res := f.place
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
	if len(line) <= maxLine && utf8.Valid(line) && !aboutSecrets(f) {
		f.Source = printable(string(line))
	}
	return true
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
func aboutSecrets(f *found) bool {
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
