package registry

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"

	"github.com/plimsoll-dev/plimsoll/internal/version"
)

// Bounds of a conversation with a registry.
const (
	maxDocument  = 4 << 20  // as registries bound manifests
	maxDocuments = 64 << 20 // of one image, together
	maxRedirects = 5
	maxHeaders   = 64 << 10
	answerWithin = 30 * time.Second // until an answer begins
	smallWithin  = time.Minute      // for a manifest, whole
	stallAfter   = time.Minute      // without a byte of a layer
)

// Client asks registries. Credentials are those that docker and podman use, and
// are looked up once a registry asks for them.
type Client struct {
	auth  *auth.Client
	stall time.Duration
}

// Options of a client; zero values are good.
type Options struct {
	Getenv func(string) string // where credentials are: DOCKER_CONFIG, REGISTRY_AUTH_FILE, XDG_RUNTIME_DIR, HOME
	TLS    *tls.Config
	Within time.Duration // until an answer begins, and between the bytes of one
}

// New makes a client. It asks nobody yet.
func New(o Options) *Client {
	if o.Within == 0 {
		o.Within = answerWithin
	}
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: o.Within, KeepAlive: 30 * time.Second}).DialContext,
		TLSClientConfig:        o.TLS,
		ForceAttemptHTTP2:      true,
		TLSHandshakeTimeout:    o.Within,
		ResponseHeaderTimeout:  o.Within,
		MaxResponseHeaderBytes: maxHeaders,
		MaxIdleConns:           4,
		IdleConnTimeout:        30 * time.Second,
		// What is hashed is what was sent, and nothing small becomes large here.
		DisableCompression: true,
	}
	a := &auth.Client{Client: &http.Client{Transport: tlsOnly{t}, CheckRedirect: redirect}, Cache: auth.NewCache(), Credential: keychain(o.Getenv)}
	a.SetUserAgent("plimsoll/" + version.Version())
	return &Client{auth: a, stall: min(2*o.Within, stallAfter)}
}

// tlsOnly is the last word on where anything is sent: in the clear to this
// machine alone, whoever asked for it, a redirect or a place for tokens included.
type tlsOnly struct{ next http.RoundTripper }

func (t tlsOnly) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != "https" && !loopback(req.URL.Hostname()) {
		return nil, &refusedHop{"it sends us to " + quote(req.URL.Host) + " without TLS"}
	}
	return t.next.RoundTrip(req)
}

// redirect follows registries to where they keep their blobs. The library has
// taken the credentials off where that is another place.
func redirect(req *http.Request, via []*http.Request) error {
	switch {
	case len(via) > maxRedirects:
		return &refusedHop{"it redirects without end"}
	case via[0].URL.Scheme == "https" && req.URL.Scheme != "https":
		return &refusedHop{"it redirects to " + quote(req.URL.Host) + " without TLS"}
	case !loopback(via[0].URL.Hostname()) && loopback(req.URL.Hostname()):
		return &refusedHop{"it redirects to this machine"}
	}
	return nil
}

// refusedHop is a place that we are sent to and do not go.
type refusedHop struct{ why string }

func (r *refusedHop) Error() string { return r.why }

// keychain looks where docker and podman keep what `login` was told. A helper
// that docker's file names is run, as docker runs it.
func keychain(getenv func(string) string) auth.CredentialFunc {
	return func(ctx context.Context, host string) (auth.Credential, error) {
		if getenv == nil {
			return auth.EmptyCredential, nil
		}
		for _, path := range credentialFiles(getenv) {
			store, err := credentials.NewStore(path, credentials.StoreOptions{})
			if err != nil {
				return auth.EmptyCredential, &brokenFile{path, err}
			}
			found, err := credentials.Credential(store)(ctx, host)
			if err != nil {
				return auth.EmptyCredential, &brokenFile{path, err}
			}
			if found != auth.EmptyCredential {
				return found, nil
			}
		}
		return auth.EmptyCredential, nil
	}
}

func credentialFiles(getenv func(string) string) []string {
	var files []string
	add := func(variable string, below ...string) {
		if dir := getenv(variable); dir != "" {
			files = append(files, filepath.Join(append([]string{dir}, below...)...))
		}
	}
	add("REGISTRY_AUTH_FILE")
	if getenv("DOCKER_CONFIG") != "" {
		add("DOCKER_CONFIG", "config.json")
	} else {
		add("HOME", ".docker", "config.json")
		add("USERPROFILE", ".docker", "config.json")
	}
	add("XDG_RUNTIME_DIR", "containers", "auth.json")
	return files
}

// brokenFile is a file with credentials that cannot be used.
type brokenFile struct {
	path string
	err  error
}

func (b *brokenFile) Error() string { return b.path + ": " + b.err.Error() }
func (b *brokenFile) Unwrap() error { return b.err }
