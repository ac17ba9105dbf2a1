//go:build !plimsoll_small

package verify

import (
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// What secrets are sealed with: HPKE (RFC 9180) with X-Wing, which holds as long
// as one of X25519 and ML-KEM-768 does, so that what is sealed today stays shut
// to who keeps it for a later machine.
func sealKEM() hpke.KEM   { return hpke.MLKEM768X25519() }
func sealKDF() hpke.KDF   { return hpke.HKDFSHA256() }
func sealAEAD() hpke.AEAD { return hpke.ChaCha20Poly1305() }

const (
	sealPublicPrefix  = "plimsoll-seal-public-1:"
	sealPrivatePrefix = "plimsoll-seal-private-1:"
)

// SealKey is the private key of one place where secrets are unsealed: a machine,
// a service. It prints as its public half.
type SealKey struct{ private hpke.PrivateKey }

// SealPublic is its public half, for which secrets are sealed.
type SealPublic struct{ public hpke.PublicKey }

// GenerateSealKey makes a new key.
func GenerateSealKey() (*SealKey, error) {
	private, err := sealKEM().GenerateKey()
	if err != nil {
		return nil, &Refusal{Reason: Unreadable, Message: "making a key to unseal with: " + err.Error(), Err: err}
	}
	return &SealKey{private}, nil
}

// ParseSealKey reads what Marshal writes.
func ParseSealKey(text []byte) (*SealKey, error) {
	raw, err := keyLine("the key to unseal with", text, sealPrivatePrefix)
	if err != nil {
		return nil, err
	}
	private, err := sealKEM().NewPrivateKey(raw)
	if err != nil {
		return nil, refuse(Malformed, "reading the key to unseal with: it has another form than its kind has")
	}
	return &SealKey{private}, nil
}

// ParseSealPublic reads what SealPublic.String writes.
func ParseSealPublic(text []byte) (*SealPublic, error) {
	raw, err := keyLine("the key to seal for", text, sealPublicPrefix)
	if err != nil {
		return nil, err
	}
	public, err := sealKEM().NewPublicKey(raw)
	if err != nil {
		return nil, refuse(Malformed, "reading the key to seal for: it has another form than its kind has")
	}
	return &SealPublic{public}, nil
}

// maxKeyLine is far above the 1,216 bytes of a public key in base64.
const maxKeyLine = 4096

func keyLine(what string, text []byte, prefix string) ([]byte, error) {
	if len(text) > maxKeyLine {
		return nil, refuse(TooLarge, "reading %s: it has %d bytes, more than %d", what, len(text), maxKeyLine)
	}
	digits, ok := strings.CutPrefix(strings.TrimSpace(string(text)), prefix)
	raw, err := base64.StdEncoding.Strict().DecodeString(digits)
	if !ok || err != nil {
		return nil, refuse(Malformed, "reading %s: expected one line that begins with %q", what, prefix)
	}
	return raw, nil
}

// Marshal is the private key on a line. Whoever has it can unseal, whatever
// program they run, so it belongs in a file that only the guard can read.
func (k *SealKey) Marshal() ([]byte, error) {
	raw, err := k.private.Bytes()
	if err != nil {
		return nil, &Refusal{Reason: Unsupported, Message: "writing the key to unseal with: " + err.Error(), Err: err}
	}
	return []byte(sealPrivatePrefix + base64.StdEncoding.EncodeToString(raw) + "\n"), nil
}

// Public is the half to seal for.
func (k *SealKey) Public() *SealPublic { return &SealPublic{k.private.PublicKey()} }

// String is the public half: a private key that is printed by mistake tells
// nothing.
func (k *SealKey) String() string { return k.Public().String() }

// GoString is String, for %#v.
func (k *SealKey) GoString() string { return k.String() }

// String is the key on a line, as ParseSealPublic reads it.
func (p *SealPublic) String() string {
	return sealPublicPrefix + base64.StdEncoding.EncodeToString(p.public.Bytes())
}

// ID names the key: the first 16 bytes of its SHA-256 in hex.
func (p *SealPublic) ID() string {
	sum := sha256.Sum256(p.public.Bytes())
	return hex.EncodeToString(sum[:16])
}
