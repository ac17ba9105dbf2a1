package token

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/plimsoll-dev/plimsoll/helpers/pkcs11/token/tokentest"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/verify"
)

func asked(pin string) func(string) (string, error) {
	return func(string) (string, error) { return pin, nil }
}

// TestSign signs with keys that a module made and never gives away.
func TestSign(t *testing.T) {
	module := tokentest.New(t)
	t.Setenv(moduleVariable, module)
	for uri, want := range map[string]verify.Algorithm{
		"pkcs11:token=release;object=seal": verify.ECDSAP256,
		"pkcs11:object=root":               verify.Ed25519,
		"pkcs11:id=%03":                    verify.ECDSAP256, // its public half from a certificate, its PIN at every signature
		"pkcs11:object=twice;id=%06":       verify.ECDSAP256,
	} {
		t.Run(uri, func(t *testing.T) {
			k, err := Open(t.Context(), uri, asked(tokentest.PIN))
			if err != nil {
				t.Fatal(err)
			}
			defer k.Close()
			if k.Public().Algorithm != want {
				t.Errorf("%s, expected %s", k.Public().Algorithm, want)
			}
			message := []byte(strings.Repeat("a permit ", 10000))
			for range 20 { // r or s may begin with a zero, or with a bit that DER takes for a sign
				sig, err := k.Sign(t.Context(), message)
				if err != nil {
					t.Fatal(err)
				}
				if !k.Public().Verify(message, sig, envelope.Algorithms()) || k.Public().Verify(message[1:], sig, envelope.Algorithms()) {
					t.Fatal("the signature does not fit")
				}
			}
		})
	}
}

func TestOpenRefused(t *testing.T) {
	module := tokentest.New(t)
	tests := []struct{ uri, pin, says string }{
		{"pkcs11:object=none", tokentest.PIN, "0 private keys"},
		{"pkcs11:object=twice", tokentest.PIN, "2 private keys"},
		{"pkcs11:object=large", tokentest.PIN, "97"},
		{"pkcs11:object=half", tokentest.PIN, "neither the public half"},
		{"pkcs11:object=seal", "000000", "does not fit"},
		{"pkcs11:token=other;object=seal", tokentest.PIN, `of these: "release"`},
		{"pkcs11:object=seal;slot-id=4294967295", tokentest.PIN, "0 tokens fit"},
		{"pkcs11:object=seal?module-path=/nowhere/m.so", tokentest.PIN, "there is no module"},
		{"pkcs11:object=seal?module-path=" + os.Args[0], tokentest.PIN, "no PKCS #11 module"},
	}
	for _, tt := range tests {
		t.Setenv(moduleVariable, module)
		if _, err := Open(t.Context(), tt.uri, asked(tt.pin)); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, expected %q", tt.uri, err, tt.says)
		}
	}
	t.Setenv(moduleVariable, "")
	if _, err := Open(t.Context(), "pkcs11:object=seal", asked(tokentest.PIN)); err == nil || !strings.Contains(err.Error(), "which module") {
		t.Error(err)
	}
}

func TestPINSource(t *testing.T) {
	module := tokentest.New(t)
	path := filepath.Join(t.TempDir(), "pin")
	if err := os.WriteFile(path, []byte(tokentest.PIN+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	uri := "pkcs11:object=seal?pin-source=file:" + path + "&module-path=" + module
	k, err := Open(t.Context(), uri, nil)
	if err != nil {
		t.Fatal(err)
	}
	k.Close()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), uri, nil); err == nil || !strings.Contains(err.Error(), "others may read") {
		t.Errorf("a PIN that everybody can read was taken: %v", err)
	}
}
