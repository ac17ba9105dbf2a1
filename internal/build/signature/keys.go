package signature

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/ProtonMail/go-crypto/openpgp"
	"golang.org/x/crypto/ssh"
)

// dsaKey is the format of keys that nothing accepts any more. The name in
// package ssh is deprecated, like what it stands for.
const dsaKey = "ssh-dss"

// ErrPrivateKey says that somebody wrote a private key where a public one belongs.
var ErrPrivateKey = errors.New("this is a private key; keep it out of the repository, and renew it if it was pushed")

// ParseKeys reads the public keys in text: armored OpenPGP, or SSH public keys
// one a line as in authorized_keys or id_ed25519.pub, with blank lines and
// #-comments between them. The keys carry no signer and no dates.
func ParseKeys(text []byte) ([]Key, error) {
	switch {
	case bytes.Contains(text, []byte("PRIVATE KEY")):
		return nil, ErrPrivateKey
	case bytes.Contains(text, []byte("-----BEGIN PGP ")):
		return parsePGPKeys(text)
	}
	var keys []Key
	for n, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, _, _, _, err := ssh.ParseAuthorizedKey([]byte(line))
		if err != nil {
			return nil, fmt.Errorf("line %d is neither an SSH public key nor an armored OpenPGP one", n+1)
		}
		if key.Type() == dsaKey {
			return nil, fmt.Errorf("line %d is a DSA key, which nothing accepts any more", n+1)
		}
		keys = append(keys, Key{public: sshKey{bareKey(key)}})
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no public key in it")
	}
	return keys, nil
}

func parsePGPKeys(text []byte) ([]Key, error) {
	entities, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("the OpenPGP key cannot be read: %w", err)
	}
	var keys []Key
	for _, e := range entities {
		if e.PrivateKey != nil {
			return nil, ErrPrivateKey
		}
		keys = append(keys, Key{public: pgpKey{e}})
	}
	if len(keys) == 0 {
		return nil, errors.New("there is no public key in it")
	}
	return keys, nil
}
