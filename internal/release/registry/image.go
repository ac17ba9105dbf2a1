package registry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"oras.land/oras-go/v2/registry/remote/auth"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// manifests are the media types that we can read, as we ask for them.
var manifests = []string{
	"application/vnd.oci.image.index.v1+json",
	"application/vnd.oci.image.manifest.v1+json",
	"application/vnd.docker.distribution.manifest.list.v2+json",
	"application/vnd.docker.distribution.manifest.v2+json",
}

// Image reads an image: manifests and configurations whole, by the digests that
// we compute. Of the layers it asks whether they are there in their sizes; with
// layers set each is read to its end and hashed. What is wrong with the image is a
// *verify.Refusal, what is wrong with the registry a fault.
func (c *Client) Image(ctx context.Context, ref Reference, layers bool) (verify.Image, error) {
	r, err := c.Resolve(ctx, ref)
	if err != nil {
		return verify.Image{}, err
	}
	return r.Read(layers)
}

// Resolved is an image by the digest of its manifest, which was read and hashed.
type Resolved struct {
	Digest  string
	top     verify.Blob
	session *session
}

// Resolve asks what a reference names, once. What the registry says that the
// digest is, is not looked at.
func (c *Client) Resolve(ctx context.Context, ref Reference) (*Resolved, error) {
	scope := auth.ScopeRepository(ref.Repository, auth.ActionPull)
	s := &session{client: c, ctx: auth.WithScopes(ctx, scope), ref: ref}
	top, err := s.manifest()
	if err != nil {
		return nil, err
	}
	return &Resolved{top.Digest, top, s}, nil
}

// Read follows the image to its last blob, as Image does.
func (r *Resolved) Read(layers bool) (verify.Image, error) {
	r.session.hash = layers
	return verify.ReadImage(r.top, r.session)
}

// Extent says of an image, for people, what was read of it and what was not.
func Extent(image verify.Image, layers bool) string {
	size := int64(0)
	for _, l := range image.Layers {
		size += l.Size
	}
	text := fmt.Sprintf("layers: %d, together %d bytes, ", len(image.Layers), size)
	if size >= 1<<20 {
		text = fmt.Sprintf("layers: %d, together %d MiB, ", len(image.Layers), size>>20)
	}
	if len(image.Platforms) > 0 {
		text = "for " + strings.Join(image.Platforms, ", ") + "; " + text
	}
	if layers {
		return text + "read and hashed"
	}
	return text + "there by their sizes, not read (--layers reads them)"
}

// session is one image being read. It implements verify.Blobs.
type session struct {
	client *Client
	ctx    context.Context
	ref    Reference
	hash   bool
	top    []byte
	digest string // of top
	read   int64
}

// manifest reads what the reference names.
func (s *session) manifest() (verify.Blob, error) {
	what := s.ref.Digest
	if what == "" {
		what = s.ref.Tag
	}
	data, media, err := s.small("manifests", what, maxDocument)
	if err != nil {
		return verify.Blob{}, err
	}
	if len(data) > maxDocument {
		return verify.Blob{}, s.ref.asking(fault.TooCostly, "see whether it is an image", "its manifest has more than %d bytes", maxDocument)
	}
	s.top, s.digest = data, verify.Digest(data)
	if s.ref.Digest != "" && s.digest != s.ref.Digest {
		return verify.Blob{}, s.ref.differs("it gives other bytes for that digest: they have %s", s.digest)
	}
	media, err = s.kind(data, media)
	return verify.Blob{MediaType: media, Digest: s.digest, Size: int64(len(data))}, err
}

// kind is the media type of a manifest: what it says itself is in its digest, the
// header is not. An index cannot be taken for a manifest either way, since
// verify refuses what has the parts of both.
func (s *session) kind(data []byte, header string) (string, error) {
	var m struct {
		MediaType string `json:"mediaType"`
		Schema    int    `json:"schemaVersion"`
	}
	switch err := json.Unmarshal(data, &m); {
	case err != nil && (bytes.HasPrefix(bytes.TrimSpace(data), []byte("<")) || header == "text/html"):
		return "", s.ref.asking(fault.Incomplete, "see whether "+s.ref.Host+" is a registry, and whether a page to log in stands before it", "it answers with a web page")
	case err != nil:
		return "", s.ref.asking(fault.Incomplete, "see whether "+s.ref.Host+" is a registry", "it answers with what is no manifest: %s", printable(err.Error()))
	case m.Schema == 1:
		return "", s.ref.asking(fault.NotThere, "push it again with a tool of this decade", "its manifest is of schema 1")
	case m.MediaType != "":
		header = m.MediaType
	}
	if !slices.Contains(manifests, header) {
		return "", s.ref.asking(fault.NotThere, "name an image", "it is a %s, expected an image", quote(header))
	}
	return header, nil
}

