//go:build unix

package verify_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

const (
	mediaIndex    = "application/vnd.oci.image.index.v1+json"
	mediaManifest = "application/vnd.oci.image.manifest.v1+json"
	mediaLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
	mediaConfig   = "application/vnd.oci.image.config.v1+json"
)

// layout is an OCI layout that is being made.
type layout struct {
	t   testing.TB
	dir string
}

func newLayout(t testing.TB) layout {
	l := layout{t, t.TempDir()}
	l.put("oci-layout", `{"imageLayoutVersion":"1.0.0"}`)
	return l
}

func (l layout) put(name, data string) {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(data), 0o644)); err != nil {
		l.t.Fatal(err)
	}
}

// blob puts one there and returns its descriptor.
func (l layout) blob(media, data string) string {
	digest := verify.Digest([]byte(data))
	l.put(blobName(digest), data)
	return fmt.Sprintf(`{"mediaType":%q,"digest":%q,"size":%d}`, media, digest, len(data))
}

func blobName(digest string) string { return "blobs/sha256/" + strings.TrimPrefix(digest, "sha256:") }

func manifest(config string, layers ...string) string {
	return `{"schemaVersion":2,"mediaType":"` + mediaManifest + `","config":` + config + `,"layers":[` + strings.Join(layers, ",") + `],"annotations":{"a":"b"}}`
}

func indexOf(manifests ...string) string {
	return `{"schemaVersion":2,"mediaType":"` + mediaIndex + `","manifests":[` + strings.Join(manifests, ",") + `]}`
}

// image is an image for two platforms, and the digest of its index.
func image(t testing.TB) (layout, string) {
	l := newLayout(t)
	arm := manifest(l.blob(mediaConfig, `{"architecture":"arm64"}`), l.blob(mediaLayer, "shared"), l.blob(mediaLayer, "arm"))
	amd := manifest(l.blob(mediaConfig, `{"architecture":"amd64"}`), l.blob(mediaLayer, "shared"), l.blob(mediaLayer, "amd"))
	index := indexOf(l.blob(mediaManifest, arm), l.blob(mediaManifest, amd))
	l.put("index.json", indexOf(l.blob(mediaIndex, index)))
	return l, index
}

func imageBundle(t testing.TB, contents ...string) *verify.Bundle {
	var all []verifytest.Content
	for i, data := range contents {
		all = append(all, verifytest.Content{Name: fmt.Sprintf("image%d", i), Kind: verify.KindImage, Data: []byte(data)})
	}
	return opened(t, verify.Policy{}, all...)
}

