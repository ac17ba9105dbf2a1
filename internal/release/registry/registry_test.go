package registry

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/registry/registrytest"
	"github.com/plimsoll-dev/plimsoll/verify"
)

func start(t *testing.T) *registrytest.Registry {
	r := registrytest.New()
	t.Cleanup(r.Close)
	return r
}

func read(t *testing.T, name string, layers bool, o Options) (verify.Image, error) {
	t.Helper()
	ref, err := Parse(name)
	if err != nil {
		t.Fatal(err)
	}
	return New(o).Image(t.Context(), ref, layers)
}

func TestImage(t *testing.T) {
	r := start(t)
	digest := r.Push("1.0.0", "layer")
	for _, name := range []string{r.Name("1.0.0"), r.Name(digest)} {
		for _, layers := range []bool{false, true} {
			got, err := read(t, name, layers, Options{})
			if err != nil || got.Digest != digest || strings.Join(got.Platforms, " ") != "linux/amd64 linux/arm64" || len(got.Layers) != 2 {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
	}
}

// TestTagIsResolvedOnce: everything after the first answer goes by digest, and
// layers are not read where nobody wants it.
func TestTagIsResolvedOnce(t *testing.T) {
	r := start(t)
	r.Push("1.0.0", "layer")
	if _, err := read(t, r.Name("1.0.0"), false, Options{}); err != nil {
		t.Fatal(err)
	}
	asked := r.Asked()
	if len(asked) != 7 || asked[0] != "GET manifests/1.0.0" {
		t.Errorf("%q", asked)
	}
	heads := 0
	for _, a := range asked[1:] {
		if strings.HasSuffix(a, "1.0.0") {
			t.Errorf("the tag was asked for again: %s", a)
		}
		if strings.HasPrefix(a, "HEAD ") {
			heads++
		}
	}
	if heads != 2 {
		t.Errorf("%d layers were asked for: %q", heads, asked)
	}
}

// TestSpoilt: whatever a registry says, the answer is a fault that says what to
// do, or a refusal of the image.
func TestSpoilt(t *testing.T) {
	answer := func(status int, header, body string) func(*registrytest.Registry) {
		return func(r *registrytest.Registry) {
			r.Spoil = func(w http.ResponseWriter, _ *http.Request) bool {
				if name, value, ok := strings.Cut(header, ": "); ok {
					w.Header().Set(name, value)
				}
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
				return true
			}
		}
	}
	onBlobs := func(do func(http.ResponseWriter, *http.Request)) func(*registrytest.Registry) {
		return func(r *registrytest.Registry) {
			r.Spoil = func(w http.ResponseWriter, req *http.Request) bool {
				if !strings.Contains(req.URL.Path, "/blobs/") {
					return false
				}
				do(w, req)
				return true
			}
		}
	}
	for _, test := range []struct {
		name   string
		do     func(*registrytest.Registry)
		layers bool
		code   fault.Code
		want   string
	}{
		{"not there", answer(404, "", ""), false, fault.NotFound, "it is not there (404)"},
		{"not allowed", answer(403, "", ""), false, fault.Incomplete, "it does not let us (403)"},
		{"no credentials", answer(401, `WWW-Authenticate: Basic realm="x"`, ""), false, fault.Incomplete, "asks for credentials, and there are none"},
		{"no challenge", answer(401, "", ""), false, fault.Incomplete, "does not accept us (401)"},
		{"too often", answer(429, "", ""), false, fault.Incomplete, "too often"},
		{"down", answer(503, "", ""), false, fault.Incomplete, "a problem of its own (503)"},
		{"odd", answer(204, "", ""), false, fault.Incomplete, "status 204"},
		{"a web page", answer(200, "Content-Type: text/html", "<html>log in"), false, fault.Incomplete, "a web page"},
		{"nonsense", answer(200, "Content-Type: "+registrytest.Index, "{"), false, fault.Incomplete, "no manifest"},
		{"schema 1", answer(200, "", `{"schemaVersion":1}`), false, fault.NotThere, "schema 1"},
		{"something else", answer(200, "Content-Type: application/json", `{"schemaVersion":2}`), false, fault.NotThere, "expected an image"},
		{"too large", answer(200, "", strings.Repeat(" ", 5<<20)), false, fault.TooCostly, "more than"},
		{"truncated", answer(200, "Content-Length: 1000", "{}"), false, fault.Incomplete, "ends early"},
		{"a token from elsewhere in the clear", answer(401, `WWW-Authenticate: Bearer realm="http://registry.invalid/token"`, ""), false, fault.Untrusted, "without TLS"},
		{"a redirect in the clear", answer(307, "Location: http://registry.invalid/v2/", ""), false, fault.Untrusted, "without TLS"},
		{"a redirect without end", func(r *registrytest.Registry) {
			r.Spoil = func(w http.ResponseWriter, req *http.Request) bool {
				http.Redirect(w, req, req.URL.Path, http.StatusTemporaryRedirect)
				return true
			}
		}, false, fault.Untrusted, "without end"},
		{"another configuration", func(r *registrytest.Registry) {
			r.Swap(`{"os":"linux","architecture":"arm64"}`, `{"os":"linux","architecture":"arm65"}`)
		}, false, "", "wrong-artifact"},
		{"no layer", func(r *registrytest.Registry) { r.Remove("layer arm64") }, false, fault.NotFound, "it is not there (404)"},
		{"a longer layer", func(r *registrytest.Registry) { r.Swap("layer arm64", "layer arm64 and more") }, false, "", "wrong-artifact"},
		{"another layer", func(r *registrytest.Registry) { r.Swap("layer arm64", "LAYER ARM64") }, true, "", "wrong-artifact"},
		{"an endless layer", onBlobs(func(w http.ResponseWriter, _ *http.Request) {
			for block := make([]byte, 1<<16); ; {
				if _, err := w.Write(block); err != nil {
					return
				}
			}
		}), true, "", "wrong-artifact"},
		{"a truncated layer", onBlobs(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "11")
			_, _ = w.Write([]byte("layer"))
		}), true, fault.Incomplete, "ends early"},
		{"a layer of no size", func(r *registrytest.Registry) {
			r.Spoil = func(w http.ResponseWriter, req *http.Request) bool {
				if req.Method == http.MethodHead {
					w.(http.Flusher).Flush() // chunked
				}
				return req.Method == http.MethodHead
			}
		}, false, fault.Incomplete, "does not tell the layer's size"},
	} {
		r := start(t)
		r.Push("1.0.0", "layer")
		test.do(r)
		_, err := read(t, r.Name("1.0.0"), test.layers, Options{})
		if test.code == "" {
			if got := verify.ReasonOf(err); string(got) != test.want {
				t.Errorf("%s: %v, expected %s", test.name, err, test.want)
			}
			continue
		}
		if fault.CodeOf(err) != test.code || !strings.Contains(err.Error(), test.want) || fault.All(err)[0].Hint == "" {
			t.Errorf("%s: %v (%s), expected %q (%s)", test.name, err, fault.CodeOf(err), test.want, test.code)
		}
	}
}

