package secretscan

import (
	"bytes"
	"io"

	"github.com/plimsoll-dev/plimsoll/knowledge"
)

// Recover reads a file again for the secrets behind fingerprints, by
// fingerprint. Nothing that is kept holds a secret, so whoever has leave to use
// one has to look at its place.
func Recover(r io.Reader, size int64, wanted func(fingerprint string) bool) (map[string][]byte, error) {
	s, err := newScanner(knowledge.Secrets())
	if err != nil {
		return nil, err
	}
	found := map[string][]byte{}
	s.capture = func(fingerprint string, secret []byte) {
		if wanted(fingerprint) && found[fingerprint] == nil {
			found[fingerprint] = bytes.Clone(secret)
		}
	}
	_, err = s.read(r, size)
	return found, err
}
