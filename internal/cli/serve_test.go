package cli_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	mathbig "math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/cli"
	"github.com/plimsoll-dev/plimsoll/verify"
	"github.com/plimsoll-dev/plimsoll/verify/verifytest"
)

// TestServeAdmission runs the webhook as a cluster would use it: over TLS, with
// permits in a folder and a revocation that arrives while it runs.
func TestServeAdmission(t *testing.T) {
	dir := t.TempDir()
	pool := certificate(t, dir)
	o := verifytest.New()
	image := verifytest.Content{Name: "shop", Kind: verify.KindImage, Data: []byte(`{"schemaVersion":2}`)}
	bundle := o.Release("shop", "1.0.0", image).Bundle()
	file(t, dir, "permits/shop.plimsoll", bundle)
	file(t, dir, "trust.json", o.TrustFile())
	file(t, dir, "revocations.json", o.Revoke(1))

	clock := verifytest.Now
	reader, writer := io.Pipe()
	app := &cli.App{Stdin: strings.NewReader(""), Stdout: writer, Stderr: io.Discard, Getenv: func(string) string { return "" }, Clock: func() time.Time { return clock }}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan int, 1)
	go func() {
		done <- cli.Main(ctx, app, []string{"serve", "--admission", "--listen", "127.0.0.1:0", "--tls-cert", dir + "/tls.crt", "--tls-key", dir + "/tls.key",
			"--trust", dir + "/trust.json", "--permits", dir + "/permits", "--revocations", dir + "/revocations.json", "--again", "1s"})
		writer.Close()
	}()
	line, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		t.Fatalf("it does not listen: %v, exit status %d", err, <-done)
	}
	address := strings.TrimPrefix(strings.TrimSpace(line), "listening on ")
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}, Timeout: 10 * time.Second}

	digest := verify.Digest(image.Data)
	if body := admit(t, client, address, "shop@"+digest); !strings.Contains(body, `"allowed":true`) {
		t.Errorf("permitted: %s", body)
	}
	if body := admit(t, client, address, "shop:1.0.0"); !strings.Contains(body, `"allowed":false`) {
		t.Errorf("by tag: %s", body)
	}
	b, err := verify.OpenBundle(bundle, o.Trust(), verify.Policy{Now: app.Clock})
	if err != nil {
		t.Fatal(err)
	}
	file(t, dir, "revocations.json", o.Revoke(2, b.Digest()))
	clock = clock.Add(time.Minute) // no request is under way
	if body := admit(t, client, address, "shop@"+digest); !strings.Contains(body, `"allowed":false`) || !strings.Contains(body, "leaks sessions") {
		t.Errorf("revoked: %s", body)
	}
	stop()
	if status := <-done; status != 0 {
		t.Errorf("exit status %d", status)
	}
}

func admit(t *testing.T, client *http.Client, address, image string) string {
	t.Helper()
	body := fmt.Sprintf(`{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"1","operation":"CREATE","kind":{"group":"","version":"v1","kind":"Pod"},"object":{"spec":{"containers":[{"name":"a","image":%q}]}}}}`, image)
	resp, err := client.Post(address, "application/json", bytes.NewReader([]byte(body)))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(answer)
}

func file(t *testing.T, dir, name string, data []byte) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// certificate makes one for loopback and writes it to tls.crt and tls.key.
func certificate(t *testing.T, dir string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: mathbig.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	crt := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	file(t, dir, "tls.crt", crt)
	file(t, dir, "tls.key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(crt)
	return pool
}
