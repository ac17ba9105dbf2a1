package deliverable

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/verify"
)

func write(t *testing.T, root, name string, data []byte) {
	t.Helper()
	p := filepath.Join(root, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(p, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTake(t *testing.T) {
	root := t.TempDir()
	small, large := []byte("small"), bytes.Repeat([]byte("large"), 1<<19)
	write(t, root, "dist/small", small)
	write(t, root, "dist/large", large)
	manifest := []byte(`{"schemaVersion":2}`)
	hex := strings.TrimPrefix(verify.Digest(manifest), "sha256:")
	write(t, root, "image/oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	write(t, root, "image/index.json", []byte(`{"manifests":[{"digest":"sha256:`+hex+`","size":19}]}`))
	write(t, root, "image/blobs/sha256/"+hex, manifest)
	for _, test := range []struct {
		name     string
		kind     verify.Kind
		digest   string
		attached int
	}{
		{"dist/small", verify.KindFile, verify.Digest(small), 0},
		{"./dist/../dist/large", verify.KindFile, verify.Digest(large), 1},
		{"dist", verify.KindDir, "", 1},
		{"image", verify.KindImage, verify.Digest(manifest), 0},
	} {
		got, err := Take(root, test.name, test.kind)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if test.digest != "" && got.Digest != test.digest || len(got.Attached) != test.attached {
			t.Errorf("%s: %+v", test.name, got.Deliverable)
		}
		if err := Again(root, got.Deliverable); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestAgainSeesChanges(t *testing.T) {
	root := t.TempDir()
	write(t, root, "app", []byte("one"))
	write(t, root, "site/index.html", []byte("one"))
	for _, kind := range []struct {
		kind          verify.Kind
		name, changed string
	}{{verify.KindFile, "app", "app"}, {verify.KindDir, "site", "site/index.html"}} {
		taken, err := Take(root, kind.name, kind.kind)
		if err != nil {
			t.Fatal(err)
		}
		write(t, root, kind.changed, []byte("two"))
		if err := Again(root, taken.Deliverable); err == nil || !strings.Contains(err.Error(), "has changed") {
			t.Errorf("%s: %v", kind.name, err)
		}
	}
}

func TestTakeRefuses(t *testing.T) {
	root := t.TempDir()
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(root, "link")); err != nil {
		t.Skip("no symbolic links here")
	}
	write(t, root, "image/oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	write(t, root, "image/index.json", []byte(`{"manifests":[]}`))
	for _, test := range []struct {
		name string
		kind verify.Kind
		want string
	}{
		{"nothing", verify.KindFile, "there is no deliverable nothing"},
		{"../x", verify.KindFile, "lies outside the repository"},
		{outside, verify.KindFile, "lies outside the repository"},
		{"link", verify.KindFile, "is no plain file"},
		{"image", verify.KindFile, "is no plain file"},
		{"image", verify.KindImage, "names 0 images"},
		{"a\nb", verify.KindFile, "control character"},
	} {
		if _, err := Take(root, test.name, test.kind); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, expected %q", test.name, err, test.want)
		}
	}
}
