// Package tokentest makes a token of SoftHSM in a folder that is thrown away, with
// keys that are made in it, for tests of what signs with tokens.
package tokentest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"testing"

	"github.com/miekg/pkcs11"
)

// PIN of the token.
const PIN = "648219"

// modules are where Debian, Fedora, Arch and Homebrew put SoftHSM.
func modules() []string {
	return []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so",
		"/usr/lib/pkcs11/libsofthsm2.so", "/opt/homebrew/lib/softhsm/libsofthsm2.so", "/usr/local/lib/softhsm/libsofthsm2.so"}
}

// softHSM is a token of SoftHSM in a folder that is thrown away.
type softHSM struct {
	*testing.T
	module string
	ctx    *pkcs11.Ctx
	handle pkcs11.SessionHandle
}

// New makes a token labelled "release" with keys of every kind, and returns the
// path of the module that knows it.
func New(t *testing.T) string {
	t.Helper()
	s := &softHSM{T: t}
	for _, path := range modules() {
		if _, err := os.Stat(path); err == nil {
			s.module = path
			break
		}
	}
	if s.module == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("SoftHSM is not installed: apt-get install softhsm2")
		}
		t.Skip("SoftHSM is not installed: apt-get install softhsm2")
	}
	dir := t.TempDir()
	conf := filepath.Join(dir, "softhsm2.conf")
	tokens := filepath.Join(dir, "tokens")
	if err := os.Mkdir(tokens, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conf, fmt.Appendf(nil, "directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SOFTHSM2_CONF", conf)
	s.ctx = pkcs11.New(s.module)
	if s.ctx == nil {
		t.Fatalf("loading %s failed", s.module)
	}
	s.must(s.ctx.Initialize())
	s.initToken()
	s.fill()
	s.must(s.ctx.Finalize()) // a process may start a module once only
	s.ctx.Destroy()
	return s.module
}

func (s *softHSM) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *softHSM) initToken() {
	s.Helper()
	slots, err := s.ctx.GetSlotList(true)
	s.must(err)
	s.must(s.ctx.InitToken(slots[0], PIN, "release"))
	if slots, err = s.ctx.GetSlotList(true); err != nil {
		s.Fatal(err)
	}
	s.handle, err = s.ctx.OpenSession(slots[0], pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	s.must(err)
	s.must(s.ctx.Login(s.handle, pkcs11.CKU_SO, PIN))
	s.must(s.ctx.InitPIN(s.handle, PIN))
	s.must(s.ctx.Logout(s.handle))
	s.must(s.ctx.Login(s.handle, pkcs11.CKU_USER, PIN))
}

// fill makes one key of each kind that there is.
func (s *softHSM) fill() {
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

// The curves as modules want them: object identifiers in DER.
const (
	oidP256    = "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"
	oidP384    = "\x06\x05\x2b\x81\x04\x00\x22"
	oidEd25519 = "\x06\x03\x2b\x65\x70"
	generateEd = 0x1055
)

// generate makes a key in the token.
func (s *softHSM) generate(mechanism uint, curve, label string, id byte, more ...*pkcs11.Attribute) (public, private pkcs11.ObjectHandle) {
	s.Helper()
	common := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_LABEL, label), pkcs11.NewAttribute(pkcs11.CKA_ID, []byte{id})}
	public, private, err := s.ctx.GenerateKeyPair(s.handle, []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanism, nil)},
		append([]*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, []byte(curve)), pkcs11.NewAttribute(pkcs11.CKA_VERIFY, true)}, common...),
		append(append([]*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_SIGN, true), pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true), pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true)}, common...), more...))
	s.must(err)
	return public, private
}

// certify puts a certificate of a key into the token in place of its public
// half, as smart cards keep them.
func (s *softHSM) certify(public pkcs11.ObjectHandle, id byte) {
	s.Helper()
	got, err := s.ctx.GetAttributeValue(s.handle, public, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil)})
	s.must(err)
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), got[0].Value[2:])
	s.must(err)
	issuer, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	s.must(err)
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{}, key, issuer)
	s.must(err)
	_, err = s.ctx.CreateObject(s.handle, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, uint(pkcs11.CKO_CERTIFICATE)),
		pkcs11.NewAttribute(pkcs11.CKA_CERTIFICATE_TYPE, uint(pkcs11.CKC_X_509)), pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
		pkcs11.NewAttribute(pkcs11.CKA_ID, []byte{id}), pkcs11.NewAttribute(pkcs11.CKA_SUBJECT, []byte("0\x00")), pkcs11.NewAttribute(pkcs11.CKA_VALUE, der)})
	s.must(err)
	s.must(s.ctx.DestroyObject(s.handle, public))
}
