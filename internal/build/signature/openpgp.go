package signature

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

var errPGP = errors.New("it is no OpenPGP signature")

// unsupportedError says that a signature is sound as far as anybody here can tell.
type unsupportedError string

func (e unsupportedError) Error() string { return string(e) }

// dearmor is the packets inside an armored signature.
func dearmor(armored []byte) ([]byte, error) {
	block, err := armor.Decode(bytes.NewReader(armored))
	if err != nil {
		return nil, errPGP
	}
	packets, err := io.ReadAll(io.LimitReader(block.Body, MaxSignature))
	if err != nil {
		return nil, errPGP
	}
	return packets, nil
}

// pgpIssuer is the fingerprint of the key that the first signature packet
// names, or its key id where it names no fingerprint.
func pgpIssuer(armored []byte) (string, error) {
	packets, err := dearmor(armored)
	if err != nil {
		return "", err
	}
	p, err := packet.Read(bytes.NewReader(packets))
	if old, ok := errors.AsType[pgperrors.UnsupportedError](err); ok {
		return "", unsupportedError("its OpenPGP signature is of a kind that is no longer used (" + string(old) + ")")
	}
	if err != nil {
		return "", errPGP
	}
	sig, ok := p.(*packet.Signature)
	switch {
	case !ok:
		return "", errPGP
	case len(sig.IssuerFingerprint) > 0:
		return fmt.Sprintf("%X", sig.IssuerFingerprint), nil
	case sig.IssuerKeyId != nil:
		return fmt.Sprintf("%016X", *sig.IssuerKeyId), nil
	}
	return "", errors.New("its OpenPGP signature names no key")
}

// pgpKey is an OpenPGP certificate with its subkeys.
type pgpKey struct{ entity *openpgp.Entity }

func (k pgpKey) kind() Kind { return OpenPGP }
func (k pgpKey) id() string { return fmt.Sprintf("%X", k.entity.PrimaryKey.Fingerprint) }

func (k pgpKey) ids() []string {
	ids := []string{fmt.Sprintf("%016X", k.entity.PrimaryKey.KeyId)}
	for _, sub := range k.entity.Subkeys {
		ids = append(ids, fmt.Sprintf("%016X", sub.PublicKey.KeyId))
	}
	return ids
}

// verify checks the signature as of the moment it claims: a key that has run
// out since was good then. A key that was revoked as compromised never was.
func (k pgpKey) verify(armored, payload []byte, at time.Time) error {
	packets, err := dearmor(armored)
	if err != nil {
		return err
	}
	config := &packet.Config{Time: func() time.Time { return at }}
	_, _, err = openpgp.VerifyDetachedSignature(openpgp.EntityList{k.entity}, bytes.NewReader(payload), bytes.NewReader(packets), config)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgperrors.ErrKeyExpired):
		return fmt.Errorf("dated %s, when its key had expired", day(at))
	case errors.Is(err, pgperrors.ErrSignatureExpired):
		return errors.New("it has an end date of its own, which has passed")
	case errors.Is(err, pgperrors.ErrKeyRevoked):
		return errors.New("its key was revoked")
	case errors.Is(err, pgperrors.ErrUnknownIssuer):
		return errors.New("its key may not sign")
	}
	return fmt.Errorf("it does not fit the content (%s)", strings.TrimPrefix(err.Error(), "openpgp: "))
}
