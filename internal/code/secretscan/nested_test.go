package secretscan

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/code/unwrap"
)

func zipOf(t testing.TB, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err == nil {
			_, err = io.WriteString(f, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipOf(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := io.WriteString(w, text)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func base64Of(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }

// escapedOf writes every byte as a script does that hides something.
func escapedOf(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		fmt.Fprintf(&b, `\x%02x`, c)
	}
	return b.String()
}

// TestNested hides one token in every way and wants it found once, as the same
// secret, at its place, and never shown.
func TestNested(t *testing.T) {
	s := newTestScanner(t)
	plain := s.mustRead(t, strings.NewReader(token), -1).sightings[0].Fingerprint
	env := "# a comment that makes it longer\nTOKEN=" + token + "\n"
	utf16 := "\xff\xfe"
	for _, c := range env {
		utf16 += string([]byte{byte(c), 0})
	}
	deep := env
	for range unwrap.MaxDepth {
		deep = zipOf(t, "in.zip", deep)
	}
	for name, test := range map[string]struct {
		text, inside, via string
		line, column      int
	}{
		"base64":           {"a: 1\nkey: " + base64Of(env) + "\n", "", "base64", 2, 6},
		"base64 of base64": {"key: " + base64Of(base64Of(env)), "", "base64, base64", 1, 6},
		"base64 of gzip":   {"key: " + base64Of(gzipOf(t, env)), "", "base64, gzip", 1, 6},
		"base64 of zip":    {"key: " + base64Of(zipOf(t, "x/.env", env)), "", "base64, x/.env", 1, 6},
		"base64 of UTF-16": {"powershell -e " + base64Of(utf16[2:]), "", "base64", 1, 15},
		"hex":              {"key = " + hex.EncodeToString([]byte(env)), "", "hex", 1, 7},
		"percent":          {"\n /?q=" + url.QueryEscape("é=é&") + strings.ReplaceAll(token, "Q", "%51"), "", "percent-encoding", 2, 2},
		"escapes":          {`x = "` + escapedOf(token) + `"`, "", "escapes", 1, 6},
		"jar":              {zipOf(t, "META-INF/MANIFEST.MF", "Version: 1\n", "config/app.properties", env), "config/app.properties", "", 2, 7},
		"gzip":             {gzipOf(t, env), "", "gzip", 2, 7},
		"UTF-16 in zip":    {zipOf(t, "a.reg", utf16), "a.reg", "", 2, 7},
		"zip in zip":       {zipOf(t, "lib/in.zip", zipOf(t, "a.env", env)), "lib/in.zip!/a.env", "", 2, 7},
		"base64 in zip":    {zipOf(t, "a.yaml", "\n\nx: "+base64Of(env)), "a.yaml", "base64", 3, 4},
		"deep":             {deep, strings.Repeat("in.zip!/", unwrap.MaxDepth-1) + "in.zip", "", 2, 7},
		"docx":             {zipOf(t, "[Content_Types].xml", "<x/>", "word/document.xml", "<w:p><w:t>key "+token[:9]+"</w:t><w:t>"+token[9:]+"</w:t></w:p>"), "word/document.xml", "", 1, 5},
		"notebook":         {"{\"nbformat\": 4, \"cells\": [{\"cell_type\": \"code\",\n \"source\": [\"t = \\\"" + token[:20] + "\",\n\"" + token[20:] + "\\\"\"]}]}", "", "", 2, 20},
	} {
		got := s.mustRead(t, strings.NewReader(test.text), int64(len(test.text)))
		if len(got.sightings) != 1 {
			t.Errorf("%s: want it once, got %+v", name, got.sightings)
			continue
		}
		g := got.sightings[0]
		if g.Inside != test.inside || g.Via != test.via || g.Line != test.line || g.Column != test.column || g.Fingerprint != plain {
			t.Errorf("%s: got %q via %q at %d:%d %s, want %q via %q at %d:%d %s", name, g.Inside, g.Via, g.Line, g.Column, g.Fingerprint,
				test.inside, test.via, test.line, test.column, plain)
		}
		for _, secret := range []string{token[12:], base64Of(env)[20:40], hex.EncodeToString([]byte(env))[60:]} {
			if strings.Contains(g.Source, secret) {
				t.Errorf("%s: %q shows the secret", name, g.Source)
			}
		}
		if got.walk == nil || got.walk.Cut != "" || got.walk.Broken {
			t.Errorf("%s: looked into %+v", name, got.walk)
		}
	}
}

// TestNestedOnce holds that a secret that stands there in plain is not told again
// of the encoded text that it is a part of, and a word known by its key is not
// believed in a phrase.
func TestNestedOnce(t *testing.T) {
	s := newTestScanner(t)
	for name, text := range map[string]string{
		"in a query":        "https://a.invalid/?x=%41%42&t=" + token,
		"both":              "a: " + token + " # " + base64Of("TOKEN="+token+" and more of it"),
		"stored in a zip":   zipOf(t, "a", token),
		"generic in base64": "a: " + token + "\nb: " + base64Of(`password = "`+password+`"`),
	} {
		got := s.mustRead(t, strings.NewReader(text), int64(len(text)))
		if want := map[bool]int{true: 2, false: 1}[name == "both"]; len(got.sightings) != want {
			t.Errorf("%s: got %+v", name, got.sightings)
		}
	}
}

func TestNestedTooDeep(t *testing.T) {
	s := newTestScanner(t)
	deep := "TOKEN=" + token
	for range unwrap.MaxDepth + 1 {
		deep = zipOf(t, "in.zip", deep)
	}
	got := s.mustRead(t, strings.NewReader(deep), int64(len(deep)))
	if len(got.sightings) != 0 || !strings.Contains(got.walk.Cut, "inside one another") {
		t.Errorf("got %+v, %+v", got.sightings, got.walk)
	}
}

// TestCheckNested holds the whole check against archives in tree and history.
func TestCheckNested(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	zeros := gzipOf(t, strings.Repeat("\x00", 30<<20))
	secret := "apiVersion: v1\nkind: Secret\ndata:\n  password: " + base64Of(password) + "\n"
	commit(t, dir, map[string]string{"old.jar": zipOf(t, "a/b.env", "TOKEN="+token+"\n"), "deploy/secret.yaml": secret})
	if err := os.Remove(filepath.Join(dir, "old.jar")); err != nil {
		t.Fatal(err)
	}
	commit(t, dir, map[string]string{"bomb.gz": zeros, "testdata/bad.zip": "PK\x03\x04 is no archive at all", "a.xz": "\xfd7zXZ\x00 and more"})
	r := checktest.RunRepo(t, New(), dir)
	var got []string
	for _, f := range r.Findings {
		got = append(got, fmt.Sprintf("%s:%d %s %s", f.Path, f.Line, f.Rule, f.Message))
		if strings.Contains(f.Source, base64Of(password)) {
			t.Errorf("the source shows the secret: %q", f.Source)
		}
	}
	want := []string{
		"deploy/secret.yaml:4 secret.generic-password a password in the source (10 characters), in base64",
		"old.jar:0 secret.github-pat a GitHub personal access token (ghp_…, 40 characters), in old.jar!/a/b.env:1, in history only: removing it from the tree didn't revoke it",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	got = nil
	for _, p := range r.Problems {
		got = append(got, fmt.Sprintf("%s %v %s", p.Path, p.Incomplete, p.Message))
	}
	want = []string{
		" false 1 files of the work tree begin like archives and could not be read to their end: testdata/bad.zip",
		" false 1 files of the history begin like archives and could not be read to their end: testdata/bad.zip",
		"bomb.gz true the file, in the work tree, was not looked into to its end: it holds more than 200 times its size, or more than 256 MiB",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}
