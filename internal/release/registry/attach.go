package registry

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	orasregistry "oras.land/oras-go/v2/registry"
	"oras.land/oras-go/v2/registry/remote"

	"github.com/opencontainers/go-digest"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

const (
	maxAttached  = 20 // of one kind, at one image
	attachWithin = 10 * time.Minute
)

// repository is the one of a reference for the library, which knows both ways in
// which registries list what belongs to an image.
func (c *Client) repository(ref Reference) *remote.Repository {
	return &remote.Repository{
		Client:    c.auth,
		Reference: orasregistry.Reference{Registry: ref.Host, Repository: ref.Repository},
		PlainHTTP: strings.HasPrefix(ref.address("", ""), "http:"),
		// Nothing is deleted, and nobody makes us turn pages for ever.
		SkipReferrersGC: true, ReferrerListMaxPages: 5, MaxMetadataBytes: maxDocument,
	}
}

// Attach puts data beside an image: a manifest of its own whose subject is the
// image (OCI 1.1). The same data gives the same digest, however often.
func (c *Client) Attach(ctx context.Context, to *Resolved, kind, name string, data []byte) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, attachWithin)
	defer cancel()
	ref, repo := to.session.ref.At(to.Digest), c.repository(to.session.ref)
	layer := descriptor(kind, data)
	layer.Annotations = map[string]string{ocispec.AnnotationTitle: name}
	config := descriptor(kind, []byte("{}")) // by which registries list it that do not know artifactType
	for _, blob := range []struct {
		ocispec.Descriptor
		data []byte
	}{{config, []byte("{}")}, {layer, data}} {
		there, err := repo.Blobs().Exists(ctx, blob.Descriptor)
		if err == nil && !there {
			err = repo.Blobs().Push(ctx, blob.Descriptor, bytes.NewReader(blob.data))
		}
		if err != nil {
			return "", ref.failed(err)
		}
	}
	m := ocispec.Manifest{MediaType: ocispec.MediaTypeImageManifest, ArtifactType: kind, Config: config, Layers: []ocispec.Descriptor{layer},
		Subject: &ocispec.Descriptor{MediaType: to.top.MediaType, Digest: digest.Digest(to.top.Digest), Size: to.top.Size}}
	m.SchemaVersion = 2
	raw, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("writing the manifest: %w", err)
	}
	if err := repo.Manifests().Push(ctx, descriptor(m.MediaType, raw), bytes.NewReader(raw)); err != nil {
		return "", ref.failed(err)
	}
	return verify.Digest(raw), nil
}

func descriptor(media string, data []byte) ocispec.Descriptor {
	return ocispec.Descriptor{MediaType: media, Digest: digest.Digest(verify.Digest(data)), Size: int64(len(data))}
}

// Attached reads what is attached to an image as a kind, one after the other,
// until try has what it wants. Whoever may push may attach: nothing is said of
// what the data is worth.
func (c *Client) Attached(ctx context.Context, to *Resolved, kind string, try func(data []byte) (done bool)) error {
	ctx, cancel := context.WithTimeout(ctx, attachWithin)
	defer cancel()
	ref := to.session.ref.At(to.Digest)
	var found []ocispec.Descriptor
	err := c.repository(ref).Referrers(ctx, descriptorOf(to.top), kind, func(some []ocispec.Descriptor) error {
		found = append(found, some...)
		return nil
	})
	if err != nil {
		return ref.failed(err)
	}
	if len(found) > maxAttached {
		return ref.asking(fault.TooCostly, "give --bundle FILE", "%d things of one kind are attached to it, more than %d", len(found), maxAttached)
	}
	for _, d := range found {
		data, err := to.session.attached(d, kind)
		if err != nil {
			return err
		}
		if data != nil && try(data) {
			return nil
		}
	}
	return nil
}

func descriptorOf(b verify.Blob) ocispec.Descriptor {
	return ocispec.Descriptor{MediaType: b.MediaType, Digest: digest.Digest(b.Digest), Size: b.Size}
}

// attached reads the one layer of a manifest that a list names; nil where it is
// none of the kind, whatever the list says.
func (s *session) attached(d ocispec.Descriptor, kind string) ([]byte, error) {
	raw, err := s.exactly(verify.Blob{MediaType: manifests[1], Digest: string(d.Digest), Size: d.Size})
	if err != nil {
		return nil, err
	}
	var m ocispec.Manifest
	if json.Unmarshal(raw, &m) != nil || m.ArtifactType != kind || len(m.Layers) != 1 || m.Subject == nil || string(m.Subject.Digest) != s.digest {
		return nil, nil
	}
	return s.exactly(verify.Blob{MediaType: kind, Digest: string(m.Layers[0].Digest), Size: m.Layers[0].Size})
}

// exactly reads a blob and holds it against its digest.
func (s *session) exactly(d verify.Blob) ([]byte, error) {
	if !digestForm.MatchString(d.Digest) || d.Size < 0 || d.Size > maxDocuments {
		return nil, s.ref.At(s.digest).asking(fault.Incomplete, "give --bundle FILE", "%s of %d bytes is attached to it, which is not read", quote(d.Digest), d.Size)
	}
	data, err := s.Small(d)
	if err == nil && (verify.Digest(data) != d.Digest || int64(len(data)) != d.Size) {
		return nil, s.ref.At(d.Digest).differs("it gives other bytes for that digest: they have %s", verify.Digest(data))
	}
	return data, err
}
