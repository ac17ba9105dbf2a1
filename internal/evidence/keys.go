package evidence

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Keys is the folder that holds this machine's signing key and the public
// halves of those it had before:
//
//	local.pem            private key, PKCS #8
//	retired-<id>.pub     public keys, PKIX; <id> is the first 16 digits of the key id
//
// The private half of a retired key is gone, so nothing new can bear its name,
// while what it signed can still be verified.
type Keys struct{ dir string }

// OpenKeys uses the folder dir, which need not exist.
func OpenKeys(dir string) *Keys { return &Keys{dir: dir} }

// Dir is the folder.
func (k *Keys) Dir() string { return k.dir }

// KeyID is the hex SHA-256 of the public key in its PKIX form.
func KeyID(public ed25519.PublicKey) (string, error) {
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return "", fmt.Errorf("naming a key: %w", err)
	}
	sum := sha256.Sum256(der)
	return hex.EncodeToString(sum[:]), nil
}

func (k *Keys) privatePath() string { return filepath.Join(k.dir, "local.pem") }

// Private returns the signing key, made on first use.
func (k *Keys) Private() (ed25519.PrivateKey, error) {
	key, err := k.load()
	if errors.Is(err, fs.ErrNotExist) {
		return k.create()
	}
	return key, err
}

func (k *Keys) load() (ed25519.PrivateKey, error) {
	text, err := os.ReadFile(k.privatePath())
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, k.unreadable(errors.New("it is not PEM"))
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, k.unreadable(err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, k.unreadable(errors.New("it is no Ed25519 key"))
	}
	return key, nil
}

func (k *Keys) unreadable(err error) error {
	return fault.Wrap(fault.Untrusted, err, "move the file away; the next run makes a new key and old evidence is made anew", "reading the signing key %s", k.privatePath())
}

// create makes a key. Two processes may race: the link succeeds for one of them,
// and both use its key.
func (k *Keys) create() (ed25519.PrivateKey, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making a signing key: %w", err)
	}
	text, err := encodePrivate(key)
	if err != nil {
		return nil, err
	}
	fresh := filepath.Join(k.dir, "new-"+rand.Text()+".pem")
	if err := durable.WriteFile(fresh, text, 0o600); err != nil {
		return nil, fmt.Errorf("making a signing key: %w", err)
	}
	defer os.Remove(fresh)
	if err := os.Link(fresh, k.privatePath()); err != nil && !errors.Is(err, fs.ErrExist) {
		if err := os.Rename(fresh, k.privatePath()); err != nil { // no hard links here
			return nil, fmt.Errorf("making a signing key: %w", err)
		}
	}
	return k.load()
}

func encodePrivate(key ed25519.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encoding a signing key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// EncodePublic is the PKIX form of a public key in PEM.
func EncodePublic(key ed25519.PublicKey) ([]byte, error) {
	der, err := x509.MarshalPKIXPublicKey(key)
	if err != nil {
		return nil, fmt.Errorf("encoding a public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), nil
}

// ParsePublic reads a public key in PEM.
func ParsePublic(text []byte) (ed25519.PublicKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("reading a public key: it is not PEM")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading a public key: %w", err)
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, errors.New("reading a public key: it is no Ed25519 key")
	}
	return key, nil
}

// Key is a public key that this machine knows.
type Key struct {
	ID      string
	Public  ed25519.PublicKey
	Retired bool
	Since   time.Time // when its file was written
}

// All lists the public keys, the one in use first. It is empty before first use.
func (k *Keys) All() ([]Key, error) {
	var keys []Key
	current, err := k.load()
	if err == nil {
		key, err := k.describe(current.Public().(ed25519.PublicKey), k.privatePath(), false)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	retired, err := filepath.Glob(filepath.Join(k.dir, "retired-*.pub"))
	if err != nil {
		return nil, fmt.Errorf("listing keys: %w", err)
	}
	sort.Strings(retired)
	for _, path := range retired {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("listing keys: %w", err)
		}
		public, err := ParsePublic(text)
		if err != nil {
			continue // it can vouch for nothing
		}
		key, err := k.describe(public, path, true)
		if err != nil {
			return nil, err
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func (k *Keys) describe(public ed25519.PublicKey, path string, retired bool) (Key, error) {
	id, err := KeyID(public)
	if err != nil {
		return Key{}, err
	}
	key := Key{ID: id, Public: public, Retired: retired}
	if info, err := os.Stat(path); err == nil {
		key.Since = info.ModTime()
	}
	return key, nil
}

// Rotate retires the key in use and makes a new one. The public half of the old
// one is on disk before the private half goes.
func (k *Keys) Rotate() (old, fresh Key, err error) {
	private, err := k.Private()
	if err != nil {
		return old, fresh, err
	}
	public := private.Public().(ed25519.PublicKey)
	if old, err = k.describe(public, k.privatePath(), true); err != nil {
		return old, fresh, err
	}
	text, err := EncodePublic(public)
	if err != nil {
		return old, fresh, err
	}
	if err := durable.WriteFile(filepath.Join(k.dir, "retired-"+old.ID[:16]+".pub"), text, 0o644); err != nil {
		return old, fresh, err
	}
	_, next, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return old, fresh, fmt.Errorf("making a signing key: %w", err)
	}
	if text, err = encodePrivate(next); err != nil {
		return old, fresh, err
	}
	if err := durable.WriteFile(k.privatePath(), text, 0o600); err != nil {
		return old, fresh, err
	}
	fresh, err = k.describe(next.Public().(ed25519.PublicKey), k.privatePath(), false)
	return old, fresh, err
}

// DefaultKeysDir is PLIMSOLL_KEYS, else "plimsoll/keys" in the user's
// configuration folder, else in fallback where the user has no such folder.
func DefaultKeysDir(getenv func(string) string, fallback string) string {
	if dir := strings.TrimSpace(getenv("PLIMSOLL_KEYS")); dir != "" {
		return dir
	}
	if dir, err := os.UserConfigDir(); err == nil {
		return filepath.Join(dir, "plimsoll", "keys")
	}
	return filepath.Join(fallback, "keys")
}
