package verifylive

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// issuers is a server on this machine that is reached under any host.
func issuers(t *testing.T, handler http.HandlerFunc) *Verifier {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	probes, err := knowledge.Probes()
	if err != nil {
		t.Fatal(err)
	}
	v := New(probes, &http.Transport{DialContext: dial, TLSClientConfig: &tls.Config{RootCAs: roots, ServerName: "example.com"}})
	v.pause = 0
	return v
}

// TestAsk asks every issuer, who each take one secret and refuse the rest in
// their own way.
func TestAsk(t *testing.T) {
	const good, bad = "good-secret", "bad-secret"
	v := issuers(t, func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		said := r.URL.Path + r.Header.Get("Authorization") + r.Header.Get("X-Api-Key") + r.Header.Get("PRIVATE-TOKEN") + r.Header.Get("DD-API-KEY") + password
		ok := strings.Contains(said, good)
		if !ok && !strings.Contains(said, bad) {
			t.Errorf("%s%s does not carry the secret", r.Host, r.URL.Path)
		}
		switch {
		case r.Host == "slack.com" && !ok:
			_, _ = w.Write([]byte(`{"ok":false,"error":"invalid_auth"}`))
		case !ok:
			w.WriteHeader(http.StatusUnauthorized)
		default:
			_, _ = w.Write([]byte(`{"ok":true,"valid":true,"status":"active"}`))
		}
	})
	probes, err := knowledge.Probes()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range probes {
		if a := v.Ask(t.Context(), p.Rules[0], []byte(good)); a.State != Live {
			t.Errorf("%s: the good one is %+v", p.URL, a)
		}
		want := Revoked
		if len(p.Dead) == 0 {
			want = Unknown
		}
		if a := v.Ask(t.Context(), p.Rules[0], []byte(bad)); a.State != want {
			t.Errorf("%s: the bad one is %+v", p.URL, a)
		}
	}
	if a := v.Ask(t.Context(), "secret.none", []byte(good)); a.State != Unknown || v.CanAsk("secret.none") {
		t.Errorf("of a kind without a probe: %+v", a)
	}
}

// TestAskHostile holds that no answer makes a secret go elsewhere or shows it.
func TestAskHostile(t *testing.T) {
	calls := 0
	v := issuers(t, func(w http.ResponseWriter, r *http.Request) {
		calls++
		if r.Host != "api.github.com" || r.URL.Path != "/user" {
			t.Errorf("a call went to %s%s", r.Host, r.URL.Path)
		}
		http.Redirect(w, r, "https://evil.invalid/steal", http.StatusFound)
	})
	for range 2 {
		if a := v.Ask(t.Context(), "secret.github-pat", []byte("a-secret")); a.State != Unknown || !strings.Contains(a.Why, "302") {
			t.Errorf("a redirect: %+v", a)
		}
	}
	if calls != 1 {
		t.Errorf("asked %d times about one secret", calls)
	}
	if a := v.Ask(t.Context(), "secret.github-pat", []byte("a\r\nHost: evil.invalid")); a.State != Unknown || calls != 1 {
		t.Errorf("a secret of two lines: %+v", a)
	}
	for i := range MaxProbes {
		v.Ask(t.Context(), "secret.github-pat", []byte{byte('A' + i)})
	}
	if calls > MaxProbes {
		t.Errorf("%d calls", calls)
	}
}

// TestUnverified holds that a certificate nobody vouches for gets no secret.
func TestUnverified(t *testing.T) {
	called := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true }))
	defer server.Close()
	probes, err := knowledge.Probes()
	if err != nil {
		t.Fatal(err)
	}
	v := New(probes, nil)
	v.client.Transport.(*http.Transport).Proxy = nil
	v.client.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
	}
	a := v.Ask(t.Context(), "secret.telegram-bot-token", []byte("123:abc"))
	if a.State != Unknown || called || strings.Contains(a.Why, "abc") || !strings.Contains(a.Why, "api.telegram.org") {
		t.Errorf("got %+v, called: %v", a, called)
	}
}
