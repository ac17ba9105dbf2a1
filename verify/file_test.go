package verify_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// opened is the bundle of a release of contents, verified.
func opened(t testing.TB, policy verify.Policy, contents ...verifytest.Content) *verify.Bundle {
	t.Helper()
	o := verifytest.New()
	if policy.Now == nil {
		policy.Now = now
	}
	b, err := verify.OpenBundle(o.Release("app", "1.0.0", contents...).Bundle(), o.Trust(), policy)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// planted is content as a deliverable with a tree.
func planted(t testing.TB, name string, data []byte, chunk int64) verifytest.Content {
	t.Helper()
	tree, _, err := verify.BuildTree(bytes.NewReader(data), int64(len(data)), chunk)
	if err != nil {
		t.Fatal(err)
	}
	return verifytest.Content{Name: name, Data: data, Tree: &tree}
}

func written(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// releases are the same content with a tree and without.
func releases(t *testing.T, data []byte) map[string]*verify.Bundle {
	return map[string]*verify.Bundle{
		"digest": opened(t, verify.Policy{}, verifytest.Content{Name: "bin/app", Data: data}),
		"tree":   opened(t, verify.Policy{}, planted(t, "bin/app", data, 4096)),
	}
}

func TestFile(t *testing.T) {
	data := noise(20_000)
	flipped := bytes.Clone(data)
	flipped[12_345] ^= 1
	tests := []struct {
		name, file string
		data       []byte
		want       verify.Reason
	}{
		{"itself", "app", data, ""},
		{"under another name", "renamed", data, ""},
		{"one bit", "app", flipped, verify.WrongArtifact},
		{"shorter", "app", data[:19_999], verify.WrongArtifact},
		{"longer", "app", append(bytes.Clone(data), 0), verify.WrongArtifact},
		{"empty", "app", nil, verify.WrongArtifact},
	}
	for how, b := range releases(t, data) {
		for _, test := range tests {
			p, err := verify.File(written(t, test.file, test.data), b)
			if got := verify.ReasonOf(err); got != test.want || err == nil != p.Valid() {
				t.Errorf("%s, by %s: %v (%s), expected %q", test.name, how, err, got, test.want)
			}
			if p.Valid() && p.Deliverable().Name != "bin/app" {
				t.Errorf("%s, by %s: it is %s", test.name, how, p)
			}
		}
	}
}

// TestFileAmongSeveral: the content decides which of them it is.
func TestFileAmongSeveral(t *testing.T) {
	b := opened(t, verify.Policy{}, verifytest.Content{Name: "a", Data: []byte("one")}, verifytest.Content{Name: "b", Data: []byte("two")}, verifytest.Content{Name: "empty"})
	for data, want := range map[string]string{"one": "a", "two": "b", "": "empty"} {
		p, err := verify.File(written(t, "a", []byte(data)), b)
		if err != nil || p.Deliverable().Name != want {
			t.Errorf("%q is %s: %v", data, p, err)
		}
	}
}

// TestFileSparse: holes are zeros, and count like any others.
func TestFileSparse(t *testing.T) {
	const size = 3 << 20
	path := written(t, "app", nil)
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
	for how, b := range releases(t, make([]byte, size)) {
		if _, err := verify.File(path, b); err != nil {
			t.Errorf("by %s: %v", how, err)
		}
	}
	for how, b := range releases(t, noise(size)) {
		if _, err := verify.File(path, b); verify.ReasonOf(err) != verify.WrongArtifact {
			t.Errorf("by %s: %v", how, err)
		}
	}
}

// meddler does something at the first read.
type meddler struct {
	io.ReaderAt
	once   sync.Once
	meddle func()
}

func (m *meddler) ReadAt(p []byte, off int64) (int, error) {
	n, err := m.ReaderAt.ReadAt(p, off)
	m.once.Do(m.meddle)
	return n, err
}

// TestFileChangesMeanwhile: whatever is done to a file while it is hashed, there
// is no permit.
func TestFileChangesMeanwhile(t *testing.T) {
	data := noise(1 << 20)
	tests := []struct {
		name string
		do   func(path string) error
	}{
		{"grows", func(path string) error { return appendTo(path, "more") }},
		{"shrinks", func(path string) error { return os.Truncate(path, 100) }},
		{"is written to", func(path string) error { return writeAt(path, 1<<20-1, "x") }},
		{"is written to, its time set back", func(path string) error {
			return errors.Join(writeAt(path, 1<<20-1, "x"), os.Chtimes(path, time.Time{}, time.Unix(1_700_000_000, 0)))
		}},
		{"has its time set", func(path string) error { return os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour)) }},
	}
	for how, b := range releases(t, data) {
		for _, test := range tests {
			path := written(t, "app", data)
			if err := os.Chtimes(path, time.Time{}, time.Unix(1_700_000_000, 0)); err != nil {
				t.Fatal(err)
			}
			f, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond) // a tick of the clock that stamps files
			h, err := verify.DescriptorThrough(f, b, func(r io.ReaderAt) io.ReaderAt {
				return &meddler{ReaderAt: r, meddle: func() {
					if err := test.do(path); err != nil {
						t.Error(err)
					}
				}}
			})
			if verify.ReasonOf(err) != verify.Changed || h.Permit().Valid() {
				t.Errorf("it %s, by %s: %v", test.name, how, err)
			}
			f.Close()
		}
	}
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