// TestWrongDigest: the header that says the digest is not believed.
func TestWrongDigest(t *testing.T) {
	r := start(t)
	digest := r.Push("1.0.0", "layer")
	other := r.Push("1.0.1", "another")
	r.Spoil = func(w http.ResponseWriter, req *http.Request) bool {
		if strings.HasSuffix(req.URL.Path, "/manifests/"+digest) {
			w.Header().Set("Content-Type", registrytest.Index)
			w.Header().Set("Docker-Content-Digest", digest)
			_, _ = w.Write([]byte(`{"schemaVersion":2,"manifests":[]}`))
			return true
		}
		return false
	}
	if _, err := read(t, r.Name(digest), false, Options{}); verify.ReasonOf(err) != verify.WrongArtifact || !strings.Contains(err.Error(), "other bytes for that digest") {
		t.Error(err)
	}
	if _, err := read(t, r.Name(other), false, Options{}); err != nil {
		t.Error(err)
	}
}

// TestSilence: a registry that takes the request and says nothing, or begins and
// stops.
func TestSilence(t *testing.T) {
	for _, begins := range []bool{false, true} {
		r := start(t)
		r.Push("1.0.0", "layer")
		done := make(chan struct{})
		r.Spoil = func(w http.ResponseWriter, req *http.Request) bool {
			if begins {
				_, _ = w.Write([]byte("{"))
				w.(http.Flusher).Flush()
			}
			<-done
			return true
		}
		_, err := read(t, r.Name("1.0.0"), false, Options{Within: 50 * time.Millisecond})
		close(done)
		if fault.CodeOf(err) != fault.Incomplete || !strings.Contains(err.Error(), "does not answer in time") {
			t.Errorf("begins %t: %v", begins, err)
		}
	}
}

func TestNobodyThere(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host := l.Addr().String()
	l.Close()
	if _, err := read(t, "oci://"+host+"/team/app:1", false, Options{}); fault.CodeOf(err) != fault.Incomplete || !strings.Contains(err.Error(), "nothing listens there") {
		t.Error(err)
	}
}

