package signature

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"golang.org/x/crypto/ssh"
)

// sshNamespace is the one that git signs in. A signature made for another use
// of the same key (a file, an email) is none on a commit.
const sshNamespace = "git"

const sshMagic = "SSHSIG"

// sshBlob is the inside of an armored SSH signature (PROTOCOL.sshsig, "Blob
// format"), after the magic preamble.
type sshBlob struct {
	Version   uint32
	PublicKey []byte
	Namespace string
	Reserved  []byte
	Hash      string
	Signature []byte
}

// sshMessage is what is signed (PROTOCOL.sshsig, "Signed Data"), after the
// magic preamble.
type sshMessage struct {
	Namespace string
	Reserved  []byte
	Hash      string
	Digest    []byte
}

var errSSH = errors.New("it is no SSH signature")

// parseSSH takes an armored SSH signature apart.
func parseSSH(armored []byte) (blob sshBlob, key ssh.PublicKey, err error) {
	block, rest := pem.Decode(armored)
	if block == nil || block.Type != "SSH SIGNATURE" || len(block.Headers) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		return blob, nil, errSSH
	}
	inside, found := bytes.CutPrefix(block.Bytes, []byte(sshMagic))
	if !found {
		return blob, nil, errSSH
	}
	if err := ssh.Unmarshal(inside, &blob); err != nil {
		return blob, nil, errSSH
	}
	if blob.Version != 1 {
		return blob, nil, fmt.Errorf("its SSH signature has version %d, and only version 1 is known", blob.Version)
	}
	if key, err = ssh.ParsePublicKey(blob.PublicKey); err != nil {
		return blob, nil, fmt.Errorf("its SSH key cannot be read")
	}
	return blob, bareKey(key), nil
}

// bareKey is the key inside a certificate, and any other key itself. Who
// vouches for a key is the policy's business, not a certificate's.
func bareKey(key ssh.PublicKey) ssh.PublicKey {
	if cert, ok := key.(*ssh.Certificate); ok {
		return cert.Key
	}
	return key
}

func sshIssuer(armored []byte) (string, error) {
	_, key, err := parseSSH(armored)
	if err != nil {
		return "", err
	}
	return ssh.FingerprintSHA256(key), nil
}

// sshKey is a public key of any SSH kind: ed25519, ECDSA, RSA, and the two that
// live in a security key.
type sshKey struct{ key ssh.PublicKey }

func (k sshKey) kind() Kind    { return SSH }
func (k sshKey) id() string    { return ssh.FingerprintSHA256(k.key) }
func (k sshKey) ids() []string { return []string{k.id()} }

func (k sshKey) verify(armored, payload []byte, _ time.Time) error {
	blob, _, err := parseSSH(armored)
	if err != nil {
		return err
	}
	if blob.Namespace != sshNamespace {
		return fmt.Errorf("it was made for the namespace %q, not for git", blob.Namespace)
	}
	message, err := blob.message(payload)
	if err != nil {
		return err
	}
	var sig ssh.Signature
	if err := ssh.Unmarshal(blob.Signature, &sig); err != nil {
		return errSSH
	}
	if sig.Format == ssh.KeyAlgoRSA || sig.Format == dsaKey {
		return fmt.Errorf("it uses SHA-1 (%s), which PROTOCOL.sshsig forbids", sig.Format)
	}
	if err := k.key.Verify(message, &sig); err != nil {
		return errors.New("it does not fit the content")
	}
	return nil
}

// message rebuilds the bytes that were signed.
func (b sshBlob) message(payload []byte) ([]byte, error) {
	m := sshMessage{Namespace: b.Namespace, Reserved: b.Reserved, Hash: b.Hash}
	switch b.Hash {
	case "sha256":
		sum := sha256.Sum256(payload)
		m.Digest = sum[:]
	case "sha512":
		sum := sha512.Sum512(payload)
		m.Digest = sum[:]
	default:
		return nil, fmt.Errorf("it uses the hash %q; only sha256 and sha512 may be used", b.Hash)
	}
	return append([]byte(sshMagic), ssh.Marshal(m)...), nil
}
