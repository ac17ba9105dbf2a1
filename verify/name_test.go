package verify_test

import (
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// TestNamesHaveOneForm: whatever character may stand in a name is what each of
// Unicode's normal forms makes of it, and joins with nothing before it; so two
// names that are accepted and look the same to a file system are the same.
func TestNamesHaveOneForm(t *testing.T) {
	accepted := 0
	for r := rune(0x20); r <= 0x10FFFF; r++ {
		s := string(r)
		if r >= 0xD800 && r <= 0xDFFF || verify.CheckName("1"+s+"1") != nil {
			continue
		}
		accepted++
		if norm.NFC.String(s) != s || norm.NFKC.String(s) != s || !norm.NFC.PropertiesString(s).BoundaryBefore() {
			t.Errorf("%U is accepted in names, and has another form", r)
		}
	}
	if accepted < 100_000 {
		t.Errorf("%d characters are accepted: the table of refused ones is too wide", accepted)
	}
}

func TestNames(t *testing.T) {
	tests := []struct {
		name string
		safe bool
	}{
		{"app", true}, {"My App 2", true}, {"größe", true}, {"приложение", true}, {"アプリ", true}, {"앱", true}, {"Ada’s – app", true}, {"ghcr.io/example/app:1.2", true},
		{"", false}, {" app", false}, {"app\t", false}, {"a\x00b", false}, {"a\x1b[31mb", false}, {"a\u00a0b", false},
		{"a\u0301pp", false}, {"\u1112\u1161\u11ab", false}, {"\uf900", false}, {"\u1f71", false}, {"\u2126", false},
		{"\ufb01le", false}, {"x\u00b2", false}, {"\u2168", false}, {"\u0958", false}, {"\uff76", false}, {"\u24d0pp", false},
		{"a\u202eb", false}, {"a\u2066b", false}, {"a\u200db", false}, {"a\ufeffb", false}, {"a\u00adb", false}, {"a\u3164b", false},
		{"\u0440lan", false}, {"pl\u03b1n", false}, {"\U000e0041a", false}, {"a\ufe0f", false},
	}
	for _, tt := range tests {
		if err := verify.CheckName(tt.name); (err == nil) != tt.safe {
			t.Errorf("%q: %v, expected safe %v", tt.name, err, tt.safe)
		}
	}
}
