package securitytxt

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const good = `# Our security address
Contact: mailto:security@shop.test
Contact: tel:+1-201-555-0123
contact: https://shop.test/report
Expires: 2026-12-31T18:37:07z
Encryption: openpgp4fpr:5f2de5521c63a801ab59ccb603d49de44b29100f
Acknowledgments: https://shop.test/hall-of-fame
Preferred-Languages: en, es, zh-Hant
Canonical: https://shop.test/.well-known/security.txt
Policy: https://shop.test/policy
Hiring: https://shop.test/jobs
CSAF: https://shop.test/.well-known/csaf/provider-metadata.json
X-Other: anything at all
`

func TestParse(t *testing.T) {
	minimal := "Contact: mailto:a@b.test\nExpires: 2026-12-31T00:00:00Z\n"
	signed := beginMessage + "\r\nHash: SHA256\r\n\r\n" + strings.ReplaceAll(minimal, "Contact", "- Contact") +
		beginSignature + "\n\niQ==\n" + endSignature + "\n"
	tests := []struct {
		name, text string
		want       []string // "line:column message"
	}{
		{"all fields", good, nil},
		{"carriage returns", strings.ReplaceAll(good, "\n", "\r\n"), nil},
		{"no end of line", strings.TrimSpace(minimal), nil},
		{"signed", signed, nil},
		{"text after the signature", signed + "Contact: mailto:evil@b.test\n", []string{`10:1 stands after the signature and is not covered by it`}},
		{"signature cut off", strings.TrimSuffix(signed, endSignature+"\n"), []string{`9:1 the OpenPGP signature is incomplete`}},
		{"empty", "", []string{"0:0 has no Contact field", "0:0 has no Expires field"}},
		{"bare e-mail", strings.Replace(minimal, "mailto:", "", 1), []string{"1:10 Contact: an e-mail address must be a mailto: URI"}},
		{"bare number", minimal + "Contact: +1 201 555 0123\n", []string{"3:10 Contact: a telephone number must be a tel: URI"}},
		{"empty mailto", minimal + "Contact: mailto:\n", []string{`3:10 Contact: "mailto:" names no place`}},
		{"not a number", minimal + "Contact: tel:office\n", []string{`3:10 Contact: "tel:office" names no telephone number`}},
		{"plain http", minimal + "Policy: http://b.test/\n", []string{"3:9 Policy: a web address must begin with https://"}},
		{"no scheme", minimal + "Canonical: b.test/security.txt\n", []string{`3:12 Canonical: "b.test/security.txt" is not a URI`}},
		{"no value", minimal + "Hiring:\n", []string{"3:8 Hiring: a space must follow the colon", "3:8 Hiring has no value"}},
		{"no space", minimal + "Hiring:https://b.test/\n", []string{"3:8 Hiring: a space must follow the colon"}},
		{"prose", minimal + "Write to us\n", []string{"3:1 is neither a field nor a comment"}},
		{"two dates", minimal + "Expires: 2027-01-01T00:00:00Z\n", []string{"3:1 Expires stands in the file more than once"}},
		{"date without time", strings.Replace(minimal, "T00:00:00Z", "", 1), []string{`2:10 Expires: "2026-12-31" is not a date by RFC 3339`}},
		{"mail's date", strings.Replace(minimal, "2026-12-31T00:00:00Z", "Thu, 31 Dec 2026 18:37:07 -0800", 1),
			[]string{`2:10 Expires: "Thu, 31 Dec 2026 18:37:07 -0800" is not a date by RFC 3339`}},
		{"languages twice", minimal + "Preferred-Languages: en\npreferred-languages: de\n", []string{"4:1 preferred-languages stands in the file more than once"}},
		{"languages out of form", minimal + "Preferred-Languages: en; de\n", []string{`3:22 Preferred-Languages: "en; de" is not a language tag`}},
		{"British spelling", minimal + "Acknowledgements: https://b.test/\n", []string{"3:1 Acknowledgements is not a field that readers know"}},
		{"byte order mark", "\ufeff" + minimal, []string{"1:1 begins with a byte order mark"}},
		{"Latin-1", minimal + "# caf\xe9\n", []string{"3:1 is not UTF-8"}},
		{"escape sequence", minimal + "Policy: \x1b[31m\n", []string{"3:9 holds a control character"}},
		{"too large", strings.Repeat("#\n", MaxSize), []string{"0:0 larger than 64 KB: readers may refuse it"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, faults := Parse([]byte(tt.text))
			var got []string
			for _, f := range faults {
				got = append(got, fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Message))
				if f.Fix == "" {
					t.Errorf("%s: says nothing of what to do", f.Message)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExpires(t *testing.T) {
	f, _ := Parse([]byte(good))
	at, line, ok := f.Expires()
	if !ok || line != 5 || at.Format("2006-01-02") != "2026-12-31" {
		t.Errorf("got %v in line %d, %v", at, line, ok)
	}
	f, _ = Parse([]byte("Expires: soon\n"))
	if _, _, ok := f.Expires(); ok {
		t.Error("a broken date must not be one")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(good)
	f.Add(beginMessage + "\nHash: SHA512\n\n- - Contact: x\n" + beginSignature + "\n")
	f.Add("Contact:\x00\r\r\nExpires: 9999-12-31T23:59:60Z")
	f.Fuzz(func(t *testing.T, text string) {
		file, faults := Parse([]byte(text))
		lines := strings.Count(text, "\n") + 1
		for _, field := range file.Fields {
			if field.Line < 1 || field.Line > lines || field.Column < 1 {
				t.Errorf("field %q at %d:%d", field.Name, field.Line, field.Column)
			}
		}
		for _, fault := range faults {
			if fault.Line < 0 || fault.Line > lines || fault.Message == "" {
				t.Errorf("fault %+v", fault)
			}
		}
		if _, _, ok := file.Expires(); !ok && len(faults) == 0 {
			t.Error("no fault in a file that never expires")
		}
	})
}
