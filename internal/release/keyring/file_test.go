package keyring_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/keyring"
	"github.com/plimsoll-dev/plimsoll/verify"
)

func saying(passphrase string) keyring.Passphrase {
	return func(string) (string, error) { return passphrase, nil }
}

// TestFileKeys: a key that was written is read again and signs what others verify.
func TestFileKeys(t *testing.T) {
	for _, algorithm := range []verify.Algorithm{verify.Ed25519, verify.ECDSAP256} {
		for _, passphrase := range []string{"", "six random words of mine"} {
			t.Run(string(algorithm)+" "+passphrase, func(t *testing.T) {
				path := filepath.Join(t.TempDir(), "a.key")
				key, err := keyring.Create(path, algorithm, passphrase)
				if err != nil {
					t.Fatal(err)
				}
				text, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				if plain := strings.Contains(string(text), "PRIVATE KEY"); plain != (passphrase == "") {
					t.Errorf("the file holds a plain key: %v", plain)
				}
				s, err := keyring.Open(t.Context(), path, saying(passphrase))
				if err != nil {
					t.Fatal(err)
				}
				defer s.Close()
				if s.Key().ID != key.ID {
					t.Errorf("read %s, wrote %s", s.Key().ID, key.ID)
				}
				if _, err := envelope.Sign(t.Context(), verify.StatementPayload, []byte("{}"), s); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

func TestFileKeysRefused(t *testing.T) {
	dir := t.TempDir()
	good := filepath.Join(dir, "good.key")
	if _, err := keyring.Create(good, verify.Ed25519, "six random words of mine"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	put := func(name string, text []byte, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	tests := []struct {
		name, uri string
		ask       keyring.Passphrase
		says      string
	}{
		{"wrong passphrase", good, saying("another one"), "does not fit"},
		{"nobody to ask", good, nil, "nobody to ask"},
		{"others may read it", put("open.key", text, 0o644), saying("six random words of mine"), "others may read"},
		{"cut", put("cut.key", text[:len(text)/2], 0o600), saying("six random words of mine"), ""},
		{"no key", put("no.key", []byte("hello"), 0o600), nil, "holds no key"},
		{"large", put("large.key", make([]byte, 1<<20), 0o600), nil, "too large"},
		{"folder", dir, nil, ""},
		{"absent", filepath.Join(dir, "absent"), nil, "opening"},
		{"unknown scheme", "ibmkms:///alias/x", nil, "not supported"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := keyring.Open(t.Context(), tt.uri, tt.ask); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%v, expected %q", err, tt.says)
			}
		})
	}
	if _, err := keyring.Create(good, verify.Ed25519, ""); err == nil {
		t.Error("a key was replaced")
	}
}
