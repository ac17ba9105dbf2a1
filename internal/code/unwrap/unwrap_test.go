package unwrap

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// zipOf packs files given as name, content, name, content.
func zipOf(t testing.TB, method uint16, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.CreateHeader(&zip.FileHeader{Name: files[i], Method: method})
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
	return b.Bytes()
}

func gzipOf(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func tarOf(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		err := w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1]))})
		if err == nil {
			_, err = io.WriteString(w, files[i+1])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstdOf(t testing.TB, data []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(data, nil)
}

// TestWideWindow: a stream that wants more memory than there is for it is
// damaged goods, and costs nothing.
func TestWideWindow(t *testing.T) {
	w, err := zstd.NewWriter(nil, zstd.WithWindowSize(2*maxWindow))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w.Reset(&b)
	if _, err := w.Write(bytes.Repeat([]byte("abcdefgh"), maxWindow/2)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	walk := NewWalk(int64(b.Len()))
	if got := entries(t, walk, b.Bytes()); !walk.Broken || len(got) != 1 || got[0] != "/: " {
		t.Errorf("broken: %v; %v", walk.Broken, got)
	}
}

// entries lists what a walk gives of data, entered as far as it goes.
func entries(t testing.TB, w *Walk, data []byte) []string {
	t.Helper()
	var got []string
	var enter func(prefix string, data []byte, depth int)
	enter = func(prefix string, data []byte, depth int) {
		kind := Sniff(data[:min(len(data), HeadSize)])
		if !kind.Opens() || depth == MaxDepth {
			got = append(got, fmt.Sprintf("%s: %.40s", prefix, data))
			return
		}
		err := w.Each(kind, bytes.NewReader(data), func(e Entry) error {
			data, err := io.ReadAll(e.Content)
			enter(prefix+"/"+e.Name, data, depth+1)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	enter("", data, 0)
	return got
}

func TestEach(t *testing.T) {
	plain := zipOf(t, zip.Deflate, "a.txt", "one", "b/c.txt", "two")
	for name, test := range map[string]struct {
		data []byte
		want []string
	}{
		"zip":           {plain, []string{"/a.txt: one", "/b/c.txt: two"}},
		"tar":           {tarOf(t, "x", "1", "y", "2"), []string{"/x: 1", "/y: 2"}},
		"tar.gz":        {gzipOf(t, tarOf(t, "x", "1")), []string{"//x: 1"}},
		"zip in zip":    {zipOf(t, zip.Store, "in.zip", string(plain)), []string{"/in.zip/a.txt: one", "/in.zip/b/c.txt: two"}},
		"no directory":  {plain[:bytes.Index(plain, []byte("PK\x01\x02"))], []string{"/a.txt: one", "/b/c.txt: two"}},
		"tar.zst":       {zstdOf(t, tarOf(t, "x", "1")), []string{"//x: 1"}},
		"cut off":       {gzipOf(t, bytes.Repeat([]byte("abc"), 3))[:15], []string{"/: abcabcabc"}},
		"only a header": {[]byte("PK\x03\x04 and no more than that, which is text"), nil},
	} {
		w := NewWalk(int64(len(test.data)))
		if diff := cmp.Diff(test.want, entries(t, w, test.data)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if w.Cut != "" {
			t.Errorf("%s: cut: %s", name, w.Cut)
		}
		if broken := name == "no directory" || name == "cut off" || name == "only a header"; w.Broken != broken {
			t.Errorf("%s: broken: %v", name, w.Broken)
		}
	}
}

// TestBounds makes what each bound is against, and wants it to say so.
func TestBounds(t *testing.T) {
	zeros := strings.Repeat("\x00", 40<<20)
	many := make([]string, 0, 2*(MaxEntries+1))
	for i := range MaxEntries + 1 {
		many = append(many, fmt.Sprint(i), "")
	}
	for name, test := range map[string]struct {
		data []byte
		want string
		most int64 // that may come out
	}{
		"ratio":          {gzipOf(t, []byte(zeros)), "times its size", 40 << 20},
		"ratio of zstd":  {zstdOf(t, []byte(zeros)), "times its size", 40 << 20},
		"nested ratio":   {gzipOf(t, zipOf(t, zip.Deflate, "a", zeros, "b", zeros)), "times its size", 40 << 20},
		"overlap":        {overlapping(t, 300), "upon one another", 0},
		"entries":        {zipOf(t, zip.Store, many...), "entries", 0},
		"entries of tar": {tarOf(t, many...), "entries", 0},
	} {
		w := NewWalk(int64(len(test.data)))
		entries(t, w, test.data)
		if !strings.Contains(w.Cut, test.want) || w.Bytes > test.most {
			t.Errorf("%s: %d bytes give %d; cut: %q, want %q", name, len(test.data), w.Bytes, w.Cut, test.want)
		}
	}
	w := NewWalk(1 << 40)
	if _, release := w.Hold(io.LimitReader(zeroes{}, MaxHeld+1)); release != nil || !strings.Contains(w.Cut, "MiB") {
		t.Errorf("holding more than MaxHeld: %q", w.Cut)
	}
	w = NewWalk(1 << 40)
	if n, _ := io.Copy(io.Discard, w.meter(zeroes{})); n != MaxEntry || !strings.Contains(w.Cut, "an entry") {
		t.Errorf("an entry without end gives %d bytes: %q", n, w.Cut)
	}
}

type zeroes struct{}

func (zeroes) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// overlapping is a zip file whose n entries are one and the same compressed data.
func overlapping(t *testing.T, n int) []byte {
	t.Helper()
	one := zipOf(t, zip.Deflate, "a", strings.Repeat("x", 1<<20))
	at := bytes.Index(one, []byte("PK\x01\x02"))
	end := bytes.LastIndex(one, []byte("PK\x05\x06"))
	record, tail := one[at:end], bytes.Clone(one[end:])
	data := append(bytes.Clone(one[:at]), bytes.Repeat(record, n)...)
	binary.LittleEndian.PutUint16(tail[8:], uint16(n))
	binary.LittleEndian.PutUint16(tail[10:], uint16(n))
	binary.LittleEndian.PutUint32(tail[12:], uint32(n*len(record)))
	return append(data, tail...)
}

func TestUnread(t *testing.T) {
	locked := zipOf(t, zip.Store, "a", "secret")
	for _, magic := range []string{"PK\x03\x04", "PK\x01\x02"} {
		at := bytes.Index(locked, []byte(magic))
		locked[at+map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8}[magic]] |= 1
	}
	w := NewWalk(1000)
	if got := entries(t, w, locked); len(got) != 0 || w.Unread[Encrypted] != 1 {
		t.Errorf("of an encrypted entry: %v, %v", got, w.Unread)
	}
	for head, want := range map[string]Kind{
		"\xfd7zXZ\x00....": "xz", "\x28\xb5\x2f\xfd....": "zstd", "Rar!\x1a\x07....": "rar", "package main\n": None, "\x1f\x8b": None, "BZh91AY&SY\x00\x00": Bzip2,
	} {
		if got := Sniff([]byte(head)); got != want {
			t.Errorf("%q is %q, want %q", head, got, want)
		}
	}
}

// placesIn is Search with the places in order.
func placesIn(text []byte, from, to int) *Places {
	p := &Places{}
	p.Search(text, from, to)
	p.Sort()
	return p
}

func TestEncoded(t *testing.T) {
	const said = "the password of the database is not to be told to anybody, not even in base64, and neither in hex"
	std := base64.StdEncoding.EncodeToString([]byte(said))
	url := base64.URLEncoding.EncodeToString([]byte("??>>~~ " + said))
	lines := std[:64] + "\n    " + std[64:128] + "\n    " + std[128:]
	for name, test := range map[string]struct{ text, run, want string }{
		"standard":      {`key: "` + std + `"`, std, said},
		"url":           {"?q=" + url + "&", url, "??>>~~ " + said},
		"lines":         {"data: |\n    " + lines + "\nnext: 1", lines, said},
		"escaped lines": {`"a\n` + strings.ReplaceAll(lines, "\n    ", `\n`) + `"`, strings.ReplaceAll(lines, "\n    ", `\n`), said},
		"hex":           {"x = 0x" + hex.EncodeToString([]byte(said)) + ";", hex.EncodeToString([]byte(said)), said},
		"unpadded":      {strings.TrimRight(std, "="), strings.TrimRight(std, "="), said},
		"words":         {"thisIsTheNameOfAnIdentifier and/a/path/of/some/length/file", "", ""},
		"digest":        {"sha512-" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{0xfe, 3, 0x90}, 21)), "", ""},
		"gzip":          {base64.StdEncoding.EncodeToString(gzipOf(t, []byte(said))), base64.StdEncoding.EncodeToString(gzipOf(t, []byte(said))), string(gzipOf(t, []byte(said)))},
	} {
		var run, got string
		NewWalk(1<<20).Encoded([]byte(test.text), placesIn([]byte(test.text), 0, len(test.text)).Runs, func(r Run) { run, got = test.text[r.Start:r.End], string(r.Data) })
		if run != test.run || got != test.want {
			t.Errorf("%s: %q says %q\nwant %q, %q", name, run, got, test.run, test.want)
		}
	}
}

func TestEscaped(t *testing.T) {
	for text, want := range map[string]string{
		`url = "a%3Db%26c"`:                            "a=b&c",
		`"k\u003dv\u0026w"`:                            "k=v&w",
		`'\x41\x42 c'`:                                 "AB c",
		`printf("%d %s %20s %02x")`:                    "",
		`"\x1f\x8b\x41\x00\x42\x9c"`:                   "",
		`"\u00e9\u00e8"`:                               "",
		"100%25%3D " + strings.Repeat("x", maxEscaped): "100%=",
	} {
		got := ""
		NewWalk(1<<20).Escaped([]byte(text), placesIn([]byte(text), 0, len(text)).Escapes, func(r Run) { got = string(r.Data) })
		if got != want {
			t.Errorf("%.40s says %q, want %q", text, got, want)
		}
	}
}

func TestManifest(t *testing.T) {
	text := "apiVersion: v1\nkind: Secret\nmetadata:\n  name: Zm9vYmFyCg==\ndata:\n  # base64\n  password: aHVudGVyMjIy\n  bad: a\nother:\n  password: aHVudGVyMjIy\n"
	var got []string
	NewWalk(1000).Manifest([]byte(text), 0, len(text), placesIn([]byte(text), 0, len(text)).Secrets, func(p Pair) { got = append(got, text[p.Start:p.End]+" "+string(p.Line)) })
	if diff := cmp.Diff([]string{"aHVudGVyMjIy password: hunter222\n"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNotebook(t *testing.T) {
	text := `{"cells": [{"cell_type": "code", "source": ["a = \"x\"\n", "b = 2"], "outputs": [{"text": "shown"}]}], "nbformat": 4}`
	n := NewWalk(1000).Notebook([]byte(text))
	if n == nil || string(n.Text) != "a = \"x\"\nb = 2\nshown\n" {
		t.Fatalf("got %+v", n)
	}
	for _, part := range []string{"x", "b = 2", "shown"} {
		at := bytes.Index(n.Text, []byte(part))
		if got := n.Origin([]byte(text), at); !strings.HasPrefix(text[got:], part) {
			t.Errorf("%q comes from %q", part, text[got:])
		}
	}
	if NewWalk(1000).Notebook([]byte(`{"nbformat": 4}`)) != nil {
		t.Error("a notebook needs cells")
	}
}

func TestUntagged(t *testing.T) {
	got, err := io.ReadAll(Untagged(strings.NewReader(`<w:p><w:r><w:t>gh</w:t></w:r><w:t xml:space="preserve">p_ &amp; x</w:t></w:p><w:p>next</w:p><br/>`)))
	if want := "ghp_ & x\nnext\n\n"; err != nil || string(got) != want {
		t.Errorf("got %q, want %q (%v)", got, want, err)
	}
}

// FuzzEach holds that no container makes the walk fail or exceed its bounds.
func FuzzEach(f *testing.F) {
	plain := zipOf(f, zip.Deflate, "a.txt", "one", "mimetype", "x")
	f.Add(plain)
	f.Add(plain[:len(plain)-30])
	f.Add(gzipOf(f, tarOf(f, "x", "1")))
	f.Add(zstdOf(f, tarOf(f, "x", "1")))
	f.Add([]byte("BZh91AY&SY\x17\x72\x45\x38\x50\x90\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		w := NewWalk(int64(len(data)))
		entries(t, w, data)
		if w.Bytes > freeBytes+MaxRatio*int64(len(data)) || w.held != 0 {
			t.Errorf("%d bytes out, %d held", w.Bytes, w.held)
		}
	})
}

// FuzzText holds that encoded parts lie within the text, in order, whatever it is.
func FuzzText(f *testing.F) {
	f.Add([]byte(`key: "aHVudGVyMjIyaHVudGVyMjIyaHVudGVyMjIy"`), uint16(0))
	f.Add([]byte("kind: Secret\ndata:\n  a: aHVudGVyMjIy\n"), uint16(3))
	f.Add([]byte(`{"cells":[{"cell_type":"code","source":["a\u0041\n"]}],"nbformat":4}`), uint16(9))
	f.Add([]byte("%41%42%43 \\x41\\x42"), uint16(1))
	f.Fuzz(func(t *testing.T, text []byte, at uint16) {
		w := NewWalk(int64(len(text)))
		from := min(int(at), len(text))
		within := func(start, end int) {
			if start < 0 || start >= end || end > len(text) {
				t.Errorf("text[%d:%d] of %d bytes", start, end, len(text))
			}
		}
		last, places := from, placesIn(text, from, len(text))
		w.Encoded(text, places.Runs, func(r Run) {
			within(r.Start, r.End)
			if r.Start < last {
				t.Errorf("a run begins at %d, before %d", r.Start, last)
			}
			last = r.End
		})
		w.Escaped(text, places.Escapes, func(r Run) { within(r.Start, r.End) })
		w.Manifest(text, from, len(text), places.Secrets, func(p Pair) { within(p.Start, p.End) })
		if n := w.Notebook(text); n != nil {
			for i := range n.Text {
				if o := n.Origin(text, i); o < 0 || o > len(text) {
					t.Errorf("byte %d comes from %d", i, o)
				}
			}
		}
		if _, err := io.Copy(io.Discard, Untagged(bytes.NewReader(text))); err != nil {
			t.Error(err)
		}
	})
}