func TestOCI(t *testing.T) {
	layer := blobName(verify.Digest([]byte("arm")))
	tests := []struct {
		name string
		do   func(l layout)
		want verify.Reason
	}{
		{"nothing", func(layout) {}, ""},
		{"a blob that nothing names", func(l layout) { l.blob(mediaLayer, "unused") }, ""},
		{"another layer", func(l layout) { l.put(layer, "ARM") }, verify.WrongArtifact},
		{"a longer layer", func(l layout) { l.put(layer, "arms") }, verify.WrongArtifact},
		{"no layer", func(l layout) { l.remove(layer) }, verify.Unreadable},
		{"a link for a layer", func(l layout) {
			l.put("elsewhere", "arm")
			l.remove(layer)
			if err := os.Symlink("../../elsewhere", filepath.Join(l.dir, layer)); err != nil {
				t.Fatal(err)
			}
		}, verify.UnsafeFile},
		{"another image", func(l layout) {
			l.put("index.json", indexOf(l.blob(mediaManifest, manifest(l.blob(mediaConfig, "{}")))))
		}, verify.WrongArtifact},
		{"another image beside it", func(l layout) {
			data, err := os.ReadFile(filepath.Join(l.dir, "index.json"))
			if err != nil {
				t.Fatal(err)
			}
			l.put("index.json", strings.Replace(string(data), `]}`, ","+l.blob(mediaManifest, manifest(l.blob(mediaConfig, "{}")))+`]}`, 1))
		}, verify.WrongArtifact},
		{"no image", func(l layout) { l.put("index.json", indexOf()) }, verify.WrongArtifact},
		{"an image called a layer", func(l layout) {
			l.bend("index.json", `"mediaType":"`+mediaIndex+`","digest"`, `"mediaType":"`+mediaLayer+`","digest"`)
		}, verify.WrongArtifact},
		{"an index called a manifest", func(l layout) {
			l.bend("index.json", `"mediaType":"`+mediaIndex+`","digest"`, `"mediaType":"`+mediaManifest+`","digest"`)
		}, verify.WrongType},
		{"another size", func(l layout) { l.bend("index.json", `"size":`, `"size":1`) }, verify.WrongArtifact},
		{"a digest that is a path", func(l layout) { l.bend("index.json", `"digest":"sha256:`, `"digest":"sha256:../../`) }, verify.WrongArtifact},
		{"another layout", func(l layout) { l.put("oci-layout", `{"imageLayoutVersion":"2.0.0"}`) }, verify.Unsupported},
		{"no layout", func(l layout) { l.remove("oci-layout") }, verify.Unreadable},
		{"a key twice", func(l layout) { l.bend("index.json", `"manifests"`, `"manifests":[],"manifests"`) }, verify.Malformed},
		{"an index and a manifest at once", func(l layout) { l.bend("index.json", `"manifests"`, `"layers":[],"manifests"`) }, verify.WrongType},
		{"a large index", func(l layout) { l.put("index.json", strings.Repeat(" ", 5<<20)) }, verify.TooLarge},
	}
	for _, test := range tests {
		l, index := image(t)
		b := imageBundle(t, index)
		test.do(l)
		p, err := verify.OCI(l.dir, b)
		if got := verify.ReasonOf(err); got != test.want || err == nil != p.Valid() {
			t.Errorf("%s: %v (%s), expected %q", test.name, err, got, test.want)
		}
	}
}

func (l layout) remove(name string) {
	if err := os.Remove(filepath.Join(l.dir, name)); err != nil {
		l.t.Fatal(err)
	}
}

func (l layout) bend(name, old, with string) {
	data, err := os.ReadFile(filepath.Join(l.dir, name))
	if err != nil || !strings.Contains(string(data), old) {
		l.t.Fatal(name, err)
	}
	l.put(name, strings.Replace(string(data), old, with, 1))
}

// TestOCIForms: an image of one platform, several images, and a permit for
// index.json itself.
func TestOCIForms(t *testing.T) {
	l := newLayout(t)
	one, two := manifest(l.blob(mediaConfig, "{}"), l.blob(mediaLayer, "one")), manifest(l.blob(mediaConfig, "{}"), l.blob(mediaLayer, "two"))
	whole := indexOf(l.blob(mediaManifest, two), l.blob(mediaManifest, one))
	l.put("index.json", whole)
	if p, err := verify.OCI(l.dir, imageBundle(t, one, two)); err != nil || p.Deliverable().Name != "image1" {
		t.Errorf("%s, %v", p, err)
	}
	if p, err := verify.OCI(l.dir, imageBundle(t, whole)); err != nil || !p.Valid() {
		t.Errorf("%s, %v", p, err)
	}
	if _, err := verify.OCI(l.dir, imageBundle(t, one)); verify.ReasonOf(err) != verify.WrongArtifact {
		t.Error(err)
	}
	if _, err := verify.OCI(l.dir, nil); verify.ReasonOf(err) != verify.NoPermit {
		t.Error(err)
	}
}

// TestOCIDeep: an index within itself cannot be made, one within many can.
func TestOCIDeep(t *testing.T) {
	l := newLayout(t)
	index := indexOf()
	for range 10 {
		index = indexOf(l.blob(mediaIndex, index))
	}
	l.put("index.json", index)
	if _, err := verify.OCI(l.dir, imageBundle(t, index)); verify.ReasonOf(err) != verify.TooLarge {
		t.Error(err)
	}
}

