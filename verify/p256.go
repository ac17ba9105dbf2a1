//go:build !plimsoll_small

package verify

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
)

const knowsP256 = true

func onP256(public []byte) bool {
	_, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	return err == nil
}

func verifiesP256(public, message, signature []byte) bool {
	key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), public)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(message)
	return ecdsa.VerifyASN1(key, sum[:], signature)
}