func writeAt(path string, off int64, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteAt([]byte(text), off)
	return errors.Join(err, f.Close())
}

// TestOpen: what is read through it later is what was verified, or nothing.
func TestOpen(t *testing.T) {
	data := noise(600_000)
	for how, b := range releases(t, data) {
		path := written(t, "app", data)
		h, err := verify.Open(path, b)
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(io.NewSectionReader(h, 0, h.Size()))
		if err != nil || !bytes.Equal(got, data) {
			t.Errorf("by %s: %d bytes, %v", how, len(got), err)
		}
		if err := writeAt(path, 5, "changed"); err != nil {
			t.Fatal(err)
		}
		if n, err := h.ReadAt(make([]byte, 10), 0); n != 0 || verify.ReasonOf(err) != verify.Changed {
			t.Errorf("by %s: %d bytes of what was changed, %v", how, n, err)
		}
		if err := os.Truncate(path, 10); err != nil {
			t.Fatal(err)
		}
		if n, err := h.ReadAt(make([]byte, 10), 500_000); n != 0 || verify.ReasonOf(err) != verify.Changed {
			t.Errorf("by %s: %d bytes of what was cut off, %v", how, n, err)
		}
		h.Close()
	}
}

// TestNoPermit: what does not stand verifies nothing.
func TestNoPermit(t *testing.T) {
	path := written(t, "app", app.Data)
	o := verifytest.New()
	expired := func() time.Time { return now().AddDate(0, 0, 91) }
	b, against, err := verify.InspectBundle(o.Release("app", "1.0.0", app).Bundle(), o.Trust(), verify.Policy{Now: expired})
	if err != nil || against == nil {
		t.Fatal(err, against)
	}
	for name, b := range map[string]*verify.Bundle{"nothing": nil, "the zero value": {}, "expired": b} {
		if p, err := verify.File(path, b); verify.ReasonOf(err) != verify.NoPermit || p.Valid() {
			t.Errorf("%s: %v", name, err)
		}
	}
	var none verify.Permit
	if none.Valid() || none.Digest() != "" || none.Deliverable().Name != "" || none.Says().Product != "" {
		t.Error("the zero value says something")
	}
}

// TestFileRemembers: only what was verified whole is remembered.
func TestFileRemembers(t *testing.T) {
	state := verify.FileState(filepath.Join(t.TempDir(), "seen.json"))
	b := opened(t, verify.Policy{State: state}, app)
	if _, err := verify.File(written(t, "app", []byte("another program")), b); err == nil {
		t.Fatal("another program was verified")
	}
	if m, err := state.Load(); err != nil || len(m.Organisations) != 0 {
		t.Errorf("%v, %v", m, err)
	}
	if _, err := verify.File(written(t, "app", app.Data), b); err != nil {
		t.Fatal(err)
	}
	if m, err := state.Load(); err != nil || m.Organisations["example"].Products["app\n"].Sequence != 1 {
		t.Errorf("%v, %v", m, err)
	}
}

// turncoat gives other bytes the first time that it is read to its end, as a
// file does whose writer is fast enough for no clock to notice.
type turncoat struct {
	first, then []byte
	passes      int
}

func (c *turncoat) ReadAt(p []byte, off int64) (int, error) {
	from := c.then
	if c.passes == 0 {
		from = c.first
	}
	n, err := bytes.NewReader(from).ReadAt(p, off)
	if off+int64(n) == int64(len(from)) {
		c.passes++
	}
	return n, err
}

// TestOpenInOnePass: what is held stands for the bytes that were found to be
// the permit's, not for those of a pass before. A deliverable with a tree is
// looked for first, then one without.
func TestOpenInOnePass(t *testing.T) {
	data, evil := noise(4000), bytes.Repeat([]byte("evil"), 1000)
	b := opened(t, verify.Policy{}, planted(t, "other/app", bytes.Repeat([]byte("else"), 1000), 4096), verifytest.Content{Name: "app", Data: data})
	f, err := os.Open(written(t, "app", data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	source := &turncoat{first: evil, then: data}
	h, err := verify.DescriptorThrough(f, b, func(io.ReaderAt) io.ReaderAt { return source })
	if err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 4)
	if n, err := h.ReadAt(got, 0); n != 4 || err != nil || !bytes.Equal(got, data[:4]) {
		t.Errorf("the right bytes are refused: %v", err)
	}
	h, err = verify.DescriptorThrough(f, b, func(io.ReaderAt) io.ReaderAt { return &turncoat{first: evil, then: data} })
	if err != nil {
		t.Fatal(err)
	}
	if n, err := h.ReadAtFrom(bytes.NewReader(evil), got); n != 0 || verify.ReasonOf(err) != verify.Changed {
		t.Errorf("%d bytes were given that the permit does not name: %q, %v", n, got, err)
	}
}