// FuzzOCI: whatever the documents of an image say, nothing outside is read. What
// a permit names is signed, so the documents are followed as if one named them:
// to make a permit for each would leave no time for the documents.
func FuzzOCI(f *testing.F) {
	l, index := image(f)
	f.Add([]byte(index), true)
	f.Add([]byte(manifest(l.blob(mediaConfig, "{}"), l.blob(mediaLayer, "arm"))), false)
	f.Add([]byte(manifest(`{"mediaType":"x","digest":"sha256:../../../oci-layout","size":1}`)), false)
	f.Fuzz(func(t *testing.T, data []byte, isIndex bool) {
		media := mediaManifest
		if isIndex {
			media = mediaIndex
		}
		if err := verify.FollowOCI(l.dir, data, media); err != nil && verify.ReasonOf(err) == "" {
			t.Errorf("no refusal: %v", err)
		}
	})
}

// TestLayout: what a layout holds is told without a permit, and read to its end.
func TestLayout(t *testing.T) {
	l := newLayout(t)
	arm := manifest(l.blob(mediaConfig, `{"architecture":"arm64","os":"linux","variant":"v8"}`), l.blob(mediaLayer, "shared"), l.blob(mediaLayer, "arm"))
	amd := manifest(l.blob(mediaConfig, `{"architecture":"amd64","os":"linux"}`), l.blob(mediaLayer, "shared"), l.blob(mediaLayer, "amd"))
	attested := manifest(l.blob(mediaConfig, `{"architecture":"unknown","os":"unknown"}`), l.blob("application/vnd.in-toto+json", "{}"))
	index := indexOf(l.blob(mediaManifest, arm), l.blob(mediaManifest, amd), l.blob(mediaManifest, attested))
	l.put("index.json", indexOf(l.blob(mediaIndex, index)))
	images, err := verify.Layout(l.dir)
	if err != nil || len(images) != 1 {
		t.Fatal(images, err)
	}
	got := images[0]
	if got.Digest != verify.Digest([]byte(index)) || strings.Join(got.Platforms, " ") != "linux/arm64/v8 linux/amd64" || len(got.Layers) != 4 {
		t.Errorf("%+v", got)
	}
	l.put(blobName(verify.Digest([]byte("amd"))), "AMD")
	if _, err := verify.Layout(l.dir); verify.ReasonOf(err) != verify.WrongArtifact {
		t.Error(err)
	}
}

// TestImageNames: an image may be called by its place in a registry; nothing
// else may, and nothing in it climbs.
func TestImageNames(t *testing.T) {
	for name, want := range map[string]map[verify.Kind]verify.Reason{
		"oci://r.example.org/shop:1":     {verify.KindImage: "", verify.KindFile: verify.UnsafeName},
		"oci://r.example.org/../shop":    {verify.KindImage: verify.UnsafeName},
		"oci:///shop":                    {verify.KindImage: verify.UnsafeName},
		"oci://":                         {verify.KindImage: verify.UnsafeName},
		"oci://oci://r.example.org/x":    {verify.KindImage: verify.UnsafeName},
		"https://r.example.org/x":        {verify.KindImage: verify.UnsafeName},
		"oci://r.example.org/sh\u00adop": {verify.KindImage: verify.UnsafeName},
	} {
		for kind, want := range want {
			o := verifytest.New()
			data := o.Release("shop", "1.0.0", verifytest.Content{Name: name, Kind: kind, Data: []byte("x")}).Bundle()
			_, err := verify.OpenBundle(data, o.Trust(), verify.Policy{Now: func() time.Time { return verifytest.Now }})
			if got := verify.ReasonOf(err); got != want {
				t.Errorf("%s %s: %v (%s), expected %q", kind, name, err, got, want)
			}
		}
	}
}
