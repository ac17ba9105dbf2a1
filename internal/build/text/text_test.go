package text_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/build/text"
)

// scan tells the hits of a source as "kind grade line:column".
func scan(t *testing.T, path, source string) string {
	t.Helper()
	s := text.SyntaxOf(path)
	if s == nil {
		t.Fatalf("%s is not taken for source", path)
	}
	var out []string
	for _, h := range text.Scan(s, []byte(source)) {
		out = append(out, fmt.Sprintf("%s %d %d:%d", h.Kind, h.Grade, h.Line, h.Column))
	}
	return strings.Join(out, ", ")
}

// The attacks of the paper "Trojan Source" and of what came after it.
func TestAttacks(t *testing.T) {
	for _, test := range []struct{ name, path, source, want string }{
		{"commenting out", "a.c", "int main() {\n/*\u202E } \u2066if (isAdmin)\u2069 \u2066 begin admins only */\n", "bidi 2 2:3"},
		{"early return", "a.py", "def f():\n  ''' Subtract funds from bank account then \u2067''' ;return\n", "bidi 2 2:45"},
		{"stretched string", "a.js", "if (level != \"user\u202E \u2066// Check if admin\u2069 \u2066\") {\n", "bidi 2 1:19"},
		{"closed in the next string", "a.go", "x := \"a\u202Ebcdef\" + \"ghijk\u202C\"\n", "bidi 2 1:8"},
		{"stretched short string", "a.sh", "if [ $level != 'user\u202E\u2066' ]; then # Check if admin\n", "bidi 2 1:21"},
		{"SQL in a string", "a.py", "q = \"\"\"\n  /* \u202E,\u2066Alice is an admin */ ('alice', TRUE)\n\"\"\"\n", "bidi 1 2:6"},
		{"line comment", "a.rs", "let x = 1; // nothing to see \u2067 here\n", "bidi 2 1:30"},
		{"between names", "a.go", "func f\u2066() {}\n", "bidi 2 1:7"},
		{"after a lifetime", "a.rs", "fn f<'a>(x: &'a str) { g(\"ab\u202Ecdefg\") }\n", "bidi 2 1:29"},
		{"homoglyph of a function", "a.go", "func sayHello() {}\nfunc say\u041Dello() {}\n", "mixed 2 2:6"},
		{"homoglyph alone", "a.ts", "export function p\u0430ssword() {}\n", "mixed 1 1:17"},
		{"whole word of another script", "a.py", "cope = 1\n\u0441\u043E\u0440\u0435 = 2\n", "mixed 2 2:1"},
		{"styled letters", "a.py", "\U0001D4EE\U0001D501\U0001D4EE\U0001D4EC('x')\n", "mixed 1 1:1"},
		{"invisible parameter", "a.js", "const { timeout,\u3164} = req.query;\n", "invisible 2 1:17"},
		{"zero width in a name", "a.go", "if is\u200BAdmin {}\n", "invisible 1 1:6"},
		{"payload in selectors", "a.js", "const s = `" + strings.Repeat("\uFE01\uFE0F", 20) + "`;\n", "invisible 2 1:12"},
		{"words in tags", "a.py", "# ok \U000E0069\U000E0067\U000E006E\n", "invisible 2 1:6"},
		{"payload of zero width", "a.rb", "x = '" + strings.Repeat("\u200B\u200C", 8) + "'\n", "invisible 1 1:6"},
		{"second line of a window", "Dockerfile", "FROM x\nRUN echo ok # \u202Eoops that is hidden\n", "bidi 2 2:15"},
		{"override closed in a string", "a.go", "x := \"a\u202Ebcdefg\u202C\"\n", "bidi 0 1:8"},
		{"table of characters", "a.js", "x.replace(/[\u202A-\u202E]/g, '')\n", "bidi 0 1:13"},
	} {
		if got := scan(t, test.path, test.source); got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// What people write in their languages, and what tools leave behind.
func TestInnocent(t *testing.T) {
	for _, test := range []struct{ name, path, source string }{
		{"Arabic string", "a.js", "const s = 'مرحبا بالعالم';\n"},
		{"Hebrew string with isolates", "a.js", "const s = 'שלום \u2066World\u2069 עולם';\n"},
		{"right-to-left mark in a date format", "ar.js", "L: 'D/\u200FM/\u200FYYYY',\n"},
		{"Persian with non-joiner", "fa.py", "title = 'می\u200Cخواهم'\n"},
		{"Persian comment", "a.go", "// می\u200Cخواهم\nvar x int\n"},
		{"Persian text in JSX", "a.tsx", "return <p>می\u200Cخواهم</p>;\n"},
		{"Hindi conjunct", "a.rb", "x = 'क्\u200Dष'\n"},
		{"emoji family", "a.go", "const s = \"\U0001F468\u200D\U0001F469\u200D\U0001F467\"\n"},
		{"emoji in JSX", "a.jsx", "<b>\u2764\uFE0F\u200D\U0001F525</b>\n"},
		{"keycap", "a.vue", "<b>1\uFE0F\u20E3</b>\n"},
		{"flag of Scotland", "a.ts", "const f = '\U0001F3F4\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F'\n"},
		{"byte order mark", "a.cs", "\uFEFFusing System;\n"},
		{"joined files", "a.css", "a{}\n\uFEFFb{}\n"},
		{"Greek in mathematics", "a.jl", "Δx = σ_max * λ1 + μs\nαβ = 1\nνx = 2\n"},
		{"Russian names", "a.py", "def получить_данные(): pass\nсумма = 1\ngetДата = 2\n"},
		{"Cyrillic class", "a.js", "const re = /[a-zа-яё]+/i, other = 'сор';\n"},
		{"Chinese comments", "a.java", "// 数据\nint x; /* 测试：全角，标点 */\n"},
		{"Turkish letter", "a.js", "const s = 'ısı';\n"},
		{"zero width literal", "a.js", "const zw = '\u200B';\nx.split('\u200D').join('')\n"},
		{"soft hyphen in a string", "a.php", "$x = 'Donau\u00ADdampf\u00ADschiff';\n"},
		{"Latin letters with accents", "a.py", "größe = 1\nnaïve = größe\n"},
		{"not UTF-8", "a.c", "/* \xb2\xe2\xca\xd4 \u202E abc */\n"},
		{"apostrophe in a comment", "a.go", "// don't worry\nx := 1 // it's “fine”…\n"},
	} {
		if got := scan(t, test.path, test.source); got != "" {
			t.Errorf("%s: got %q", test.name, got)
		}
	}
}

func TestWhatIsSource(t *testing.T) {
	got := map[string]bool{}
	for _, p := range []string{"a.go", "x/Dockerfile", ".github/workflows/ci.yml", "locales/ar.yml", "ar.json", "README.md", "po/he.po",
		"a.min.js", "index.html", "package.json", "Makefile", "doc.txt", "strings.xml", "LICENSE"} {
		got[p] = text.SyntaxOf(p) != nil
	}
	want := map[string]bool{"a.go": true, "x/Dockerfile": true, ".github/workflows/ci.yml": true, "locales/ar.yml": false, "ar.json": false,
		"README.md": false, "po/he.po": false, "a.min.js": false, "index.html": false, "package.json": true, "Makefile": true,
		"doc.txt": false, "strings.xml": false, "LICENSE": false}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if text.ScriptSyntax([]byte("#!/usr/bin/env python3\n")) == nil || text.ScriptSyntax([]byte("hello")) != nil {
		t.Error("a script was not told from a text")
	}
	if !text.IsTranslation([]byte("\ufeff<?xml version=\"1.0\"?>\n<!DOCTYPE TS>")) || text.IsTranslation([]byte("import x")) {
		t.Error("a translation was not told from TypeScript")
	}
}

func TestNonASCII(t *testing.T) {
	for length := range 100 {
		b := bytes.Repeat([]byte{'a'}, length)
		if got := text.NonASCII(b); got != -1 {
			t.Fatalf("in %d letters: %d", length, got)
		}
		for i := range b {
			b[i] = 0x80
			if got := text.NonASCII(b); got != i {
				t.Fatalf("at %d of %d: %d", i, length, got)
			}
			b[i] = 'a'
		}
	}
}

func TestVisible(t *testing.T) {
	if got := text.Visible([]byte("a\u202Eb\u200B é\xff")); got != "a<U+202E>b<U+200B> é\uFFFD" {
		t.Errorf("got %q", got)
	}
}

// What is made to be slow is not: the time that a text takes grows with its
// length alone.
func TestHostileIsCheap(t *testing.T) {
	for _, piece := range []string{"(/[\u202E", "\"\u202E\"a", "/*\u2066", "x\u0430y ", "\u3164", "'''\u202E", "`\u202D", "a\u200B\n", "--[[", "((((\u2066"} {
		data := []byte(strings.Repeat(piece, (2<<20)/len(piece)))
		for _, path := range []string{"a.js", "a.py"} {
			start := time.Now()
			if n := len(text.Scan(text.SyntaxOf(path), data)); n > text.MaxHits {
				t.Errorf("%q gives %d hits", piece, n)
			}
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("%q in %s took %v", piece, path, took)
			}
		}
	}
}

func FuzzScan(f *testing.F) {
	f.Add("a.js", "const s = `\u202E` // \u2066 /x[/]/ '\u3164")
	f.Add("a.py", "'''\u202E\n'''\nx\u0430yz = xayz")
	f.Add("a.rs", "'a 'b' /* \u2067 */ \"\\")
	f.Add("a.lua", "--[[ \u202E ]] -- \U000E0041")
	f.Fuzz(func(t *testing.T, path, source string) {
		s := text.SyntaxOf(path)
		if s == nil {
			s = text.ScriptSyntax([]byte("#!/bin/sh"))
		}
		last := -1
		for _, h := range text.Scan(s, []byte(source)) {
			if h.Offset < last || h.Length < 1 || h.Offset+h.Length > len(source) || h.Line < 1 || h.Column < 1 || h.What == "" || h.Key == "" {
				t.Fatalf("a hit that cannot be: %+v", h)
			}
			last = h.Offset
		}
	})
}

func BenchmarkASCII(b *testing.B) {
	data := bytes.Repeat([]byte("func main() { fmt.Println(\"hello\") }\n"), 30000)
	s := text.SyntaxOf("a.go")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		text.Scan(s, data)
	}
}

func BenchmarkChinese(b *testing.B) {
	data := bytes.Repeat([]byte("// 数据 测试\nfunc main() { fmt.Println(\"hello\") }\n"), 20000)
	s := text.SyntaxOf("a.go")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		text.Scan(s, data)
	}
}

func BenchmarkSuspicious(b *testing.B) {
	data := bytes.Repeat([]byte("// данные \u200F\nfunc main() { fmt.Println(\"hello\") }\n"), 20000)
	s := text.SyntaxOf("a.go")
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		text.Scan(s, data)
	}
}
