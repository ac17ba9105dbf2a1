package evidence

import (
	"context"
	"crypto/ed25519"
	"strings"
	"time"
)

// RevocationType names the taking back of an attestation or exemption.
const RevocationType = "https://plimsoll.dev/revocation/v1"

// revokedSuffix takes the place of ".json" in the name of the file that takes
// back what stands in the file without it.
const revokedSuffix = ".revoked.json"

// Revocation takes back what somebody signed. The signed file stays where it
// is, so that whoever asks later sees both.
type Revocation struct {
	Of          string     `json:"of"` // digest of the payload that is taken back
	Requirement string     `json:"requirement"`
	Because     string     `json:"because"`
	By          string     `json:"by"`
	Recorded    time.Time  `json:"recorded"`
	Repository  Repository `json:"repository"`
}

// RevocationName is the file that revokes the one named: "a.revoked.json" for
// "a.json".
func RevocationName(name string) string { return strings.TrimSuffix(name, ".json") + revokedSuffix }

// RevokedName is the file that a revocation is about, by its name alone; ok is
// false for a name that is not that of a revocation.
func RevokedName(name string) (of string, ok bool) {
	of, ok = strings.CutSuffix(name, revokedSuffix)
	return of + ".json", ok
}

// SignRevocation wraps r in a signed envelope.
func SignRevocation(ctx context.Context, r Revocation, key ed25519.PrivateKey) (envelope []byte, digest string, err error) {
	return signWord(ctx, RevocationType, r, r.Repository, nil, key)
}

// OpenRevocation verifies a revocation as OpenAttestation does an attestation.
func OpenRevocation(ctx context.Context, name string, envelope []byte, keys []Key) (Signed[Revocation], error) {
	s, err := openWord[Revocation](ctx, name, RevocationType, envelope, keys)
	if err != nil {
		return s, err
	}
	if !strings.HasPrefix(s.Word.Of, "sha256:") || strings.TrimSpace(s.Word.By) == "" {
		return s, refused(name, "revoke it again with `plimsoll attest --revoke`", "it does not say what it takes back, or who does")
	}
	return s, nil
}