// Small implements verify.Blobs.
func (s *session) Small(d verify.Blob) ([]byte, error) {
	if d.Digest == s.digest {
		return s.top, nil
	}
	kind := "blobs"
	if slices.Contains(manifests, d.MediaType) {
		kind = "manifests"
	}
	data, _, err := s.small(kind, d.Digest, max(0, d.Size))
	return data, err
}

// small reads an answer of at most one byte more than most.
func (s *session) small(kind, what string, most int64) ([]byte, string, error) {
	ctx, cancel := context.WithTimeout(s.ctx, smallWithin)
	defer cancel()
	resp, err := s.ask(ctx, http.MethodGet, kind, what)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(io.LimitReader(s.client.unstalled(resp.Body, cancel), most+1))
	if err != nil {
		return nil, "", s.ref.failed(s.stalled(err))
	}
	if s.read += int64(len(data)); s.read > maxDocuments {
		return nil, "", s.ref.asking(fault.TooCostly, "see whether it is an image", "what must be read of it has more than %d bytes together", maxDocuments)
	}
	media, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		media = ""
	}
	return data, media, nil
}

// ask asks for something of the repository, and wants it.
func (s *session) ask(ctx context.Context, method, kind, what string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.ref.address(kind, what), nil)
	if err != nil {
		return nil, s.ref.failed(err)
	}
	if kind == "manifests" {
		req.Header.Set("Accept", strings.Join(manifests, ", "))
	}
	resp, err := s.client.auth.Do(req)
	if err != nil {
		return nil, s.ref.failed(err)
	}
	if resp.StatusCode != http.StatusOK {
		resp.Body.Close()
		ref := s.ref
		if digestForm.MatchString(what) && what != ref.Digest {
			ref = ref.At(what) // it is this part that is wanted
		}
		return nil, ref.status(resp.StatusCode)
	}
	return resp, nil
}

// Large implements verify.Blobs.
func (s *session) Large(d verify.Blob) error {
	if s.hash {
		return s.layer(d)
	}
	ctx, cancel := context.WithTimeout(s.ctx, smallWithin)
	defer cancel()
	resp, err := s.ask(ctx, http.MethodHead, "blobs", d.Digest)
	if err != nil {
		return err
	}
	resp.Body.Close()
	switch resp.ContentLength {
	case d.Size:
		return nil
	case -1:
		return s.ref.At(d.Digest).asking(fault.Incomplete, "have the layers read: --layers", "it does not tell the layer's size")
	}
	return s.ref.At(d.Digest).differs("the layer has %d bytes there, the manifest says %d", resp.ContentLength, d.Size)
}

// layer reads one to its end, in constant memory.
func (s *session) layer(d verify.Blob) error {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	resp, err := s.ask(ctx, http.MethodGet, "blobs", d.Digest)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	ref, sum := s.ref.At(d.Digest), sha256.New()
	n, err := io.Copy(sum, io.LimitReader(s.client.unstalled(resp.Body, cancel), max(0, d.Size)+1))
	if err != nil {
		return ref.failed(s.stalled(err))
	}
	if got := hexDigest(sum); got != d.Digest || n != d.Size {
		return ref.differs("the layer there has %d bytes or more and the digest %s, the manifest says %d", n, got, d.Size)
	}
	return nil
}

func hexDigest(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }

// unstalled ends a request whose bytes stop coming, however many there were.
func (c *Client) unstalled(body io.Reader, cancel func()) io.Reader {
	return &watched{body, time.AfterFunc(c.stall, cancel), c.stall}
}

type watched struct {
	body  io.Reader
	timer *time.Timer
	after time.Duration
}

func (w *watched) Read(p []byte) (int, error) {
	w.timer.Reset(w.after)
	n, err := w.body.Read(p)
	w.timer.Stop()
	return n, err
}

// stalled tells an end that the watch has made from one that the user has.
func (s *session) stalled(err error) error {
	if s.ctx.Err() == nil && errors.Is(err, context.Canceled) {
		return context.DeadlineExceeded
	}
	return err
}
