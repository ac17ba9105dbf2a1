package watch_test

import (
	"context"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/release/permits"
	"github.com/plimsoll-dev/plimsoll/internal/release/watch"
	"github.com/plimsoll-dev/plimsoll/verify"
)

var now = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func digest(pair string) string { return "sha256:" + strings.Repeat(pair, 32) }

func permit(product, version string, sequence int, digest string, against *verify.Refusal) permits.Known {
	return permits.Known{Against: against, Permit: verify.PermitPredicate{Product: product, Version: version, Sequence: sequence,
		Commit: strings.Repeat("0a", 20), Issued: now, Expires: now.AddDate(0, 1, 0),
		Deliverables: []verify.Deliverable{{Name: product, Kind: verify.KindImage, Digest: digest}}}}
}

func known() *permits.Index {
	return permits.New(
		permit("shop", "1.0.0", 1, digest("a1"), &verify.Refusal{Reason: verify.Revoked, Message: "taken back"}),
		permit("shop", "1.1.0", 2, digest("b2"), nil),
		permit("shop", "1.2.0", 3, digest("c3"), nil),
		permit("till", "v7", 1, digest("d4"), &verify.Refusal{Reason: verify.Expired, Message: "its permit ended"}),
	)
}

func TestJudge(t *testing.T) {
	tests := []struct {
		name string
		r    watch.Running
		want watch.Standing
	}{
		{"newest", watch.Running{Digest: digest("c3")}, watch.Permitted},
		{"older", watch.Running{Digest: digest("b2")}, watch.Behind},
		{"revoked", watch.Running{Digest: digest("a1")}, watch.Revoked},
		{"expired", watch.Running{Digest: digest("d4")}, watch.Ended},
		{"never permitted", watch.Running{Digest: digest("ee")}, watch.Unknown},
		{"permitted as another product", watch.Running{Digest: digest("c3"), Product: "till"}, watch.Unknown},
		{"by version alone", watch.Running{Product: "shop", Version: "v1.2.0"}, watch.Unverified},
		{"by version, behind", watch.Running{Product: "shop", Version: "1.1.0"}, watch.Behind},
		{"by a version that nobody released", watch.Running{Product: "shop", Version: "1.2.1"}, watch.Unknown},
		{"right version, other commit", watch.Running{Product: "shop", Version: "1.2.0", Commit: "bbbbbbbb"}, watch.Unknown},
		{"right version, short commit", watch.Running{Product: "shop", Version: "1.2.0", Commit: "0a0a0a0"}, watch.Unverified},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := watch.Judge(tt.r, known()); got.Standing != tt.want {
				t.Errorf("%s (%s), expected %s", got.Standing, got.Because, tt.want)
			}
		})
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "app"), "hello\n")
	place := watch.Files{Label: "host", Paths: []string{filepath.Join(dir, "app"), filepath.Join(dir, "none-*"), dir}}
	running, faults, err := place.Running(context.Background())
	if err != nil || len(faults) != 2 {
		t.Fatalf("%v, faults %v", err, faults)
	}
	if len(running) != 1 || running[0].Digest != "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03" {
		t.Errorf("running: %+v", running)
	}
}

func TestEndpoint(t *testing.T) {
	answers := map[string]string{
		"/plain":  "1.2.0\n",
		"/json":   `{"build":{"version":"1.2.0","commit":"abc1234"}}`,
		"/own":    `{"app":{"release":"1.2.0"},"version":"9"}`,
		"/digest": `{"version":"1.2.0","sha256":"` + strings.Repeat("c3", 32) + `"}`,
		"/html":   "<html><body>hello</body></html>",
		"/none":   `{"status":"UP"}`,
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if body, ok := answers[r.URL.Path]; ok {
			fmt.Fprint(w, body)
			return
		}
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://other.invalid/", http.StatusFound)
			return
		}
		http.NotFound(w, r)
	}))
	defer server.Close()
	tests := []struct {
		path, field, version, digest, says string
	}{
		{"/plain", "", "1.2.0", "", ""},
		{"/json", "", "1.2.0", "", ""},
		{"/own", "app.release", "1.2.0", "", ""},
		{"/digest", "", "1.2.0", digest("c3"), ""},
		{"/html", "", "", "", "tells no version"},
		{"/none", "", "", "", "tells no version"},
		{"/missing", "", "", "", "404"},
		{"/away", "", "", "", "another place"},
	}
	for _, tt := range tests {
		t.Run(tt.path, func(t *testing.T) {
			running, _, err := watch.Endpoint{URL: server.URL + tt.path, Version: tt.field, Product: "shop"}.Running(context.Background())
			if tt.says != "" {
				if err == nil || !strings.Contains(err.Error(), tt.says) {
					t.Fatalf("%v, expected %q", err, tt.says)
				}
				return
			}
			if err != nil || len(running) != 1 || running[0].Version != tt.version || running[0].Digest != tt.digest {
				t.Errorf("%+v, %v", running, err)
			}
		})
	}
}