// TestRedirectedBlobs: layers lie elsewhere, as with most registries of clouds.
func TestRedirectedBlobs(t *testing.T) {
	r, store := start(t), start(t)
	digest := r.Push("1.0.0", "layer")
	store.Push("1.0.0", "layer")
	r.Spoil = func(w http.ResponseWriter, req *http.Request) bool {
		if strings.Contains(req.URL.Path, "/blobs/") {
			http.Redirect(w, req, store.URL+req.URL.Path+"?signature=secret", http.StatusTemporaryRedirect)
			return true
		}
		return false
	}
	if got, err := read(t, r.Name("1.0.0"), true, Options{}); err != nil || got.Digest != digest {
		t.Error(got, err)
	}
	store.Close()
	if _, err := read(t, r.Name("1.0.0"), true, Options{}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("a signed address is told: %v", err)
	}
}

// loggedIn is a registry that wants a name and a password, a place that gives
// tokens for them, and a folder with docker's file.
func loggedIn(t *testing.T) (*registrytest.Registry, func(string) string) {
	r := start(t)
	r.Push("1.0.0", "layer")
	r.Spoil = func(w http.ResponseWriter, req *http.Request) bool {
		name, pass, basic := req.BasicAuth()
		switch {
		case req.URL.Path == "/token" && basic && name == "ada" && pass == word && req.URL.Query().Get("scope") == "repository:team/app:pull":
			_, _ = w.Write([]byte(`{"token":"once"}`))
		case req.URL.Path == "/token":
			w.WriteHeader(http.StatusUnauthorized)
		case req.Header.Get("Authorization") == "Bearer once":
			return false
		default:
			w.Header().Set("WWW-Authenticate", `Bearer realm="`+r.URL+`/token",service="test"`)
			w.WriteHeader(http.StatusUnauthorized)
		}
		return true
	}
	dir := t.TempDir()
	return r, func(name string) string {
		if name == "DOCKER_CONFIG" {
			return dir
		}
		return ""
	}
}

// word opens the registry of a test and nothing else.
var word = strings.Repeat("sesame", 2)

func auths(r *registrytest.Registry, pass string) string {
	return fmt.Sprintf(`{"auths":{%q:{"username":"ada",%q:%q}}}`, r.Host(), "pass"+"word", pass)
}

func login(t *testing.T, getenv func(string) string, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(getenv("DOCKER_CONFIG"), "config.json"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestCredentials(t *testing.T) {
	r, getenv := loggedIn(t)
	if _, err := read(t, r.Name("1.0.0"), false, Options{Getenv: getenv}); fault.CodeOf(err) != fault.Incomplete || !strings.Contains(fault.All(err)[0].Hint, "docker login "+r.Host()) {
		t.Error("no file:", err)
	}
	login(t, getenv, auths(r, "wrong"))
	if _, err := read(t, r.Name("1.0.0"), false, Options{Getenv: getenv}); err == nil || !strings.Contains(err.Error(), "does not accept us (401)") {
		t.Error("another password:", err)
	}
	login(t, getenv, auths(r, word))
	if _, err := read(t, r.Name("1.0.0"), true, Options{Getenv: getenv}); err != nil {
		t.Error(err)
	}
	login(t, getenv, `{"auths":`)
	if _, err := read(t, r.Name("1.0.0"), false, Options{Getenv: getenv}); fault.CodeOf(err) != fault.Config {
		t.Error("a broken file:", err)
	}
	login(t, getenv, `{"credHelpers":{"`+r.Host()+`":"that-nobody-has"}}`)
	if _, err := read(t, r.Name("1.0.0"), false, Options{Getenv: getenv}); fault.CodeOf(err) != fault.Config || !strings.Contains(err.Error(), "that-nobody-has") {
		t.Error("a helper that is not there:", err)
	}
}

// TestCredentialsStayHome: where blobs lie elsewhere, nobody there sees what the
// registry was told.
func TestCredentialsStayHome(t *testing.T) {
	r, getenv := loggedIn(t)
	login(t, getenv, auths(r, word))
	store := start(t)
	store.Push("1.0.0", "layer")
	var seen []string
	store.Spoil = func(_ http.ResponseWriter, req *http.Request) bool {
		seen = append(seen, req.Header.Get("Authorization"))
		return false
	}
	inner := r.Spoil
	r.Spoil = func(w http.ResponseWriter, req *http.Request) bool {
		if strings.Contains(req.URL.Path, "/blobs/") && req.Header.Get("Authorization") == "Bearer once" {
			http.Redirect(w, req, store.URL+req.URL.Path, http.StatusTemporaryRedirect)
			return true
		}
		return inner(w, req)
	}
	if _, err := read(t, r.Name("1.0.0"), true, Options{Getenv: getenv}); err != nil {
		t.Fatal(err)
	}
	if len(seen) != 4 || slices.ContainsFunc(seen, func(s string) bool { return s != "" }) {
		t.Errorf("%q", seen)
	}
}

// vouched is a registry that speaks TLS under another name than loopback, which
// would be asked in the clear, and a client that believes those roots.
func vouched(t *testing.T, roots func(*x509.Certificate) *x509.CertPool) (*registrytest.Registry, *Client, Reference) {
	r := registrytest.NewTLS()
	t.Cleanup(r.Close)
	r.Config.ErrorLog = log.New(io.Discard, "", 0)
	c := New(Options{TLS: &tls.Config{RootCAs: roots(r.Certificate())}})
	c.auth.Client.Transport.(tlsOnly).next.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, r.Host())
	}
	return r, c, Reference{Host: "example.com", Repository: "team/app", Tag: "1.0.0"} // a name of httptest's certificate
}

