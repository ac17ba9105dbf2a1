package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/export"
	"github.com/plimsoll-dev/plimsoll/verify"
)

const (
	beacon       = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
	beaconIssuer = "https://token.actions.githubusercontent.com"
)

// TestConformance judges the bundles of sigstore-conformance: those that must
// verify do, and those that must fail do.
func TestConformance(t *testing.T) {
	dir := "../../../shared/data/release/sigstore-conformance-bundles"
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Skip("the bundles of sigstore-conformance are not beside the repository")
	}
	verified, refused := 0, 0
	for _, e := range entries {
		if !e.IsDir() {
			continue
		}
		t.Run(e.Name(), func(t *testing.T) {
			q := question(t, dir, e.Name())
			_, err := Verify(q)
			if strings.HasSuffix(e.Name(), "_fail") {
				if err == nil {
					t.Fatal("it must fail, and was verified")
				}
				t.Log("refused:", err)
				refused++
				return
			}
			if err != nil {
				t.Fatal("it must verify:", err)
			}
			verified++
		})
	}
	if verified < 10 || refused < 30 {
		t.Errorf("only %d were verified and %d refused: is the data whole?", verified, refused)
	}
	t.Logf("%d verified, %d refused", verified, refused)
}

// question reads a case as the suite's README describes it.
func question(t *testing.T, dir, name string) Question {
	t.Helper()
	at := func(file, otherwise string) string {
		if path := filepath.Join(dir, name, file); exists(path) {
			return path
		}
		return otherwise
	}
	text := func(file, otherwise string) string {
		if path := at(file, ""); path != "" {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			return strings.TrimSpace(string(data))
		}
		return otherwise
	}
	q := Question{Bundle: filepath.Join(dir, name, "bundle.sigstore.json"), Artifact: at("artifact", filepath.Join(dir, "a.txt")), Log: 1,
		TrustedRoot: at("trusted_root.json", filepath.Join(dir, "public-good-trusted_root.json")), Key: at("key.pub", "")}
	if q.Key == "" {
		q.Identity, q.Issuer = text("identity", beacon), text("issuer", beaconIssuer)
	}
	return q
}

func exists(path string) bool { _, err := os.Stat(path); return err == nil }

type edSigner struct{ private ed25519.PrivateKey }

func (s edSigner) Key() verify.Key {
	k, err := verify.NewKey(verify.Ed25519, s.private.Public().(ed25519.PublicKey))
	if err != nil {
		panic(err)
	}
	return k
}
func (s edSigner) Sign(_ context.Context, m []byte) ([]byte, error) {
	return ed25519.Sign(s.private, m), nil
}
func (edSigner) Close() error { return nil }

type p256Signer struct{ private *ecdsa.PrivateKey }

func (s p256Signer) Key() verify.Key {
	raw, err := s.private.PublicKey.Bytes()
	if err != nil {
		panic(err)
	}
	k, err := verify.NewKey(verify.ECDSAP256, raw)
	if err != nil {
		panic(err)
	}
	return k
}
func (s p256Signer) Sign(_ context.Context, m []byte) ([]byte, error) {
	sum := sha256.Sum256(m)
	return ecdsa.SignASN1(rand.Reader, s.private, sum[:])
}
func (p256Signer) Close() error { return nil }

// TestExported: sigstore-go verifies what `plimsoll release export` writes, by
// either of two keys of two algorithms, and refuses another artifact, another
// key and a changed payload.
func TestExported(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, data []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signers := []envelope.Signer{edSigner{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{1}, 32))}, p256Signer{private}}
	artifact := []byte("the program")
	sum := sha256.Sum256(artifact)
	payload, err := json.Marshal(verify.PermitStatement{Type: verify.StatementType, PredicateType: verify.PermitType,
		Subject: []verify.Subject{{Name: "app", Digest: map[string]string{"sha256": hex.EncodeToString(sum[:])}}}})
	if err != nil {
		t.Fatal(err)
	}
	line, err := envelope.Sign(t.Context(), verify.StatementPayload, payload, signers...)
	if err != nil {
		t.Fatal(err)
	}
	app, other := put("app", artifact), put("other", []byte("another program"))
	for i, s := range signers {
		exported, err := export.Sigstore(line, s.Key())
		if err != nil {
			t.Fatal(err)
		}
		file := put("bundle.json", exported)
		key := put("key.pem", export.PEM(s.Key()))
		stranger := put("stranger.pem", export.PEM(signers[1-i].Key()))
		q := Question{Bundle: file, Artifact: app, Key: key, Log: -1}
		if _, err := Verify(q); err != nil {
			t.Fatalf("%s: %v", s.Key().Algorithm, err)
		}
		if status := run([]string{"verify", "--bundle", file, "--key", key, app}, io.Discard, io.Discard); status != 0 {
			t.Errorf("the command's status is %d", status)
		}
		changed := put("changed.json", bytes.Replace(exported, []byte(`"payload":"`), []byte(`"payload":"IA`), 1))
		for name, q := range map[string]Question{
			"another artifact":  {Bundle: file, Artifact: other, Key: key, Log: -1},
			"another key":       {Bundle: file, Artifact: app, Key: stranger, Log: -1},
			"a changed payload": {Bundle: changed, Artifact: app, Key: key, Log: -1},
			"a log was asked":   {Bundle: file, Artifact: app, Key: key, Log: 1},
		} {
			if _, err := Verify(q); err == nil {
				t.Errorf("%s, %s: verified", s.Key().Algorithm, name)
			}
		}
	}
}

func TestUsage(t *testing.T) {
	for _, args := range [][]string{nil, {"sign"}, {"verify", "x"}, {"verify", "--bundle", "b", "--key", "k", "--identity", "i", "x"}, {"verify", "--bundle", "b", "--identity", "i", "x"}} {
		if status := run(args, io.Discard, io.Discard); status != 2 {
			t.Errorf("%v: status %d", args, status)
		}
	}
}
