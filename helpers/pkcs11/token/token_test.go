package token

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/pkcs11"

	"github.com/plimsoll-dev/plimsoll/verify"
)

func asked(pin string) func(string) (string, error) {
	return func(string) (string, error) { return pin, nil }
}

// fillToken makes one key of each kind that there is.
func fillToken(s *softHSM) {
	s.generate(pkcs11.CKM_EC_KEY_PAIR_GEN, oidP256, "seal", 1)
	s.generate(generateEd, oidEd25519, "root", 2)
	public, _ := s.generate(pkcs11.CKM_EC_KEY_PAIR_GEN, oidP256, "card", 3, pkcs11.NewAttribute(pkcs11.CKA_ALWAYS_AUTHENTICATE, true))
	s.certify(public, 3)
	s.generate(pkcs11.CKM_EC_KEY_PAIR_GEN, oidP384, "large", 4)
	s.generate(pkcs11.CKM_EC_KEY_PAIR_GEN, oidP256, "twice", 5)
	s.generate(pkcs11.CKM_EC_KEY_PAIR_GEN, oidP256, "twice", 6)
	public, _ = s.generate(pkcs11.CKM_EC_KEY_PAIR_GEN, oidP256, "half", 7)
	s.must(s.ctx.DestroyObject(s.handle, public))
}

// TestSign signs with keys that a module made and never gives away.
func TestSign(t *testing.T) {
	s := newToken(t, fillToken)
	t.Setenv(moduleVariable, s.module)
	for uri, want := range map[string]verify.Algorithm{
		"pkcs11:token=release;object=seal": verify.ECDSAP256,
		"pkcs11:object=root":               verify.Ed25519,
		"pkcs11:id=%03":                    verify.ECDSAP256, // its public half from a certificate, its PIN at every signature
		"pkcs11:object=twice;id=%06":       verify.ECDSAP256,
	} {
		t.Run(uri, func(t *testing.T) {
			k, err := Open(t.Context(), uri, asked(testPIN))
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
				if !k.Public().Verify(message, sig, nil) || k.Public().Verify(message[1:], sig, nil) {
					t.Fatal("the signature does not fit")
				}
			}
		})
	}
}

func TestOpenRefused(t *testing.T) {
	s := newToken(t, fillToken)
	tests := []struct{ uri, pin, says string }{
		{"pkcs11:object=none", testPIN, "0 private keys"},
		{"pkcs11:object=twice", testPIN, "2 private keys"},
		{"pkcs11:object=large", testPIN, "97"},
		{"pkcs11:object=half", testPIN, "neither the public half"},
		{"pkcs11:object=seal", "000000", "does not fit"},
		{"pkcs11:token=other;object=seal", testPIN, `of these: "release"`},
		{"pkcs11:object=seal;slot-id=4294967295", testPIN, "0 tokens fit"},
		{"pkcs11:object=seal?module-path=/nowhere/m.so", testPIN, "there is no module"},
		{"pkcs11:object=seal?module-path=" + os.Args[0], testPIN, "no PKCS #11 module"},
	}
	for _, tt := range tests {
		t.Setenv(moduleVariable, s.module)
		if _, err := Open(t.Context(), tt.uri, asked(tt.pin)); err == nil || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, expected %q", tt.uri, err, tt.says)
		}
	}
	t.Setenv(moduleVariable, "")
	if _, err := Open(t.Context(), "pkcs11:object=seal", asked(testPIN)); err == nil || !strings.Contains(err.Error(), "which module") {
		t.Error(err)
	}
}

func TestPINSource(t *testing.T) {
	s := newToken(t, fillToken)
	path := filepath.Join(t.TempDir(), "pin")
	if err := os.WriteFile(path, []byte(testPIN+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	uri := "pkcs11:object=seal?pin-source=file:" + path + "&module-path=" + s.module
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
