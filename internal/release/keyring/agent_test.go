package keyring_test

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/keyring"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// serve runs an agent with these keys on a socket, and returns their fingerprints.
func serve(t *testing.T, private ...any) []string {
	t.Helper()
	ring := agent.NewKeyring()
	for _, p := range private {
		if err := ring.Add(agent.AddedKey{PrivateKey: p}); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("", "agent") // a socket's name must be short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	socket := filepath.Join(dir, "s")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Skip("no unix sockets here: ", err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go agent.ServeAgent(ring, conn)
		}
	}()
	t.Setenv("SSH_AUTH_SOCK", socket)
	keys, err := ring.List()
	if err != nil {
		t.Fatal(err)
	}
	var prints []string
	for _, k := range keys {
		prints = append(prints, ssh.FingerprintSHA256(k))
	}
	return prints
}

func TestAgent(t *testing.T) {
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	old, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	prints := serve(t, &ed, ec, old)
	for i, want := range []verify.Algorithm{verify.Ed25519, verify.ECDSAP256} {
		s, err := keyring.Open(t.Context(), "ssh-agent:"+prints[i], nil)
		if err != nil {
			t.Fatal(err)
		}
		if s.Key().Algorithm != want {
			t.Errorf("%s, expected %s", s.Key().Algorithm, want)
		}
		for range 20 { // an ECDSA number may begin with a zero
			if _, err := envelope.Sign(t.Context(), verify.StatementPayload, []byte("{}"), s); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	for uri, says := range map[string]string{"ssh-agent:": "2 keys", "ssh-agent:" + prints[2]: "ssh-rsa", "ssh-agent:SHA256:none": "0 keys"} {
		if _, err := keyring.Open(t.Context(), uri, nil); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, expected %q", uri, err, says)
		}
	}
}

func TestAgentAbsent(t *testing.T) {
	for _, socket := range []string{"", filepath.Join(t.TempDir(), "none")} {
		t.Setenv("SSH_AUTH_SOCK", socket)
		if _, err := keyring.Open(t.Context(), "ssh-agent:", nil); err == nil {
			t.Errorf("a key was opened at %q", socket)
		}
	}
}