// cluster imitates what the API server answers to a list of pods, in two pages.
func cluster(t *testing.T) *httptest.Server {
	t.Helper()
	page := func(next string, pods ...string) string {
		return `{"kind":"PodList","apiVersion":"v1","metadata":{"continue":"` + next + `"},"items":[` + strings.Join(pods, ",") + `]}`
	}
	one := func(name, phase, image, id string) string {
		return fmt.Sprintf(`{"metadata":{"namespace":"shop","name":%q},"spec":{"containers":[{"name":"app","image":%q}]},"status":{"phase":%q,"containerStatuses":[{"name":"app","image":%q,"imageID":%q}]}}`, name, image, phase, image, id)
	}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer t0ken" {
			http.Error(w, "who are you", http.StatusUnauthorized)
			return
		}
		switch {
		case r.URL.Path != "/api/v1/namespaces/shop/pods":
			http.NotFound(w, r)
		case r.URL.Query().Get("continue") == "":
			fmt.Fprint(w, page("more", one("a", "Running", "shop:1.2.0", "docker-pullable://r/shop@"+digest("c3")), one("b", "Succeeded", "job:1", "x@"+digest("ee"))))
		default:
			fmt.Fprint(w, page("", one("c", "Pending", "r/shop@"+digest("a1"), ""), one("d", "Running", "local:1", digest("ff")), one("e", "Running", "registry.k8s.io/kube/proxy:1", "r@"+digest("99"))))
		}
	}))
	t.Cleanup(server.Close)
	return server
}

func kubeconfig(t *testing.T, server *httptest.Server, user string) string {
	t.Helper()
	ca := base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}))
	path := filepath.Join(t.TempDir(), "config")
	write(t, path, `apiVersion: v1
kind: Config
current-context: prod
contexts: [{name: prod, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "`+server.URL+`", certificate-authority-data: `+ca+`}}]
users: [{name: u, user: `+user+`}]
`)
	return path
}

func TestCluster(t *testing.T) {
	server := cluster(t)
	dir := filepath.Dir(kubeconfig(t, server, "{token: t0ken}"))
	places, err := watch.ReadPlaces(filepath.Join(dir, "deployments.yaml"), []byte(`
deployments:
  - name: production
    kubernetes: {kubeconfig: config, namespaces: [shop], ignore: [registry.k8s.io/**]}
`), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	results, faults := watch.Look(context.Background(), places, known())
	if len(faults) != 1 || !strings.Contains(faults[0].Error, "shop/d/app") {
		t.Errorf("faults: %+v", faults)
	}
	if len(results) != 2 || results[0].Standing != watch.Revoked || results[0].Where != "shop/c/app" || results[1].Standing != watch.Permitted {
		t.Errorf("results: %+v", results)
	}
}

func TestKubeconfigRefuses(t *testing.T) {
	server := cluster(t)
	tests := []struct{ user, says string }{
		{"{exec: {command: /bin/sh}}", "not supported"},
		{"{username: a, password: b}", "not supported"},
		{"{tokenFile: /dev/zero}", "no regular file"},
		{"{client-certificate-data: '%%%'}", "base64"},
	}
	for _, tt := range tests {
		if _, err := watch.FromKubeconfig(kubeconfig(t, server, tt.user), ""); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, expected %q", tt.user, err, tt.says)
		}
	}
	if _, err := watch.FromKubeconfig(kubeconfig(t, server, "{token: x}"), "other"); err == nil {
		t.Error("a context that is not there was found")
	}
}

// TestUnreachable: what could not be asked is a fault and never a result.
func TestUnreachable(t *testing.T) {
	places, err := watch.ReadPlaces("deployments.yaml", []byte("deployments: [{name: p, kubernetes: {kubeconfig: /nonexistent/config}}]"), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	results, faults := watch.Look(context.Background(), places, known())
	if len(results) != 0 || len(faults) != 1 {
		t.Errorf("%+v, %+v", results, faults)
	}
}

func TestReadPlacesRefuses(t *testing.T) {
	tests := []struct{ text, says string }{
		{"deployments: [{name: a, http: {url: 'https://x/'}}]", "names no product"},
		{"deployments: [{name: a, files: [x]}, {name: a, files: [y]}]", "two deployments"},
		{"deployments: [{name: a}]", ""},
		{"deployments: [{name: a, kubernetes: {}}]", "which cluster"},
		{"deployments: [{name: a, http: {url: 'file:///etc/passwd'}, product: p}]", ""},
	}
	for _, tt := range tests {
		if _, err := watch.ReadPlaces("d.yaml", []byte(tt.text), os.Getenv); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.text, err)
		}
	}
}

func TestMatchImage(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"registry.k8s.io/**", "registry.k8s.io/kube/proxy", true},
		{"registry.k8s.io/*", "registry.k8s.io/pause", true},
		{"registry.k8s.io/*", "registry.k8s.io/kube/proxy", false},
		{"registry.k8s.io/**", "registry.k8s.io.evil.example/x", false},
		{"nginx", "nginx", true},
		{"[", "[", false},
	}
	for _, tt := range tests {
		if got := watch.MatchImage(tt.pattern, tt.name); got != tt.want {
			t.Errorf("%s on %s: %v", tt.pattern, tt.name, got)
		}
	}
}

func FuzzKubeconfig(f *testing.F) {
	f.Add([]byte("current-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: https://x}}]"))
	path := filepath.Join(f.TempDir(), "config")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if a, err := watch.FromKubeconfig(path, ""); err == nil && a.Server == "" {
			t.Error("access to no server")
		}
	})
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
