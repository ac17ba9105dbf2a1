package verify

import (
	"encoding/json"
	"slices"
	"strings"
)

// Bounds of an image.
const (
	maxOCIDocument = 4 << 20 // as registries bound manifests
	maxOCIDepth    = 4       // indexes within indexes
	maxOCIBlobs    = 10_000
)

// Media types of what names other blobs, and of what tells the platform (OCI
// image specification 1.1, and Docker's before it).
var (
	ociIndexes   = []string{"application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"}
	ociManifests = []string{"application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json"}
	ociConfigs   = []string{"application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"}
)

// Blob is how one part of an image names another.
type Blob struct {
	MediaType string `json:"mediaType"`
	Digest    string `json:"digest"`
	Size      int64  `json:"size"`
}

// Blobs is where the parts of an image are: a layout, or whatever a caller has.
type Blobs interface {
	// Small reads an index, a manifest or a configuration whole. What it gives is
	// held against size and digest; it need not read more than the size and one byte.
	Small(Blob) ([]byte, error)
	// Large sees to a layer. Nobody reads it after that: to read it and hold it
	// against its digest is up to the one who implements this.
	Large(Blob) error
}

// Image is what was found of an image.
type Image struct {
	Blob
	Platforms []string // "linux/amd64", as its configurations say
	Layers    []Blob   // each once; configurations of another kind than an image's among them
}

// ReadImage follows an image to its last blob.
func ReadImage(top Blob, from Blobs) (Image, error) {
	return newOCIWalk(from).image(top)
}

// ociDocument is an index or a manifest, as far as it names blobs.
type ociDocument struct {
	Schema    int    `json:"schemaVersion"`
	MediaType string `json:"mediaType"`
	Manifests []Blob `json:"manifests"`
	Config    *Blob  `json:"config"`
	Layers    []Blob `json:"layers"`
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

// ociWalk follows images; each blob is looked at once.
type ociWalk struct {
	from  Blobs
	done  map[string]Blob // by digest
	found Image
}

func newOCIWalk(from Blobs) *ociWalk { return &ociWalk{from: from, done: map[string]Blob{}} }

// image follows one. Blobs that an earlier one of the same walk had are not
// told again.
func (w *ociWalk) image(top Blob) (Image, error) {
	w.found = Image{Blob: top}
	if !namesBlobs(top.MediaType) {
		return w.found, refuse(WrongArtifact, "%s is named as a %q, expected an image", cut(top.Digest), cut(top.MediaType))
	}
	err := w.blob(top, 0)
	return w.found, err
}

func namesBlobs(media string) bool {
	return slices.Contains(ociIndexes, media) || slices.Contains(ociManifests, media)
}

// follow verifies what a document names.
func (w *ociWalk) follow(what string, d ociDocument, depth int) error {
	if depth > maxOCIDepth {
		return refuse(TooLarge, "reading %s: indexes are nested deeper than %d", what, maxOCIDepth)
	}
	named := slices.Concat(d.Manifests, d.Layers)
	if d.Config != nil {
		named = append(named, *d.Config)
	}
	for _, n := range named {
		if err := w.blob(n, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// blob verifies one, once.
func (w *ociWalk) blob(d Blob, depth int) error {
	if err := checkDigest("a blob of the image", d.Digest); err != nil {
		return err
	}
	if before, ok := w.done[d.Digest]; ok {
		if before != d {
			return refuse(WrongType, "the blob %s is named as a %q of %d bytes and as a %q of %d", d.Digest, cut(before.MediaType), before.Size, cut(d.MediaType), d.Size)
		}
		return nil
	}
	if len(w.done) >= maxOCIBlobs {
		return refuse(TooLarge, "reading the image: it has more than %d blobs", maxOCIBlobs)
	}
	w.done[d.Digest] = d
	switch {
	case namesBlobs(d.MediaType):
		return w.document(d, depth)
	case slices.Contains(ociConfigs, d.MediaType) && d.Size <= maxOCIDocument:
		return w.config(d)
	}
	w.found.Layers = append(w.found.Layers, d)
	return w.from.Large(d)
}

// small reads one whole. What is read is what was hashed.
func (w *ociWalk) small(d Blob) ([]byte, error) {
	if d.Size > maxOCIDocument {
		return nil, refuse(TooLarge, "reading the blob %s: it has %d bytes, more than %d", d.Digest, d.Size, maxOCIDocument)
	}
	data, err := w.from.Small(d)
	if err != nil {
		return nil, err
	}
	if got := Digest(data); got != d.Digest || int64(len(data)) != d.Size {
		return nil, refuse(WrongArtifact, "the blob %s has %d bytes and the digest %s, expected %d", d.Digest, len(data), got, d.Size)
	}
	return data, nil
}

// document verifies an index or a manifest, and what it names.
func (w *ociWalk) document(d Blob, depth int) error {
	data, err := w.small(d)
	if err != nil {
		return err
	}
	what := "the blob " + d.Digest
	doc, err := readOCI(what, data, d.MediaType)
	if err != nil {
		return err
	}
	return w.follow(what, doc, depth)
}

// config takes down the platform. It is told to people, nothing is decided by
// it, so a configuration that says none is as good as another.
func (w *ociWalk) config(d Blob) error {
	data, err := w.small(d)
	if err != nil {
		return err
	}
	var c struct{ OS, Architecture, Variant string }
	if json.Unmarshal(data, &c) != nil || c.OS == "" || c.OS == "unknown" || c.Architecture == "" {
		return nil // attestations of a build say unknown/unknown
	}
	platform := c.OS + "/" + c.Architecture
	if c.Variant != "" {
		platform += "/" + c.Variant
	}
	if checkName("the platform", platform) == nil && !strings.Contains(platform, " ") && !slices.Contains(w.found.Platforms, platform) {
		w.found.Platforms = append(w.found.Platforms, platform)
	}
	return nil
}
