// Package pq verifies ML-DSA-65 (FIPS 204) for package verify, which is the
// standard library alone and should stay small for those who do not ask for it.
//
//	more := map[verify.Algorithm]verify.Verifier{verify.MLDSA65: pq.Verify}
//	trust, err := verify.ReadTrust(file, more)
//
// A second signature of another family keeps permits sound should the first one
// be broken: a role of the trust file with `also: ml-dsa-65` wants both.
package pq

import "filippo.io/mldsa"

// Verify reports whether signature (3,309 bytes) is that of the key public (1,952
// bytes) over message, with an empty context (FIPS 204 5.3, pure ML-DSA).
func Verify(public, message, signature []byte) bool {
	key, err := mldsa.NewPublicKey(mldsa.MLDSA65(), public)
	return err == nil && mldsa.Verify(key, message, signature, nil) == nil
}