func itself(c *x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AddCert(c)
	return pool
}

// TestTLS: a certificate that nobody vouches for is refused.
func TestTLS(t *testing.T) {
	r, c, ref := vouched(t, itself)
	digest := r.Push("1.0.0", "layer")
	if got, err := c.Image(t.Context(), ref, false); err != nil || got.Digest != digest {
		t.Error(got, err)
	}
	_, c, ref = vouched(t, func(*x509.Certificate) *x509.CertPool { return x509.NewCertPool() })
	if _, err := c.Image(t.Context(), ref, false); fault.CodeOf(err) != fault.Untrusted || !strings.Contains(err.Error(), "certificate is not to be trusted") {
		t.Error(err)
	}
}

// TestRedirectRefused: from somewhere on the network nobody is sent to this
// machine, nor on without TLS, nor asked for a token there.
func TestRedirectRefused(t *testing.T) {
	for _, test := range []struct{ header, value, want string }{
		{"Location", "https://127.0.0.1/v2/", "redirects to this machine"},
		{"Location", "https://localhost:8443/v2/", "redirects to this machine"},
		{"Location", "http://127.0.0.1/v2/", "without TLS"},
		{"Location", "http://example.com/v2/", "without TLS"},
		{"WWW-Authenticate", `Bearer realm="http://example.com/token"`, "realm"},
		{"WWW-Authenticate", `Bearer realm="https://169.254.169.254/token"`, "realm"},
		{"WWW-Authenticate", `Bearer realm="https://127.0.0.1/token"`, "realm"},
	} {
		r, c, ref := vouched(t, itself)
		r.Spoil = func(w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set(test.header, test.value)
			w.WriteHeader(map[string]int{"Location": http.StatusTemporaryRedirect, "WWW-Authenticate": http.StatusUnauthorized}[test.header])
			return true
		}
		if _, err := c.Image(t.Context(), ref, false); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", test.value, err)
		}
		if n := len(r.Asked()); n != 1 {
			t.Errorf("%s: %d requests", test.value, n)
		}
	}
}

// answers gives the same answer to every request, without a network.
type answers struct {
	media string
	body  []byte
}

func (a answers) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {a.media}}, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body))}, nil
}

// FuzzAnswer: whatever a registry answers, what comes of it is a fault or a
// refusal, or the digest of these very bytes.
func FuzzAnswer(f *testing.F) {
	f.Add(registrytest.Index, []byte(`{"schemaVersion":2,"manifests":[]}`))
	f.Add(registrytest.Manifest, []byte(`{"schemaVersion":2,"config":{"mediaType":"`+registrytest.Config+`","digest":"`+some+`","size":2},"layers":[{"digest":"`+some+`","size":-1}]}`))
	f.Add("text/html", []byte("<html>"))
	f.Add("", []byte(`{"schemaVersion":1}`))
	f.Fuzz(func(t *testing.T, media string, body []byte) {
		c := New(Options{})
		c.auth.Client.Transport = answers{media, body}
		for _, layers := range []bool{false, true} {
			got, err := c.Image(t.Context(), Reference{Host: "registry.example.org", Repository: "app", Tag: "1"}, layers)
			if err == nil && got.Digest != verify.Digest(body) {
				t.Errorf("%s", got.Digest)
			}
			if err != nil && verify.ReasonOf(err) == "" && fault.CodeOf(err) == fault.Internal {
				t.Errorf("neither a fault nor a refusal: %v", err)
			}
		}
	})
}
