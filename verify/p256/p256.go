// Package p256 verifies ECDSA on P-256 for package verify, which leaves it out
// since the arithmetic of the curve is a tenth of the smallest program that
// verifies anything. Keys in security modules and key services are often of this
// kind:
//
//	more := map[verify.Algorithm]verify.Verifier{verify.ECDSAP256: p256.Verify}
//	trust, err := verify.ReadTrust(file, more)
package p256

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
)

// Verify reports whether signature (ASN.1 DER) is that of the key public (the
// uncompressed point, 65 bytes) over the SHA-256 of message (FIPS 186-5 6.4.2). A
// point that is not on the curve verifies nothing.
func Verify(public, message, signature []byte) bool {
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(message)
	return ecdsa.VerifyASN1(key, sum[:], signature)
}

// Valid reports whether public is a point of the curve. A key that is not one
// verifies nothing; who takes a new key in should say so at once.
func Valid(public []byte) bool {
	_, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	return err == nil
}
