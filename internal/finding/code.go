package finding

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"
)

// maybeSecret takes code that may hold a credential: then its digest is as slow
// to guess at as a secret's fingerprint.
var maybeSecret = regexp.MustCompile(`(?i)passw|secret|token|pwd|api.?key|private|credential|auth|://[^/\s]*@`)

// CodeDigest is the digest of a piece of code, white space left out: what a
// decision is bound to. "" gives "".
func CodeDigest(code string) string {
	code = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, code)
	if code == "" {
		return ""
	}
	if maybeSecret.MatchString(code) {
		return SecretFingerprint("code", []byte(code))
	}
	sum := sha256.Sum256([]byte("plimsoll code 1\n" + code))
	return hex.EncodeToString(sum[:fingerprintBytes])
}
