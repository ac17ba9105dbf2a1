package kms_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	_ "github.com/sigstore/sigstore/pkg/signature/kms/hashivault"

	"github.com/plimsoll-dev/plimsoll/helpers/kms"
)

// vault answers as the transit engine of Vault is documented to: reading a key,
// and signing a digest. It is no Vault.
type vault struct {
	t       *testing.T
	private *ecdsa.PrivateKey
}

func (v *vault) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("X-Vault-Token") != "a token" {
		http.Error(w, `{"errors":["permission denied"]}`, http.StatusForbidden)
		return
	}
	var data any
	switch r.URL.Path {
	case "/v1/transit/keys/seal":
		data = v.key()
	case "/v1/transit/keys/old":
		data = map[string]any{"type": "ed25519", "latest_version": 1, "keys": map[string]any{"1": map[string]any{"name": "ed25519", "public_key": base64.StdEncoding.EncodeToString(make([]byte, 32))}}}
	case "/v1/transit/sign/seal/sha2-256":
		data = v.sign(r)
	default:
		http.Error(w, `{"errors":[]}`, http.StatusNotFound)
		return
	}
	if err := json.NewEncoder(w).Encode(map[string]any{"data": data}); err != nil {
		v.t.Error(err)
	}
}

func (v *vault) key() any {
	der, err := x509.MarshalPKIXPublicKey(v.private.Public())
	if err != nil {
		v.t.Error(err)
	}
	text := string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}))
	return map[string]any{"type": "ecdsa-p256", "latest_version": 2, "keys": map[string]any{"2": map[string]any{"name": "P-256", "public_key": text}}}
}

func (v *vault) sign(r *http.Request) any {
	var asked struct {
		Input     []byte `json:"input"`
		Prehashed bool   `json:"prehashed"`
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || !asked.Prehashed || len(asked.Input) != 32 {
		v.t.Errorf("asked to sign %+v, %v: expected a digest", asked, err)
	}
	sig, err := ecdsa.SignASN1(rand.Reader, v.private, asked.Input)
	if err != nil {
		v.t.Error(err)
	}
	return map[string]any{"signature": "vault:v2:" + base64.StdEncoding.EncodeToString(sig)}
}

func TestVault(t *testing.T) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(&vault{t, private})
	defer server.Close()
	t.Setenv("VAULT_ADDR", server.URL)
	t.Setenv("VAULT_TOKEN", "a token")
	signs(t, "hashivault", "hashivault://seal")
	signsByProgram(t, "hashivault", "hashivault://seal")
	open := func(uri, says string) {
		t.Helper()
		if _, err := kms.Opener("hashivault")(t.Context(), uri, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, expected %q", uri, err, says)
		}
	}
	open("hashivault://none", "public key")
	open("hashivault://old", "not supported")
	t.Setenv("VAULT_TOKEN", "another")
	open("hashivault://seal", "permission denied")
}

func TestRun(t *testing.T) {
	var out, said strings.Builder
	if status := kms.Run("hashivault", nil, strings.NewReader(`{"op":"open","version":1,"uri":"hashivault://a/b/c"}`), &out, &said); status != 0 || !strings.Contains(out.String(), `"error"`) {
		t.Errorf("status %d, %q, %q", status, out.String(), said.String())
	}
	if status := kms.Run("hashivault", []string{"--help"}, strings.NewReader(""), &out, &said); status != 2 || !strings.Contains(said.String(), "takes no arguments") {
		t.Errorf("status %d, %q", status, said.String())
	}
}
