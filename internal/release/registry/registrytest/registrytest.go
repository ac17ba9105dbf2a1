// Package registrytest is a registry for tests, on loopback: an honest one, whose
// answers a test can spoil one by one.
package registrytest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// Media types that tests need.
const (
	Index    = "application/vnd.oci.image.index.v1+json"
	Manifest = "application/vnd.oci.image.manifest.v1+json"
	Config   = "application/vnd.oci.image.config.v1+json"
	Layer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// Registry serves one repository, team/app.
type Registry struct {
	*httptest.Server
	// Spoil, where it is set, answers in place of the registry; false leaves it to
	// the registry.
	Spoil func(w http.ResponseWriter, r *http.Request) bool

	// Lists says that it lists what is attached to an image; otherwise that is up
	// to the one who attaches, as in registries before OCI 1.1.
	Lists bool

	mu    sync.Mutex
	blobs map[string][]byte // by digest
	media map[string]string
	tags  map[string]string
	asked []string
}

// New starts one. It is to be closed.
func New() *Registry {
	r := &Registry{blobs: map[string][]byte{}, media: map[string]string{}, tags: map[string]string{}}
	r.Server = httptest.NewServer(r)
	return r
}

// NewTLS starts one that speaks TLS with a certificate of its own.
func NewTLS() *Registry {
	r := &Registry{blobs: map[string][]byte{}, media: map[string]string{}, tags: map[string]string{}}
	r.Server = httptest.NewTLSServer(r)
	return r
}

// Host is where it listens.
func (r *Registry) Host() string {
	_, host, _ := strings.Cut(r.URL, "://")
	return host
}

// Name is its repository as plimsoll is told it, with a tag or a digest.
func (r *Registry) Name(what string) string {
	if strings.HasPrefix(what, "sha256:") {
		return verify.RegistryPrefix + r.Host() + "/team/app@" + what
	}
	return verify.RegistryPrefix + r.Host() + "/team/app:" + what
}

// Put puts a blob or a manifest there, and returns its descriptor.
func (r *Registry) Put(media, data string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	digest := verify.Digest([]byte(data))
	r.blobs[digest], r.media[digest] = []byte(data), media
	return fmt.Sprintf(`{"mediaType":%q,"digest":%q,"size":%d}`, media, digest, len(data))
}

// Image puts an image with one layer there.
func (r *Registry) Image(platform, layer string) string {
	system, machine, _ := strings.Cut(platform, "/")
	return r.Put(Manifest, `{"schemaVersion":2,"mediaType":"`+Manifest+`","config":`+
		r.Put(Config, fmt.Sprintf(`{"os":%q,"architecture":%q}`, system, machine))+`,"layers":[`+r.Put(Layer, layer)+`]}`)
}

// Push puts an image for two platforms there under a tag, and returns its digest.
func (r *Registry) Push(tag, layer string) string {
	index := `{"schemaVersion":2,"mediaType":"` + Index + `","manifests":[` + r.Image("linux/amd64", layer+" amd64") + `,` + r.Image("linux/arm64", layer+" arm64") + `]}`
	r.Put(Index, index)
	digest := verify.Digest([]byte(index))
	r.Tag(tag, digest)
	return digest
}

// Tag moves a tag.
func (r *Registry) Tag(tag, digest string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tags[tag] = digest
}

// Swap puts other bytes under the digest of some, as a registry that lies does.
func (r *Registry) Swap(data, with string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blobs[verify.Digest([]byte(data))] = []byte(with)
}

// Remove takes away what has a digest.
func (r *Registry) Remove(data string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.blobs, verify.Digest([]byte(data)))
}

// Asked lists the requests so far, as "GET manifests/1.0.0".
func (r *Registry) Asked() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.asked...)
}

func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	what, ok := strings.CutPrefix(req.URL.Path, "/v2/team/app/")
	r.mu.Lock()
	r.asked = append(r.asked, req.Method+" "+what)
	r.mu.Unlock()
	if r.Spoil != nil && r.Spoil(w, req) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if ok && r.write(w, req, what) {
		return
	}
	_, name, _ := strings.Cut(what, "/")
	if digest, tagged := r.tags[name]; tagged {
		name = digest
	}
	data, found := r.blobs[name]
	if !ok || !found {
		http.Error(w, `{"errors":[{"code":"NAME_UNKNOWN"}]}`, http.StatusNotFound)
		return
	}
	w.Header().Set("Content-Type", r.media[name])
	w.Header().Set("Docker-Content-Digest", name)
	w.Header().Set("Content-Length", fmt.Sprint(len(data)))
	if req.Method != http.MethodHead {
		_, _ = w.Write(data) // a client that has gone
	}
}

// write takes what is pushed, and lists what is attached.
func (r *Registry) write(w http.ResponseWriter, req *http.Request, what string) bool {
	kind, name, _ := strings.Cut(what, "/")
	switch {
	case req.Method == http.MethodPost && what == "blobs/uploads/":
		w.Header().Set("Location", "/v2/team/app/blobs/uploads/1")
		w.WriteHeader(http.StatusAccepted)
	case req.Method == http.MethodPut:
		data, err := io.ReadAll(req.Body)
		digest := verify.Digest(data)
		if asked := req.URL.Query().Get("digest"); err != nil || asked != "" && asked != digest || strings.HasPrefix(name, "sha256:") && name != digest {
			w.WriteHeader(http.StatusBadRequest)
			return true
		}
		r.blobs[digest], r.media[digest] = data, req.Header.Get("Content-Type")
		var m manifest
		if kind == "manifests" && json.Unmarshal(data, &m) == nil {
			if m.Subject != nil && r.Lists {
				w.Header().Set("OCI-Subject", m.Subject.Digest)
			}
			if !strings.HasPrefix(name, "sha256:") {
				r.tags[name] = digest
			}
		}
		w.WriteHeader(http.StatusCreated)
	case kind == "referrers" && r.Lists:
		w.Header().Set("Content-Type", Index)
		_, _ = fmt.Fprintf(w, `{"schemaVersion":2,"mediaType":%q,"manifests":[%s]}`, Index, strings.Join(r.attached(name), ","))
	case kind == "referrers":
		w.WriteHeader(http.StatusNotFound)
	default:
		return false
	}
	return true
}

type manifest struct {
	Config struct {
		MediaType string `json:"mediaType"`
	} `json:"config"`
	Subject *struct {
		Digest string `json:"digest"`
	} `json:"subject"`
}

// attached are descriptors of what has a subject. Their type is that of the
// configuration, as some registries have it.
func (r *Registry) attached(to string) []string {
	var all []string
	for digest, data := range r.blobs {
		var m manifest
		if json.Unmarshal(data, &m) == nil && m.Subject != nil && m.Subject.Digest == to {
			all = append(all, fmt.Sprintf(`{"mediaType":%q,"artifactType":%q,"digest":%q,"size":%d}`, Manifest, m.Config.MediaType, digest, len(data)))
		}
	}
	return all
}
