// Package finding is what happens to findings once a check has made them: what
// makes one the same as before, and what people have decided about it.
package finding

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// fingerprintBytes is the length of a fingerprint: 128 bits.
const fingerprintBytes = 16

// Fingerprint identifies a finding by its rule family and by the parts that
// make it what it is. It returns 32 hex digits. White space in parts counts as
// one blank, so that reformatting keeps the fingerprint; the caller leaves out
// what a move or a rename would change.
func Fingerprint(family string, parts ...string) string {
	h := sha256.New()
	fmt.Fprintf(h, "plimsoll finding 1\n%d:%s", len(family), family)
	for _, part := range parts {
		part = strings.Join(strings.Fields(part), " ")
		fmt.Fprintf(h, "\n%d:%s", len(part), part)
	}
	return hex.EncodeToString(h.Sum(nil)[:fingerprintBytes])
}

// stretch is how many rounds stand between a fingerprint and a guess of the
// secret behind it: fingerprints travel in reports, secrets must not.
const stretch = 2000

// SecretFingerprint identifies a secret by its own bytes, wherever it stands. It
// is the same on every machine, with or without the history.
func SecretFingerprint(family string, secret []byte) string {
	key, err := pbkdf2.Key(sha256.New, string(secret), []byte("plimsoll secret 1\n"+family), stretch, fingerprintBytes)
	if err != nil { // only lengths that FIPS 140 forbids
		return Fingerprint(family, string(secret))
	}
	return hex.EncodeToString(key)
}
