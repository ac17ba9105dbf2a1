package deliverable

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
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
	manifest := layout(t, root, "image")
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
		got, err := Taker{Root: root}.Take(t.Context(), test.name, test.kind)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		if test.digest != "" && got.Digest != test.digest || len(got.Attached) != test.attached {
			t.Errorf("%s: %+v", test.name, got.Deliverable)
		}
		if err := (Taker{Root: root}).Again(t.Context(), got.Deliverable); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

const (
	mediaManifest = "application/vnd.oci.image.manifest.v1+json"
	mediaConfig   = "application/vnd.oci.image.config.v1+json"
	mediaLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// layout writes an image with one layer to an OCI layout, and returns its
// manifest.
func layout(t *testing.T, root, name string) []byte {
	t.Helper()
	blob := func(media, data string) string {
		digest := verify.Digest([]byte(data))
		write(t, root, name+"/blobs/sha256/"+strings.TrimPrefix(digest, "sha256:"), []byte(data))
		return fmt.Sprintf(`{"mediaType":%q,"digest":%q,"size":%d}`, media, digest, len(data))
	}
	manifest := `{"schemaVersion":2,"config":` + blob(mediaConfig, `{"os":"linux","architecture":"amd64"}`) + `,"layers":[` + blob(mediaLayer, "layer") + `]}`
	write(t, root, name+"/oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	write(t, root, name+"/index.json", []byte(`{"schemaVersion":2,"manifests":[`+blob(mediaManifest, manifest)+`]}`))
	return []byte(manifest)
}

// TestLayoutIsRead: a layer that is broken, or away, holds the release up.
func TestLayoutIsRead(t *testing.T) {
	root := t.TempDir()
	layout(t, root, "image")
	taken, err := Taker{Root: root}.Take(t.Context(), "image", verify.KindImage)
	if err != nil || taken.Note != "image: for linux/amd64; layers: 1, together 5 bytes, read and hashed" {
		t.Fatal(taken, err)
	}
	layer := "image/blobs/sha256/" + strings.TrimPrefix(verify.Digest([]byte("layer")), "sha256:")
	write(t, root, layer, []byte("LAYER"))
	if _, err := (Taker{Root: root}).Take(t.Context(), "image", verify.KindImage); fault.CodeOf(err) != fault.Untrusted {
		t.Error(err)
	}
	if err := (Taker{Root: root}).Again(t.Context(), taken.Deliverable); fault.CodeOf(err) != fault.Untrusted {
		t.Error(err)
	}
	if err := os.Remove(filepath.Join(root, layer)); err != nil {
		t.Fatal(err)
	}
	if _, err := (Taker{Root: root}).Take(t.Context(), "image", verify.KindImage); err == nil {
		t.Error("a layer is missing")
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
		taken, err := Taker{Root: root}.Take(t.Context(), kind.name, kind.kind)
		if err != nil {
			t.Fatal(err)
		}
		write(t, root, kind.changed, []byte("two"))
		if err := (Taker{Root: root}).Again(t.Context(), taken.Deliverable); err == nil || !strings.Contains(err.Error(), "has changed") {
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
	write(t, root, "image/index.json", []byte(`{"schemaVersion":2,"manifests":[]}`))
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
		if _, err := (Taker{Root: root}).Take(t.Context(), test.name, test.kind); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: %v, expected %q", test.name, err, test.want)
		}
	}
}
