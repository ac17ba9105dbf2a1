// Package sealing seals secrets for programs that were verified, and keeps the
// keys that open them again for package verify.
//
// It is a package of its own since a program that only verifies should not carry
// what encrypts: it is a tenth of the smallest one.
package sealing

import (
	"crypto/hpke"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// What secrets are sealed with: HPKE (RFC 9180) with X-Wing, which holds as long
// as one of X25519 and ML-KEM-768 does, so that what is sealed today stays shut
// to who keeps it for a later machine.
func kem() hpke.KEM   { return hpke.MLKEM768X25519() }
func kdf() hpke.KDF   { return hpke.HKDFSHA256() }
func aead() hpke.AEAD { return hpke.ChaCha20Poly1305() }

const (
	publicPrefix  = "plimsoll-seal-public-1:"
	privatePrefix = "plimsoll-seal-private-1:"
)

// Key is the private key of one place where secrets are unsealed: a machine,
// a service. It prints as its public half.
type Key struct{ private hpke.PrivateKey }

// Public is its public half, for which secrets are sealed.
type Public struct{ public hpke.PublicKey }

// Generate makes a new key.
func Generate() (*Key, error) {
	private, err := kem().GenerateKey()
	if err != nil {
		return nil, &verify.Refusal{Reason: verify.Unreadable, Message: "making a key to unseal with: " + err.Error(), Err: err}
	}
	return &Key{private}, nil
}

// ParseKey reads what Marshal writes.
func ParseKey(text []byte) (*Key, error) {
	raw, err := keyLine("the key to unseal with", text, privatePrefix)
	if err != nil {
		return nil, err
	}
	private, err := kem().NewPrivateKey(raw)
	if err != nil {
		return nil, refuse(verify.Malformed, "reading the key to unseal with: it has another form than its kind has")
	}
	return &Key{private}, nil
}

// ParsePublic reads what Public.String writes.
func ParsePublic(text []byte) (*Public, error) {
	raw, err := keyLine("the key to seal for", text, publicPrefix)
	if err != nil {
		return nil, err
	}
	public, err := kem().NewPublicKey(raw)
	if err != nil {
		return nil, refuse(verify.Malformed, "reading the key to seal for: it has another form than its kind has")
	}
	return &Public{public}, nil
}

// maxKeyLine is far above the 1,216 bytes of a public key in base64.
const maxKeyLine = 4096

func keyLine(what string, text []byte, prefix string) ([]byte, error) {
	if len(text) > maxKeyLine {
		return nil, refuse(verify.TooLarge, "reading %s: it has %d bytes, more than %d", what, len(text), maxKeyLine)
	}
	digits, ok := strings.CutPrefix(strings.TrimSpace(string(text)), prefix)
	raw, err := base64.StdEncoding.Strict().DecodeString(digits)
	if !ok || err != nil {
		return nil, refuse(verify.Malformed, "reading %s: expected one line that begins with %q", what, prefix)
	}
	return raw, nil
}

// Marshal is the private key on a line. Whoever has it can unseal, whatever
// program they run, so it belongs in a file that only the guard can read.
func (k *Key) Marshal() ([]byte, error) {
	raw, err := k.private.Bytes()
	if err != nil {
		return nil, &verify.Refusal{Reason: verify.Unsupported, Message: "writing the key to unseal with: " + err.Error(), Err: err}
	}
	return []byte(privatePrefix + base64.StdEncoding.EncodeToString(raw) + "\n"), nil
}

// Public is the half to seal for.
func (k *Key) Public() *Public { return &Public{k.private.PublicKey()} }

// String is the public half: a private key that is printed by mistake tells
// nothing.
func (k *Key) String() string { return k.Public().String() }

// GoString is String, for %#v.
func (k *Key) GoString() string { return k.String() }

// String is the key on a line, as ParsePublic reads it.
func (p *Public) String() string {
	return publicPrefix + base64.StdEncoding.EncodeToString(p.public.Bytes())
}

// ID names the key: the first 16 bytes of its SHA-256 in hex.
func (p *Public) ID() string {
	sum := sha256.Sum256(p.public.Bytes())
	return hex.EncodeToString(sum[:16])
}

// ID names the key as its public half does; "" for none.
func (k *Key) ID() string {
	if k == nil || k.private == nil {
		return ""
	}
	return k.Public().ID()
}

// Open decrypts what Seal has encrypted (HPKE, RFC 9180 6.1).
func (k *Key) Open(info, data []byte) ([]byte, error) {
	return hpke.Open(k.private, kdf(), aead(), info, data)
}

// Seal seals a secret. f says what for: Name, Organisation, Product and perhaps
// MinVersion; the rest of it is set here.
func Seal(f verify.Sealed, secret []byte, public *Public) ([]byte, error) {
	if len(secret) > verify.MaxSecret {
		return nil, refuse(verify.TooLarge, "sealing %.80q: it has %d bytes, more than %d", f.Name, len(secret), verify.MaxSecret)
	}
	f.MediaType, f.Key, f.Data = verify.SealedBox, public.ID(), nil
	info, err := f.Bound()
	if err != nil {
		return nil, err
	}
	if f.Data, err = hpke.Seal(public.public, kdf(), aead(), info, secret); err != nil {
		return nil, &verify.Refusal{Reason: verify.Unsupported, Message: "sealing " + f.Name + ": " + err.Error(), Err: err}
	}
	line, err := json.Marshal(f)
	if err != nil {
		return nil, refuse(verify.Malformed, "sealing %s: %v", f.Name, err)
	}
	return append(line, '\n'), nil
}

func refuse(reason verify.Reason, format string, args ...any) *verify.Refusal {
	return &verify.Refusal{Reason: reason, Message: fmt.Sprintf(format, args...)}
}
