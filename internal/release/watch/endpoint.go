package watch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Endpoint is an address at which a product tells its version.
type Endpoint struct {
	Label   string
	URL     string
	Product string
	// Version, Commit and Digest are the fields of the JSON in the answer that hold them, "build.version" for a
	// field within another. Where Version is empty, well-known names are tried,
	// and an answer that is no JSON is the version itself.
	Version, Commit, Digest string
	Client                  *http.Client
}

const (
	maxAnswer  = 1 << 20
	askTimeout = 20 * time.Second
)

// usual are the fields in which products tell their version (Spring's actuator,
// expvar-like pages, Kubernetes' /version, …).
var usual = struct{ version, commit, digest []string }{
	[]string{"version", "build.version", "app.version", "gitVersion", "Version"},
	[]string{"commit", "build.commit", "git.commit.id", "git.commit.id.full", "gitCommit", "revision", "Commit"},
	[]string{"digest", "sha256", "image.digest"},
}

func (e Endpoint) Name() string { return e.Label }

// Running asks the endpoint. Redirects to other hosts are not followed: they
// would let somebody else speak for the product.
func (e Endpoint) Running(ctx context.Context) ([]Running, []error, error) {
	body, err := get(ctx, e.client(), e.URL, nil)
	if err != nil {
		return nil, nil, err
	}
	r := Running{Where: e.URL, Product: e.Product}
	var answer map[string]any
	if err := json.Unmarshal(body, &answer); err != nil {
		r.Version = plainVersion(body)
	} else {
		r.Version = field(answer, e.Version, usual.version)
		r.Commit = field(answer, e.Commit, usual.commit)
		r.Digest = asDigest(field(answer, e.Digest, usual.digest))
	}
	if r.Version == "" && r.Digest == "" {
		return nil, nil, fmt.Errorf("asking %s: its answer tells no version; name the field that does", e.URL)
	}
	return []Running{r}, nil, nil
}

func (e Endpoint) client() *http.Client {
	if e.Client != nil {
		return e.Client
	}
	return &http.Client{Timeout: askTimeout, CheckRedirect: sameHost}
}

func sameHost(req *http.Request, via []*http.Request) error {
	if len(via) > 5 {
		return errors.New("too many redirects")
	}
	if req.URL.Host != via[0].URL.Host || via[0].URL.Scheme == "https" && req.URL.Scheme != "https" {
		return fmt.Errorf("it redirects to %s, which is another place", req.URL.Redacted())
	}
	return nil
}

// get reads an address whole, within bounds.
func get(ctx context.Context, client *http.Client, address string, header http.Header) ([]byte, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("asking %q: expected an address that begins with https:// or http://", address)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", u.Redacted(), err)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("asking %s: %w", u.Redacted(), err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxBody+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("asking %s: %w", u.Redacted(), err)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("asking %s: it answers %s", u.Redacted(), resp.Status)
	case len(body) > maxBody:
		return nil, fmt.Errorf("asking %s: its answer is larger than %d MB", u.Redacted(), maxBody>>20)
	}
	return body, nil
}

// plainVersion takes an answer that is one short word for the version.
func plainVersion(body []byte) string {
	text := strings.TrimSpace(string(body[:min(len(body), maxAnswer)]))
	if len(text) > 100 || strings.ContainsAny(text, " \t\r\n<>{}") {
		return ""
	}
	return text
}

// field is a text in the answer by its dotted name, or the first of the usual ones.
func field(answer map[string]any, name string, otherwise []string) string {
	if name != "" {
		return text(answer, name)
	}
	for _, name := range otherwise {
		if found := text(answer, name); found != "" {
			return found
		}
	}
	return ""
}

// text follows a dotted name. A key that itself has dots is found, too.
func text(answer map[string]any, name string) string {
	if s, ok := answer[name].(string); ok {
		return s
	}
	first, rest, more := strings.Cut(name, ".")
	if inner, ok := answer[first].(map[string]any); more && ok {
		return text(inner, rest)
	}
	return ""
}

// asDigest takes "<hex>" and "sha256:<hex>"; anything else is none.
func asDigest(s string) string {
	hex := strings.TrimPrefix(strings.ToLower(s), "sha256:")
	if len(hex) != 64 || strings.Trim(hex, "0123456789abcdef") != "" {
		return ""
	}
	return "sha256:" + hex
}
