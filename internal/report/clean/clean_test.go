package clean_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/plimsoll-dev/plimsoll/internal/report/clean"
)

func TestLine(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"plain text, as it is", "plain text, as it is"},
		{"naïve 日本語 é", "naïve 日本語 é"},
		{"tab\tand\r\nline end", "tab and  line end"},
		{"\x1b[31mred\x1b[0m", "‹U+001B›[31mred‹U+001B›[0m"},
		{"\x1b]0;title\x07", "‹U+001B›]0;title‹U+0007›"},
		{"\u009b2J", "‹U+009B›2J"},
		{"if admin\u202e // nimda", "if admin‹U+202E› // nimda"},
		{"zero\u200bwidth\ufeff", "zero‹U+200B›width‹U+FEFF›"},
		{"tag \U000e0041", "tag ‹U+E0041›"},
		{"not \xff UTF-8", "not ‹0xFF› UTF-8"},
		{"##vso[task.x]y ##[group] ##teamcity[z]", "## vso[task.x]y ## [group] ## teamcity[z]"},
		{"###[x] ## Heading [link]", "### [x] ## Heading [link]"},
		{"e\u0301\u0301\u0301\u0301\u0301\u0301", "e\u0301\u0301\u0301\u0301‹U+0301›‹U+0301›"},
	} {
		if got := clean.Line(tt.in); got != tt.want {
			t.Errorf("Line(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestStart(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"::add-mask::x", ": :add-mask::x"},
		{"  \u00a0::error::", "  \u00a0: :error::"},
		{"std::vector", "std::vector"},
	} {
		if got := clean.Start(tt.in); got != tt.want {
			t.Errorf("Start(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestTruncate(t *testing.T) {
	for _, tt := range []struct {
		in      string
		columns int
		want    string
	}{
		{"short", 5, "short"},
		{"longer", 5, "lo..."},
		{"日本語", 6, "日本語"},
		{"日本語日", 7, "日本..."},
		{"日本語日", 6, "日..."},
	} {
		if got := clean.Truncate(tt.in, tt.columns, "..."); got != tt.want {
			t.Errorf("Truncate(%q, %d) = %q, want %q", tt.in, tt.columns, got, tt.want)
		}
	}
}

// page renders Markdown the way that hosts do: with their extensions, and with
// HTML let through, which is the worst case.
func page(t testing.TB, text string) string {
	t.Helper()
	var out bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// injected are what a text from a repository must not bring into a page.
var injected = []string{"<a", "<img", "<script", "<b>", "<em", "<strong", "<h1", "<h2", "<ul", "<ol", "<table", "<hr", "<blockquote", "<del", "@evil", "<input"}

var markdowns = []string{
	"[a](http://x.example)", "![i](x)", "<script>x</script>", "<b>x", "@evil", "# h", "1. one", "1) one", " +", "    - a", "- a", "+ a", "* a", "---", "===", "> q",
	"**b** _e_ ~~d~~", "`` `<b>` ``", "http://x.example", "www.x.example", "mail@evil.example", "a | b", "[x]: y", "\\[a](b)", "&lt;b&gt;", "- [ ] t", "`", "``a`", "    code", "~~~", "```", "a\n\n# b", "WWW.x.example", "ftp://x.example",
}

func TestMarkdown(t *testing.T) {
	for _, s := range markdowns {
		checkMarkdown(t, s)
	}
}

func checkMarkdown(t testing.TB, s string) {
	t.Helper()
	prose, code := page(t, clean.Markdown(s)), page(t, "x "+clean.Code(s))
	for _, bad := range injected {
		if strings.Contains(prose, bad) {
			t.Errorf("Markdown(%q) = %q, which renders as %q", s, clean.Markdown(s), prose)
		}
		if bad != "@evil" && strings.Contains(code, bad) {
			t.Errorf("Code(%q) = %q, which renders as %q", s, clean.Code(s), code)
		}
	}
	if !strings.Contains(code, "<code>") {
		t.Errorf("Code(%q) = %q is no code: %q", s, clean.Code(s), code)
	}
}

func TestJSON(t *testing.T) {
	in := map[string]string{"a": "##vso[x] ### \u202e\u009b\x7f\U000e0041 日本"}
	text, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	cleaned := clean.JSON(text)
	if strings.Contains(string(cleaned), "##") || strings.ContainsRune(string(cleaned), 0x202e) {
		t.Errorf("JSON left %q", cleaned)
	}
	var out map[string]string
	if err := json.Unmarshal(cleaned, &out); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(in, out); diff != "" {
		t.Errorf("JSON changed the value:\n%s", diff)
	}
}

func FuzzLine(f *testing.F) {
	for _, s := range append(markdowns, "\x1b]8;;x\x07", "##vso[", "###[", "\u202e", "\xff", "::x::", "e\u0301") {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean.Line(s)
		if !utf8.ValidString(got) {
			t.Fatalf("Line(%q) = %q is not UTF-8", s, got)
		}
		for _, r := range got {
			if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
				t.Fatalf("Line(%q) = %q holds %U", s, got, r)
			}
		}
		if strings.Contains(got, "##[") || strings.Contains(got, "##vso[") {
			t.Fatalf("Line(%q) = %q holds a command", s, got)
		}
		if again := clean.Line(got); again != got {
			t.Fatalf("Line is not stable: %q, then %q", got, again)
		}
		if cut := clean.Truncate(got, 7, "..."); clean.Width(cut) > 7 {
			t.Fatalf("Truncate(%q) = %q is wider than 7", got, cut)
		}
		checkMarkdown(t, s)
	})
}
