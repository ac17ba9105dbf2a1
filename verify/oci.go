package verify

import (
	"encoding/json"
	"io"
	"os"
	"path"
	"strings"
)

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
	images, err := ociLayout{root}.images(b)
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

// Layout reads the images of an OCI layout to their last blob, each held against
// its digest, without a permit: so that what would be refused later is never
// released.
func Layout(dir string) ([]Image, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	defer root.Close()
	l := ociLayout{root}
	_, index, err := l.index()
	if err != nil {
		return nil, err
	}
	walk := newOCIWalk(l)
	var images []Image
	for _, d := range index.Manifests {
		image, err := walk.image(d)
		if err != nil {
			return nil, err
		}
		images = append(images, image)
	}
	return images, nil
}

// ociLayout is a layout that is being read.
type ociLayout struct{ root *os.Root }

// index reads what the layout names.
func (l ociLayout) index() (Blob, ociDocument, error) {
	if err := l.version(); err != nil {
		return Blob{}, ociDocument{}, err
	}
	data, err := l.small("index.json", maxOCIDocument)
	if err != nil {
		return Blob{}, ociDocument{}, err
	}
	index, err := readOCI("index.json", data, ociIndexes[0])
	return Blob{ociIndexes[0], Digest(data), int64(len(data))}, index, err
}

// images verifies all images that index.json names. It is not signed itself, so
// each of them must be: whoever runs the layout may take any.
func (l ociLayout) images(b *Bundle) ([]Blob, error) {
	whole, index, err := l.index()
	if err != nil {
		return nil, err
	}
	walk := newOCIWalk(l)
	if _, ok := b.image(whole.Digest); ok {
		return []Blob{whole}, walk.follow("index.json", index, 0)
	}
	if len(index.Manifests) == 0 {
		return nil, refuse(WrongArtifact, "reading index.json: it names no image")
	}
	for _, d := range index.Manifests {
		if _, ok := b.image(d.Digest); !ok {
			p := b.statement.Predicate
			return nil, refuse(WrongArtifact, "index.json names the image %s, which is none of %s %s", cut(d.Digest), p.Product, p.Version)
		}
		if _, err := walk.image(d); err != nil {
			return nil, err
		}
	}
	return index.Manifests, nil
}

func (l ociLayout) version() error {
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
func (l ociLayout) small(name string, most int64) ([]byte, error) {
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

// Small implements Blobs.
func (l ociLayout) Small(d Blob) ([]byte, error) {
	return l.small(blobPath(d), maxOCIDocument)
}

func blobPath(d Blob) string {
	return path.Join("blobs/sha256", strings.TrimPrefix(d.Digest, "sha256:"))
}

// Large implements Blobs.
func (l ociLayout) Large(d Blob) error {
	name := blobPath(d)
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
