// Package docfile reads the text of result files, whoever wrote them.
//
// Other people's tools write UTF-8 with and without a byte order mark, UTF-16
// out of a shell's redirection, ISO 8859-1 out of an old report generator, and
// now and then half a file. Here such bytes become UTF-8, or a fault with the
// line and the column, so that the readers of the formats need not care.
package docfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	utf16 "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// UTF8 returns data as UTF-8 without a byte order mark. Data in UTF-16 is only
// known by its mark (Unicode standard, section 23.8). Where nothing has to
// change the result shares memory with data.
func UTF8(data []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		return data[3:], nil
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		text, _, err := transform.Bytes(utf16.BOMOverride(transform.Nop), data)
		if err != nil {
			return nil, fmt.Errorf("reading UTF-16: %w", err)
		}
		return text, nil
	}
	return data, nil
}

// At makes a fault about the byte at offset of data: its line and column, and
// the text of the line where that is short enough to be read.
func At(data []byte, offset int64, hint, format string, args ...any) *fault.Error {
	offset = min(max(offset, 0), int64(len(data)))
	start := bytes.LastIndexByte(data[:offset], '\n') + 1
	line, _, _ := bytes.Cut(data[start:], []byte("\n"))
	place := fault.Place{
		Line:   bytes.Count(data[:start], []byte("\n")) + 1,
		Column: int(offset) - start + 1,
	}
	const readable = 200
	if len(line) <= readable && utf8.Valid(line) {
		place.Source = strings.TrimRight(string(line), "\r")
	}
	return fault.At(fault.Incomplete, place, hint, format, args...)
}

// JSONFault says where data is not the JSON that was expected. A syntax error
// is looked for again from the start: a streaming decoder counts only a part of
// the bytes. Other errors are placed at offset, where the decoder stood.
func JSONFault(data []byte, offset int64, err error) *fault.Error {
	const hint = "make the tool write the file again; it may have been cut off"
	var whole json.RawMessage
	syntax, ok := errors.AsType[*json.SyntaxError](json.Unmarshal(data, &whole))
	if ok {
		return At(data, syntax.Offset-1, hint, "reading JSON: %s", syntax.Error())
	}
	if kind, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return At(data, offset, "", "reading JSON: %s holds a %s, which does not belong there", fieldName(kind.Field), kind.Value)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return At(data, int64(len(data)), hint, "reading JSON: the file ends too early")
	}
	return At(data, offset, "", "reading JSON: %v", err)
}

func fieldName(field string) string {
	if field == "" {
		return "the value"
	}
	return field
}

// Time reads a date and time as result files have them: RFC 3339, or ISO 8601
// without a zone, which counts as UTC. It returns the zero time for anything
// else, since a date that nobody can read is as good as none.
func Time(s string) time.Time {
	s = strings.TrimSpace(s)
	for _, layout := range []string{
		time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999",
		"2006-01-02T15:04:05.999999999-0700", "2006-01-02 15:04:05.999999999 -0700 MST", "2006-01-02T15:04:05.999999999Z",
		time.RFC1123, time.RFC1123Z,
	} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1970 && t.Year() < 9999 {
			return t.UTC()
		}
	}
	return time.Time{}
}

// OneLine is s with every run of white space made one blank, without control
// characters and broken UTF-8, cut after limit runes.
func OneLine(s string, limit int) string {
	if len(s) > 16*limit { // no need to fold megabytes for one line
		s = s[:16*limit]
	}
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ")
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}
