package docfile

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

func TestUTF8(t *testing.T) {
	for _, in := range []string{"{\"é\":1}", "\xef\xbb\xbf{\"é\":1}", "\xff\xfe{\x00\"\x00\xe9\x00\"\x00:\x001\x00}\x00", "\xfe\xff\x00{\x00\"\x00\xe9\x00\"\x00:\x001\x00}"} {
		got, err := UTF8([]byte(in))
		if err != nil || string(got) != "{\"é\":1}" {
			t.Errorf("UTF8(%q) = %q, %v", in, got, err)
		}
	}
}

func TestJSONFaultPlace(t *testing.T) {
	tests := []struct {
		name, text   string
		line, column int
		want         string
	}{
		{"syntax", "{\n  \"a\": 1,\n  \"b\": x\n}", 3, 8, "invalid character 'x'"},
		{"cut off", "{\n  \"a\": [1,", 2, 10, "unexpected end"},
		{"empty", "", 1, 1, "unexpected end"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := JSONFault([]byte(tt.text), 0, io.ErrUnexpectedEOF)
			if err.Place.Line != tt.line || err.Place.Column != tt.column || !strings.Contains(err.Message, tt.want) {
				t.Errorf("got %v, want line %d column %d and %q", err, tt.line, tt.column, tt.want)
			}
		})
	}
	var v struct{ A int }
	text := []byte(`{"A":"x"}`)
	if err := JSONFault(text, 3, json.Unmarshal(text, &v)); !strings.Contains(err.Message, "A holds a string") {
		t.Errorf("got %v", err)
	}
}

func TestXMLRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"fine", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a><!-- c --><b>\xe9</b></a>", ""},
		{"entities", `<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;</a>`, "document type"},
		{"external", `<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>`, "document type"},
		{"unknown entity", `<a>&x;</a>`, "invalid character entity"},
		{"deep", strings.Repeat("<a>", 300), "deeper"},
		{"cut off", "<a>\n<b>", "unexpected EOF"},
		{"encoding", `<?xml version="1.0" encoding="EBCDIC"?><a/>`, "EBCDIC"},
		{"empty", " ", "no element"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := CheckXML([]byte(tt.text))
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
			if _, ok := errors.AsType[*fault.Error](err); err != nil && !ok {
				t.Errorf("%T is no fault", err)
			}
		})
	}
}

func TestTime(t *testing.T) {
	want := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	for _, s := range []string{"2026-03-04T05:06:07Z", "2026-03-04T05:06:07", "2026-03-04T06:06:07+01:00", "2026-03-04T06:06:07+0100", " 2026-03-04 05:06:07"} {
		if got := Time(s); !got.Equal(want) {
			t.Errorf("Time(%q) = %v", s, got)
		}
	}
	for _, s := range []string{"", "yesterday", "0001-01-01T00:00:00Z", "1/2/2026 3:04 PM"} {
		if got := Time(s); !got.IsZero() {
			t.Errorf("Time(%q) = %v, want none", s, got)
		}
	}
}

func TestOneLine(t *testing.T) {
	if got := OneLine(" a\n\t\x1b[1mb \xff c ", 10); got != "a [1mb c" {
		t.Errorf("got %q", got)
	}
	if got := OneLine(strings.Repeat("é", 100), 5); got != "éééé…" {
		t.Errorf("got %q", got)
	}
}
