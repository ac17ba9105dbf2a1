package verify

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// Algorithm is how a key signs. It belongs to the key in the trust file; what an
// envelope says of it is never asked.
type Algorithm string

const (
	Ed25519 Algorithm = "ed25519" // RFC 8032, pure
	// ECDSAP256 is FIPS 186-5's with SHA-256, signature in ASN.1 DER, MLDSA65 is
	// FIPS 204's. They need verifiers from outside this package (p256.Verify,
	// pq.Verify), so that who does not ask for one does not carry it.
	ECDSAP256 Algorithm = "ecdsa-p256"
	MLDSA65   Algorithm = "ml-dsa-65"
)

// Key is a public key of the organisation.
type Key struct {
	// ID is the hex SHA-256 of the key in its PKIX form (RFC 5280 4.1.2.7), as
	// other tools compute it.
	ID        string
	Algorithm Algorithm
	// Public is the raw key: 32 bytes for Ed25519, the uncompressed point of 65
	// bytes for P-256 (SEC 1, 2.3.3), 1,952 bytes for ML-DSA-65.
	Public []byte
}

// What stands before the raw key in its PKIX form. The form is written down
// here since package crypto/x509 would more than double a small program.
const (
	pkixEd25519 = "\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"
	pkixP256    = "\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00"
	pkixMLDSA65 = "\x30\x82\x07\xb2\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12\x03\x82\x07\xa1\x00"
)

// sizes are the lengths of raw keys, and what stands before them.
var forms = map[Algorithm]struct {
	size   int
	prefix string
}{
	Ed25519:   {ed25519.PublicKeySize, pkixEd25519},
	ECDSAP256: {65, pkixP256},
	MLDSA65:   {1952, pkixMLDSA65},
}

// NewKey makes a key of its raw form. A wrong length and an algorithm that is not known are refused.
func NewKey(algorithm Algorithm, public []byte) (Key, error) {
	form, ok := forms[algorithm]
	if !ok {
		return Key{}, refuse(UnknownAlgorithm, "reading a public key: %q is no algorithm that this version knows", string(algorithm))
	}
	if len(public) != form.size {
		return Key{}, refuse(Malformed, "reading a public key: an %s key has %d bytes, this one has %d", algorithm, form.size, len(public))
	}
	if algorithm == ECDSAP256 && public[0] != 4 {
		return Key{}, refuse(Malformed, "reading a public key: a P-256 key is an uncompressed point, which begins with 4")
	}
	k := Key{Algorithm: algorithm, Public: append([]byte(nil), public...)}
	sum := sha256.Sum256(k.PKIX())
	k.ID = hex.EncodeToString(sum[:])
	return k, nil
}

// PKIX is the key as SubjectPublicKeyInfo in DER (RFC 5280 4.1; RFC 8410, RFC
// 5480, RFC 9881).
func (k Key) PKIX() []byte { return append([]byte(forms[k.Algorithm].prefix), k.Public...) }

// Line is the key on one line: "ed25519:<base64>".
func (k Key) Line() string {
	return string(k.Algorithm) + ":" + base64.StdEncoding.EncodeToString(k.Public)
}

// ParseKey reads what Line writes.
func ParseKey(line string) (Key, error) {
	algorithm, text, ok := strings.Cut(strings.TrimSpace(line), ":")
	if !ok {
		return Key{}, refuse(Malformed, `reading a public key: expected "ed25519:<base64>"`)
	}
	public, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil {
		return Key{}, refuse(Malformed, "reading a public key: what stands after %q is no base64", algorithm+":")
	}
	return NewKey(Algorithm(algorithm), public)
}

// Verifier verifies signatures of an algorithm that this package does not bring.
type Verifier func(public, message, signature []byte) bool

// Verify reports whether signature is k's over message; false where there is no
// verifier for its algorithm. More are those that this package does not bring.
func (k Key) Verify(message, signature []byte, more map[Algorithm]Verifier) bool {
	ok, known := k.verifies(message, signature, more)
	return ok && known
}

// verifies reports whether signature is k's over message, and whether there is a
// verifier for it.
func (k Key) verifies(message, signature []byte, more map[Algorithm]Verifier) (ok, known bool) {
	if k.Algorithm == Ed25519 {
		return len(signature) == ed25519.SignatureSize && ed25519.Verify(k.Public, message, signature), true
	}
	verify, known := more[k.Algorithm]
	return known && verify(k.Public, message, signature), known
}
