package report

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// FuzzHostile puts one text into every field of a run, and holds that no format
// lets it command a terminal, a CI runner or a page.
func FuzzHostile(f *testing.F) {
	for _, s := range []string{
		hostileText, "", " ", "::", "a ::set-env::", strings.Repeat("x ", 30) + "::error::y", "%0A::error::", "\n::error::", "`", "|", "]]>", "\u202e",
		strings.Repeat("日本", 60), "\t", "##vso[a]", strings.Repeat("\u0301", 99), "-->", "<!--", "\ufffe", "\u2028::x::",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 4096 {
			return
		}
		events := hostileRun(s)
		for _, format := range Formats {
			checkHarmless(t, format, render(t, format, options(), events))
		}
		opt := options()
		opt.Color, opt.Hyperlinks, opt.Show = true, true, ShowAll
		checkHarmless(t, "text", ours.ReplaceAllString(render(t, "text", opt, events), ""))
		var status bytes.Buffer
		if err := Status(&status, events[len(events)-1].(*event.Verdict), options()); err != nil {
			t.Fatal(err)
		}
		checkHarmless(t, "text", status.String())
	})
}

// ours are the escape sequences that we write.
var ours = regexp.MustCompile("\x1b\\[[0-9;]*m|\x1b]8;;(https://plimsoll\\.example/[a-z./-]*)?\x1b\\\\")

func checkHarmless(t *testing.T, format, out string) {
	t.Helper()
	for _, r := range out {
		if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			t.Fatalf("%s holds %U:\n%q", format, r, out)
		}
	}
	if strings.Contains(out, "##vso[") || strings.Contains(out, "##[") {
		t.Fatalf("%s holds a logging command:\n%s", format, out)
	}
	for line := range strings.Lines(out) {
		command := strings.HasPrefix(strings.TrimLeftFunc(line, unicode.IsSpace), "::")
		if command && (format != "github" || !strings.HasPrefix(line, "::error ")) {
			t.Fatalf("%s gives a command: %q", format, line)
		}
	}
	switch format {
	case "junit":
		checkXML(t, out)
	case "markdown":
		checkPage(t, out)
	}
}

func checkXML(t *testing.T, text string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(text))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			t.Fatalf("junit is no XML: %v", err)
		}
	}
}

// checkPage renders the Markdown as hosts do, HTML let through, and holds that
// nothing but our own elements comes out, the folds closed as often as opened.
func checkPage(t *testing.T, text string) {
	t.Helper()
	var out bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(text), &out); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, bad := range []string{"<a ", "<img", "<script", "<!--", "<input", "<blockquote", "<del>", "<em>", "<hr", "<h1", "<h4"} {
		if strings.Contains(page, bad) {
			t.Fatalf("markdown lets %s through:\n%s\n%s", bad, text, page)
		}
	}
	if opened, closed := strings.Count(page, "<details>"), strings.Count(page, "</details>"); opened != closed {
		t.Fatalf("%d folds opened, %d closed:\n%s", opened, closed, page)
	}
}

func TestMarkdownIsBounded(t *testing.T) {
	events := []event.Event{config("large")}
	for range 5000 {
		events = append(events, &event.Finding{Rule: "r", Severity: event.Low, Path: strings.Repeat("@`|", 400), Message: strings.Repeat("@<", 900), Source: strings.Repeat("`a", 200)})
		events = append(events, &event.Problem{Code: "c", Message: strings.Repeat("@", 900), Incomplete: true})
	}
	events = append(events, verdict(event.IncompleteGate, map[string]string{"code": strings.Repeat("u", 400)}))
	out := render(t, "markdown", options(), events)
	if len(out) > markdownLimit {
		t.Errorf("%d bytes, want at most %d", len(out), markdownLimit)
	}
	if !strings.Contains(out, "more problems") || !strings.Contains(out, "more findings") {
		t.Error("what was left out is not said")
	}
}
