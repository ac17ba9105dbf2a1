package verify

import (
	"encoding/json"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// Bounds of an OCI layout.
const (
	maxOCIDocument = 4 << 20 // as registries bound manifests
	maxOCIDepth    = 4       // indexes within indexes
	maxOCIBlobs    = 10_000
)

// Media types of what names other blobs (OCI image specification 1.1, and
// Docker's before it).
var (
	ociIndexes   = []string{"application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"}
	ociManifests = []string{"application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"}
)

// ociDescriptor names a blob.
type ociDescriptor struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

// ociDocument is an index or a manifest, as far as it names blobs.
type ociDocument struct {
	Schema    int             `json:"schemaVersion"`
	MediaType string          `json:"mediaType"`
	Manifests []ociDescriptor `json:"manifests"`
	Config    *ociDescriptor  `json:"config"`
	Layers    []ociDescriptor `json:"layers"`
}

// OCI verifies an image in an OCI layout: every image that its index.json names
// is one of the permit, and every blob that those need is there, of its size
// and digest. Blobs that nothing names are not looked at. The Permit is for the
// first of the images.
func OCI(dir string, b *Bundle) (Permit, error) {
	if err := b.ready(); err != nil {
		return Permit{}, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return Permit{}, unreadable(dir, err)
	}
	defer root.Close()
	l := ociLayout{root: root, done: map[string]ociDescriptor{}}
	images, err := l.images(b)
	if err != nil {
		return Permit{}, err
	}
	first, ok := b.image(images[0].Digest)
	if !ok {
		return Permit{}, refuse(WrongArtifact, "%s is no image of the permit", dir)
	}
	return b.grant(first), b.Remember()
}

// image finds an image of the permit by its digest.
func (b *Bundle) image(digest string) (Deliverable, bool) {
	for _, d := range b.statement.Predicate.Deliverables {
		if d.Kind == KindImage && d.Digest == digest {
			return d, true
		}
	}
	return Deliverable{}, false
}

// ociLayout is a layout that is being verified.
type ociLayout struct {
	root *os.Root
	done map[string]ociDescriptor // by digest
}

// images verifies all images that index.json names. It is not signed itself, so
// each of them must be: whoever runs the layout may take any.
func (l *ociLayout) images(b *Bundle) ([]ociDescriptor, error) {
	if err := l.version(); err != nil {
		return nil, err
	}
	data, err := l.small("index.json", maxOCIDocument)
	if err != nil {
		return nil, err
	}
	index, err := readOCI("index.json", data, ociIndexes[0])
	if err != nil {
		return nil, err
	}
	whole := ociDescriptor{ociIndexes[0], Digest(data), int64(len(data))}
	if _, ok := b.image(whole.Digest); ok {
		return []ociDescriptor{whole}, l.follow("index.json", index, 0)
	}
	if len(index.Manifests) == 0 {
		return nil, refuse(WrongArtifact, "reading index.json: it names no image")
	}
	for _, d := range index.Manifests {
		if _, ok := b.image(d.Digest); !ok {
			p := b.statement.Predicate
			return nil, refuse(WrongArtifact, "index.json names the image %s, which is none of %s %s", cut(d.Digest), p.Product, p.Version)
		}
		if !slices.Contains(ociIndexes, d.MediaType) && !slices.Contains(ociManifests, d.MediaType) {
			return nil, refuse(WrongArtifact, "index.json names %s as a %q, expected an image", d.Digest, cut(d.MediaType))
		}
		if err := l.blob(d, 0); err != nil {
			return nil, err
		}
	}
	return index.Manifests, nil
}

func (l *ociLayout) version() error {
	data, err := l.small("oci-layout", 4096)
	if err != nil {
		return err
	}
	var layout struct {
		Version string `json:"imageLayoutVersion"`
	}
	if err := unambiguous("oci-layout", data); err != nil {
		return err
	}
	if err := json.Unmarshal(data, &layout); err != nil || layout.Version != "1.0.0" {
		return refuse(Unsupported, "reading oci-layout: version %q, expected 1.0.0", cut(layout.Version))
	}
	return nil
}

// small reads a document through one descriptor.
func (l *ociLayout) small(name string, most int64) ([]byte, error) {
	f, s, err := fromRoot(l.root).regular(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if s.info.Size() > most {
		return nil, refuse(TooLarge, "reading %s: it has %d bytes, more than %d", name, s.info.Size(), most)
	}
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if changed := s.unchanged(f); changed != nil {
		return nil, changed
	}
	if err != nil {
		return nil, unreadable(name, err)
	}
	return data, nil
}

// readOCI reads an index or a manifest. One that could be taken for both is
// refused: two readers would run different things (CVE-2021-41190).
func readOCI(what string, data []byte, media string) (ociDocument, error) {
	var d ociDocument
	if err := unambiguous(what, data); err != nil {
		return d, err
	}
	if err := json.Unmarshal(data, &d); err != nil {
		return d, refuse(Malformed, "reading %s: %v", what, err)
	}
	isIndex := slices.Contains(ociIndexes, media)
	switch {
	case d.Schema != 2:
		return d, refuse(Unsupported, "reading %s: schema version %d, expected 2", what, d.Schema)
	case d.MediaType != "" && d.MediaType != media:
		return d, refuse(WrongType, "reading %s: it is called a %q and says that it is a %q", what, cut(media), cut(d.MediaType))
	case isIndex && (d.Config != nil || d.Layers != nil), !isIndex && (d.Manifests != nil || d.Config == nil):
		return d, refuse(WrongType, "reading %s: it could be taken for an index and for a manifest", what)
	}
	return d, nil
}

// follow verifies what a document names.
func (l *ociLayout) follow(what string, d ociDocument, depth int) error {
	if depth > maxOCIDepth {
		return refuse(TooLarge, "reading %s: indexes are nested deeper than %d", what, maxOCIDepth)
	}
	named := slices.Concat(d.Manifests, d.Layers)
	if d.Config != nil {
		named = append(named, *d.Config)
	}
	for _, n := range named {
		if err := l.blob(n, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// blob verifies one, once.
func (l *ociLayout) blob(d ociDescriptor, depth int) error {
	if err := checkDigest("a blob of the image", d.Digest); err != nil {
		return err
	}
	if before, ok := l.done[d.Digest]; ok {
		if before != d {
			return refuse(WrongType, "the blob %s is named as a %q of %d bytes and as a %q of %d", d.Digest, cut(before.MediaType), before.Size, cut(d.MediaType), d.Size)
		}
		return nil
	}
	if len(l.done) >= maxOCIBlobs {
		return refuse(TooLarge, "reading the image: it has more than %d blobs", maxOCIBlobs)
	}
	l.done[d.Digest] = d
	name := path.Join("blobs/sha256", strings.TrimPrefix(d.Digest, "sha256:"))
	if slices.Contains(ociIndexes, d.MediaType) || slices.Contains(ociManifests, d.MediaType) {
		return l.document(name, d, depth)
	}
	return l.opaque(name, d)
}

// document verifies an index or a manifest, and what it names. What is read is
// what was hashed.
func (l *ociLayout) document(name string, d ociDescriptor, depth int) error {
	data, err := l.small(name, maxOCIDocument)
	if err != nil {
		return err
	}
	if got := Digest(data); got != d.Digest || int64(len(data)) != d.Size {
		return refuse(WrongArtifact, "the blob %s has %d bytes and the digest %s, expected %d", d.Digest, len(data), got, d.Size)
	}
	doc, err := readOCI(name, data, d.MediaType)
	if err != nil {
		return err
	}
	return l.follow(name, doc, depth)
}

func (l *ociLayout) opaque(name string, d ociDescriptor) error {
	f, s, err := fromRoot(l.root).regular(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if s.info.Size() != d.Size {
		return refuse(WrongArtifact, "the blob %s has %d bytes, expected %d", d.Digest, s.info.Size(), d.Size)
	}
	var sums sums
	err = sums.whole(f, d.Size)
	if changed := s.unchanged(f); changed != nil {
		return changed
	}
	if err != nil {
		return unreadable(name, err)
	}
	if sums.digest != d.Digest {
		return refuse(WrongArtifact, "the blob %s has the digest %s", d.Digest, sums.digest)
	}
	return nil
}
