package keyring

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"

	"filippo.io/age"
	"filippo.io/age/armor"
	"filippo.io/mldsa"
	"filippo.io/mldsa/x509" // that of the standard library, and ML-DSA (RFC 9881)

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// What a key's file may hold, in PEM: the key itself (PKCS #8), or the same
// encrypted by age with a passphrase.
const (
	plainBlock = "PRIVATE KEY"
	maxFile    = 64 << 10
	workFactor = 17 // of scrypt: about half a second
)

// Create makes a key and writes it to path, readable by its owner alone, and
// encrypted where there is a passphrase. A file that exists is never replaced.
func Create(path string, algorithm verify.Algorithm, passphrase string) (verify.Key, error) {
	private, err := generate(algorithm)
	if err != nil {
		return verify.Key{}, err
	}
	s, err := newSigner(private)
	if err != nil {
		return verify.Key{}, err
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return verify.Key{}, fmt.Errorf("encoding a key: %w", err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: plainBlock, Bytes: der})
	if passphrase != "" {
		if text, err = encrypt(text, passphrase, workFactor); err != nil {
			return verify.Key{}, err
		}
	}
	return s.Key(), writeOnce(path, text)
}

// writeOnce writes a file that does not exist yet, to the disk.
func writeOnce(path string, text []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Usage, "choose another name, or move the old key away first", "%s exists: a key is never replaced", path)
	}
	if err != nil {
		return fault.Wrap(fault.Usage, err, "choose a folder that you may write to", "writing the key %s", path)
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(path) // half a key is none
		return fault.Wrap(fault.Usage, err, "make room on the disk", "writing the key %s", path)
	}
	return nil
}

func generate(algorithm verify.Algorithm) (crypto.Signer, error) {
	switch algorithm {
	case verify.Ed25519:
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return private, err
	case verify.ECDSAP256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case verify.MLDSA65:
		return mldsa.GenerateKey(mldsa.MLDSA65())
	}
	return nil, fault.New(fault.NotThere, "use ed25519, ecdsa-p256 or ml-dsa-65", "keys of %q in files are not supported", string(algorithm))
}

func encrypt(text []byte, passphrase string, factor int) ([]byte, error) {
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, fmt.Errorf("encrypting a key: %w", err)
	}
	recipient.SetWorkFactor(factor)
	var out bytes.Buffer
	armored := armor.NewWriter(&out)
	w, err := age.Encrypt(armored, recipient)
	if err != nil {
		return nil, fmt.Errorf("encrypting a key: %w", err)
	}
	if _, err := w.Write(text); err != nil {
		return nil, fmt.Errorf("encrypting a key: %w", err)
	}
	if err := errors.Join(w.Close(), armored.Close()); err != nil {
		return nil, fmt.Errorf("encrypting a key: %w", err)
	}
	return out.Bytes(), nil
}

// openFile opens a key in a file. One that others may read is refused: it may
// have been taken already.
func openFile(_ context.Context, path string, ask Passphrase) (Signer, error) {
	text, err := readKey(path)
	if err != nil {
		return nil, err
	}
	if bytes.HasPrefix(text, []byte(armor.Header)) {
		if text, err = decrypt(path, text, ask); err != nil {
			return nil, err
		}
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != plainBlock {
		return nil, fault.New(fault.Config, "make one with `plimsoll key new`", "%s holds no key: expected PKCS #8 in PEM, or the same encrypted by age", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fault.Wrap(fault.Config, err, "make one with `plimsoll key new`", "reading the key %s", path)
	}
	private, ok := parsed.(crypto.Signer)
	if !ok {
		return nil, fault.New(fault.NotThere, "use an Ed25519, a P-256 or an ML-DSA-65 key", "the key in %s is a %T, which is not supported", path, parsed)
	}
	return newSigner(private)
}

func readKey(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "give the file of a key", "opening the key %s", path)
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fault.Wrap(fault.NotFound, err, "give the file of a key", "opening the key %s", path)
	case !info.Mode().IsRegular():
		return nil, fault.New(fault.Usage, "give the file of a key", "%s is no regular file", path)
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return nil, fault.New(fault.Untrusted, fmt.Sprintf("if nobody else has read it: chmod 600 %s; else treat it as leaked", path), "others may read the key %s (mode %o)", path, info.Mode().Perm())
	}
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil || len(text) > maxFile {
		return nil, fault.New(fault.Usage, "give the file of a key", "%s is no key: it cannot be read, or is too large", path)
	}
	return text, nil
}

func decrypt(path string, text []byte, ask Passphrase) ([]byte, error) {
	if ask == nil {
		return nil, fault.New(fault.Usage, "set PLIMSOLL_PASSPHRASE_FILE, or run it at a terminal", "the key %s is encrypted, and there is nobody to ask for its passphrase", path)
	}
	passphrase, err := ask("the key " + path)
	if err != nil {
		return nil, err
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fault.Wrap(fault.Untrusted, err, "try again", "decrypting the key %s", path)
	}
	identity.SetMaxWorkFactor(22)
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(text)), identity)
	if err != nil {
		return nil, fault.New(fault.Untrusted, "try again", "decrypting the key %s: the passphrase does not fit, or the file was changed", path)
	}
	plain, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return nil, fault.Wrap(fault.Untrusted, err, "take the copy from the safe", "decrypting the key %s", path)
	}
	return plain, nil
}

// signer signs with a key in memory.
type signer struct {
	public  verify.Key
	private crypto.Signer
}

// FromEd25519 signs with a key that is at hand.
func FromEd25519(private ed25519.PrivateKey) (Signer, error) { return newSigner(private) }

func newSigner(private crypto.Signer) (Signer, error) {
	var raw []byte
	var err error
	var algorithm verify.Algorithm
	switch k := private.(type) {
	case ed25519.PrivateKey:
		algorithm, raw = verify.Ed25519, k.Public().(ed25519.PublicKey)
	case *ecdsa.PrivateKey:
		if k.Curve != elliptic.P256() {
			return nil, fault.New(fault.NotThere, "use P-256 or Ed25519", "keys on the curve %s are not supported", k.Curve.Params().Name)
		}
		algorithm = verify.ECDSAP256
		if raw, err = k.PublicKey.Bytes(); err != nil {
			return nil, fmt.Errorf("reading a key: %w", err)
		}
	case *mldsa.PrivateKey:
		if k.PublicKey().Parameters() != mldsa.MLDSA65() {
			return nil, fault.New(fault.NotThere, "use ML-DSA-65", "keys of %s are not supported", k.PublicKey().Parameters())
		}
		algorithm, raw = verify.MLDSA65, k.PublicKey().Bytes()
	default:
		return nil, fault.New(fault.NotThere, "use an Ed25519, a P-256 or an ML-DSA-65 key", "keys of the type %T are not supported", private)
	}
	public, err := verify.NewKey(algorithm, raw)
	return &signer{public, private}, err
}

func (s *signer) Key() verify.Key { return s.public }
func (s *signer) Close() error    { return nil }
func (s *signer) Sign(_ context.Context, message []byte) ([]byte, error) {
	if s.public.Algorithm == verify.ECDSAP256 {
		sum := sha256.Sum256(message)
		return s.private.Sign(rand.Reader, sum[:], crypto.SHA256)
	}
	return s.private.Sign(rand.Reader, message, crypto.Hash(0))
}
