package translog

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// algCosignature is the number of cosignature/v1 with Ed25519 in keys of notes
// (C2SP signed-note and tlog-cosignature).
const algCosignature = 4

// CosignatureKey is the key of a witness on one line.
func CosignatureKey(name string, key verify.Key) (string, error) {
	if key.Algorithm != verify.Ed25519 {
		return "", untrusted("a witness signs with Ed25519; %s is not supported", key.Algorithm)
	}
	if !isName(name) {
		return "", fmt.Errorf("%q is no name of a witness: it may hold neither spaces nor +", name)
	}
	public := append([]byte{algCosignature}, key.Public...)
	return fmt.Sprintf("%s+%08x+%s", name, keyHash(name, public), base64.StdEncoding.EncodeToString(public)), nil
}

func isName(name string) bool { return name != "" && !strings.ContainsAny(name, "+ \t\n\r") }

func keyHash(name string, public []byte) uint32 {
	h := sha256.New()
	h.Write([]byte(name + "\n"))
	h.Write(public)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// cosigned is what a witness signs: the time and the checkpoint's text.
func cosigned(at int64, text []byte) []byte {
	return append([]byte("cosignature/v1\ntime "+strconv.FormatInt(at, 10)+"\n"), text...)
}

// cosignatureVerifier verifies a witness's signature: 8 bytes of time, 64 of
// Ed25519.
type cosignatureVerifier struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

func newCosignatureVerifier(line string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(line, "+")
	hash, text, _ := strings.Cut(rest, "+")
	public, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || !isName(name) || len(public) != 1+ed25519.PublicKeySize || public[0] != algCosignature {
		return nil, errors.New("it is no key of a witness")
	}
	if fmt.Sprintf("%08x", keyHash(name, public)) != hash {
		return nil, errors.New("its hash does not fit")
	}
	return &cosignatureVerifier{name, keyHash(name, public), public[1:]}, nil
}

func (v *cosignatureVerifier) Name() string    { return v.name }
func (v *cosignatureVerifier) KeyHash() uint32 { return v.hash }
func (v *cosignatureVerifier) Verify(text, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(sig)
	return at < 1<<62 && ed25519.Verify(v.public, cosigned(int64(at), text), sig[8:])
}

// Signers of notes, with whatever holds the key.
type noteSigner struct {
	name   string
	hash   uint32
	signer envelope.Signer
	at     func() time.Time // nil for a log's own signature
}

// NewSigner makes a log's signer of a key of the organisation.
func NewSigner(name string, signer envelope.Signer) (note.Signer, error) {
	line, err := VerifierKey(name, signer.Key())
	if err != nil {
		return nil, err
	}
	v, err := note.NewVerifier(line)
	if err != nil {
		return nil, err
	}
	return &noteSigner{name: name, hash: v.KeyHash(), signer: signer}, nil
}

func newCosigner(name string, signer envelope.Signer, at func() time.Time) (*noteSigner, error) {
	line, err := CosignatureKey(name, signer.Key())
	if err != nil {
		return nil, err
	}
	v, err := newCosignatureVerifier(line)
	if err != nil {
		return nil, err
	}
	return &noteSigner{name: name, hash: v.KeyHash(), signer: signer, at: at}, nil
}

func (s *noteSigner) Name() string    { return s.name }
func (s *noteSigner) KeyHash() uint32 { return s.hash }

// Sign has no context, as the interface of notes has none.
func (s *noteSigner) Sign(text []byte) ([]byte, error) {
	if s.at == nil {
		return s.signer.Sign(context.Background(), text)
	}
	at := s.at().Unix()
	sig, err := s.signer.Sign(context.Background(), cosigned(at, text))
	return append(binary.BigEndian.AppendUint64(nil, uint64(at)), sig...), err
}

// PublicLine is the verifier key of a private key in the form of notes.
func PublicLine(private string) (string, error) {
	fields := strings.SplitN(private, "+", 5) // base64 has + too
	if len(fields) != 5 {
		return "", errors.New("it has another form")
	}
	seed, err := base64.StdEncoding.DecodeString(fields[4])
	if err != nil || len(seed) != 1+ed25519.SeedSize || seed[0] != 1 {
		return "", errors.New("it is no Ed25519 key")
	}
	return note.NewEd25519VerifierKey(fields[2], ed25519.NewKeyFromSeed(seed[1:]).Public().(ed25519.PublicKey))
}
