package page

import (
	"bytes"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"github.com/plimsoll-dev/plimsoll/internal/event"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier"
	"github.com/plimsoll-dev/plimsoll/internal/report/dossier/dossiertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func written(t testing.TB, d *dossier.Dossier) string {
	t.Helper()
	var out bytes.Buffer
	if err := HTML(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func marked(t testing.TB, d *dossier.Dossier) string {
	t.Helper()
	var out bytes.Buffer
	if err := Markdown(&out, d); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestGolden(t *testing.T) {
	for name, got := range map[string]string{"shop.html": written(t, dossiertest.Shop()), "shop.md": marked(t, dossiertest.Shop())} {
		path := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// injected are what strangers' text must not bring into a page.
var injected = []string{"<img", "<i>as published", "onerror=alert(1)>\"", "javascript:"}

func TestNothingIsInjected(t *testing.T) {
	page := written(t, dossiertest.Shop())
	for _, bad := range append(injected, "<script", "http://") {
		if strings.Contains(page, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	var out bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(marked(t, dossiertest.Shop())), &out); err != nil {
		t.Fatal(err)
	}
	for _, bad := range append(injected, "<script", "<a ") {
		if strings.Contains(out.String(), bad) {
			t.Errorf("the Markdown renders to %q", bad)
		}
	}
	if n := strings.Count(out.String(), "<table>"); n < 8 {
		t.Errorf("the Markdown renders to %d tables", n)
	}
}

func TestPolicyForbidsEverything(t *testing.T) {
	page := written(t, dossiertest.Shop())
	policy := `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">`
	at := strings.Index(page, policy)
	if at < 0 || at > strings.Index(page, "<style>") {
		t.Errorf("the policy is missing, or stands after what it is about")
	}
	for _, e := range elements(t, page) {
		switch e.name {
		case "script", "img", "link", "iframe", "form", "object", "embed", "base", "audio", "video":
			t.Errorf("the page holds a %s", e.name)
		}
		for attr, value := range e.attrs {
			if attr == "src" || attr == "srcset" || strings.HasPrefix(attr, "on") || strings.Contains(value, "url(") && !strings.Contains(value, "url(#") {
				t.Errorf("the %s has %s=%q", e.name, attr, value)
			}
		}
	}
	if strings.Contains(pageCSS, "url(") || strings.Contains(pageCSS, "@import") {
		t.Error("the styles load something")
	}
}

// element is a start tag of the page.
type element struct {
	name  string
	attrs map[string]string
	text  string // up to the next tag
	path  []string
}

// elements parses the page; it is written so that an XML parser reads it.
func elements(t *testing.T, page string) []element {
	t.Helper()
	page = strings.TrimPrefix(page, "<!DOCTYPE html>\n")
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var all []element
	var path []string
	for {
		token, err := d.Token()
		if token == nil {
			if len(all) < 50 {
				t.Fatalf("only %d elements: %v", len(all), err)
			}
			return all
		}
		switch x := token.(type) {
		case xml.StartElement:
			e := element{name: x.Name.Local, attrs: map[string]string{}, path: append([]string(nil), path...)}
			for _, a := range x.Attr {
				e.attrs[a.Name.Local] = a.Value
			}
			all, path = append(all, e), append(path, e.name)
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if len(all) > 0 {
				all[len(all)-1].text += string(x)
			}
		}
	}
}

// TestAccessible holds the page to what can be told from its source (WCAG 2.2:
// 1.1.1, 1.3.1, 2.4.1, 2.4.2, 2.4.6, 3.1.1, 4.1.2).
func TestAccessible(t *testing.T) {
	for name, d := range map[string]*dossier.Dossier{"shop": dossiertest.Shop(), "large": dossiertest.Large(90), "empty": {}} {
		all := elements(t, written(t, d))
		ids, count := map[string]bool{}, map[string]int{}
		for _, e := range all {
			count[e.name]++
			if id := e.attrs["id"]; id != "" {
				if ids[id] || strings.ContainsAny(id, " \t<>\"'") {
					t.Errorf("%s: the id %q is there twice, or is none", name, id)
				}
				ids[id] = true
			}
		}
		if count["h1"] != 1 || count["main"] != 1 || count["title"] < 1 || all[0].attrs["lang"] != "en" {
			t.Errorf("%s: %d h1, %d main, %d title, lang %q", name, count["h1"], count["main"], count["title"], all[0].attrs["lang"])
		}
		headings(t, name, all)
		for _, e := range all {
			named(t, name, e, ids)
		}
		if count["table"] != count["caption"] || count["table"] != count["thead"] {
			t.Errorf("%s: %d tables, %d captions, %d heads", name, count["table"], count["caption"], count["thead"])
		}
	}
}

// headings go down one level at a time.
func headings(t *testing.T, name string, all []element) {
	t.Helper()
	last := 0
	for _, e := range all {
		if len(e.name) == 2 && e.name[0] == 'h' && e.name[1] >= '1' && e.name[1] <= '6' {
			level := int(e.name[1] - '0')
			if level > last+1 {
				t.Errorf("%s: h%d follows h%d: %q", name, level, last, e.text)
			}
			last = level
		}
	}
}

// named: what is drawn, scrolled or followed has a name, and what refers to
// something refers to something there.
func named(t *testing.T, name string, e element, ids map[string]bool) {
	t.Helper()
	for _, attr := range []string{"aria-labelledby", "aria-describedby"} {
		for id := range strings.FieldsSeq(e.attrs[attr]) {
			if !ids[id] {
				t.Errorf("%s: %s is labelled by %q, which is not there", name, e.name, id)
			}
		}
	}
	if to, ok := strings.CutPrefix(e.attrs["href"], "#"); ok && !ids[to] {
		t.Errorf("%s: a link leads to #%s, which is not there", name, to)
	}
	label := e.attrs["aria-label"] + e.attrs["aria-labelledby"]
	switch {
	case e.name == "th" && e.attrs["scope"] == "":
		t.Errorf("%s: a heading of a table has no scope: %q", name, e.text)
	case e.name == "svg" && e.attrs["aria-hidden"] != "true" && (e.attrs["role"] != "img" || label == ""):
		t.Errorf("%s: a picture has no name", name)
	case e.attrs["tabindex"] != "" && (e.attrs["role"] == "" || label == ""):
		t.Errorf("%s: %s can be reached and has no name", name, e.name)
	}
}

// TestStatusesAreToldWithoutColour: the word stands beside every colour, and the
// picture has patterns and a table.
func TestStatusesAreToldWithoutColour(t *testing.T) {
	page := written(t, dossiertest.Large(300))
	for _, s := range event.Statuses {
		if !strings.Contains(page, `</svg>`+string(s)+`</span>`) {
			t.Errorf("no word beside the colour of %s", s)
		}
	}
	for _, pattern := range []string{"-exempt)", "-stale)", "-fail)"} {
		if !strings.Contains(page, "fill:url(#r-catalogue-acme"+pattern) {
			t.Errorf("no pattern %s", pattern)
		}
	}
	seen := map[string]bool{}
	for s, glyph := range glyphs {
		if seen[glyph] {
			t.Errorf("%s has the glyph of another", s)
		}
		seen[glyph] = true
	}
}

func BenchmarkHTML(b *testing.B) {
	d := dossiertest.Large(10_000)
	for b.Loop() {
		written(b, d)
	}
}
