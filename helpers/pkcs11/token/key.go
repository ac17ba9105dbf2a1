package token

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"

	"github.com/miekg/pkcs11"

	"github.com/plimsoll-dev/plimsoll/internal/release/keyring/keeper"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// What version 3.0 of the standard adds.
const (
	keyEdwards    = 0x40
	signEdwards   = 0x1057
	maxObjects    = 16
	edwardsSize   = 32
	signatureSize = 64
)

// key is a private key in a token.
type key struct {
	*session
	private pkcs11.ObjectHandle
	public  verify.Key
	again   bool // it wants the PIN at every signature
}

// findKey finds the only private key that fits, and its public half.
func (s *session) findKey(uri URI) (*key, error) {
	found, err := s.find(uri.template(pkcs11.CKO_PRIVATE_KEY))
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return nil, keeper.Hint("name one by object=LABEL and id=; pkcs11-tool --list-objects --login shows them", "the token has %d private keys %s", len(found), uri.what())
	}
	k := &key{session: s, private: found[0]}
	if k.public, err = k.findPublic(); err != nil {
		return nil, err
	}
	again, err := s.attribute(k.private, pkcs11.CKA_ALWAYS_AUTHENTICATE)
	k.again = err == nil && len(again) == 1 && again[0] != 0
	return k, nil
}

func (u URI) template(class uint) []*pkcs11.Attribute {
	t := []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, class)}
	if u.Object != "" {
		t = append(t, pkcs11.NewAttribute(pkcs11.CKA_LABEL, u.Object))
	}
	if len(u.ID) > 0 {
		t = append(t, pkcs11.NewAttribute(pkcs11.CKA_ID, u.ID))
	}
	return t
}

func (s *session) find(template []*pkcs11.Attribute) ([]pkcs11.ObjectHandle, error) {
	if err := s.module.FindObjectsInit(s.handle, template); err != nil {
		return nil, fmt.Errorf("looking for the key: %w", err)
	}
	found, _, err := s.module.FindObjects(s.handle, maxObjects)
	if err = errors.Join(err, s.module.FindObjectsFinal(s.handle)); err != nil {
		return nil, fmt.Errorf("looking for the key: %w", err)
	}
	return found, nil
}

func (s *session) attribute(object pkcs11.ObjectHandle, kind uint) ([]byte, error) {
	got, err := s.module.GetAttributeValue(s.handle, object, []*pkcs11.Attribute{pkcs11.NewAttribute(kind, nil)})
	if err != nil {
		return nil, err
	}
	return got[0].Value, nil
}

// findPublic reads the public half: from the private key where the module tells
// it there, from the public key of the same id, or from a certificate of it, as
// smart cards have them. That it is the right one shows at the first signature,
// which plimsoll verifies.
func (k *key) findPublic() (verify.Key, error) {
	algorithm, err := k.algorithm()
	if err != nil {
		return verify.Key{}, err
	}
	if point, err := k.attribute(k.private, pkcs11.CKA_EC_POINT); err == nil && len(point) > 0 {
		return publicKey(algorithm, point)
	}
	id, err := k.attribute(k.private, pkcs11.CKA_ID)
	if err != nil || len(id) == 0 {
		return verify.Key{}, keeper.Hint("give the key an id (CKA_ID), and its public half the same", "the key has no id by which its public half could be found")
	}
	for _, from := range []struct {
		class uint
		read  func(verify.Algorithm, pkcs11.ObjectHandle) (verify.Key, error)
	}{{pkcs11.CKO_PUBLIC_KEY, k.fromPublic}, {pkcs11.CKO_CERTIFICATE, k.fromCertificate}} {
		found, err := k.find(URI{ID: id}.template(from.class))
		if err != nil {
			return verify.Key{}, err
		}
		if len(found) > 0 {
			return from.read(algorithm, found[0])
		}
	}
	return verify.Key{}, keeper.Hint("import the public key or a certificate under the id of the key", "the token has neither the public half of the key nor a certificate of it")
}

// algorithm is what the key signs with.
func (k *key) algorithm() (verify.Algorithm, error) {
	kind, err := k.attribute(k.private, pkcs11.CKA_KEY_TYPE)
	if err != nil {
		return "", fmt.Errorf("asking for the kind of the key: %w", err)
	}
	switch {
	case bytes.Equal(kind, pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, uint(pkcs11.CKK_EC)).Value):
		return verify.ECDSAP256, nil
	case bytes.Equal(kind, pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, uint(keyEdwards)).Value):
		return verify.Ed25519, nil
	}
	return "", keeper.Hint("use a P-256 or an Ed25519 key", "a key of the kind %x (CKA_KEY_TYPE) cannot sign for an organisation", kind)
}

func (k *key) fromPublic(algorithm verify.Algorithm, object pkcs11.ObjectHandle) (verify.Key, error) {
	point, err := k.attribute(object, pkcs11.CKA_EC_POINT)
	if err != nil {
		return verify.Key{}, fmt.Errorf("reading the public half of the key: %w", err)
	}
	return publicKey(algorithm, point)
}

func (k *key) fromCertificate(algorithm verify.Algorithm, object pkcs11.ObjectHandle) (verify.Key, error) {
	der, err := k.attribute(object, pkcs11.CKA_VALUE)
	if err != nil {
		return verify.Key{}, fmt.Errorf("reading the certificate of the key: %w", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return verify.Key{}, fmt.Errorf("reading the certificate of the key: %w", err)
	}
	var info struct { // RFC 5280, 4.1.2.7
		Algorithm asn1.RawValue
		Key       asn1.BitString
	}
	if _, err := asn1.Unmarshal(certificate.RawSubjectPublicKeyInfo, &info); err != nil {
		return verify.Key{}, fmt.Errorf("reading the certificate of the key: %w", err)
	}
	return publicKey(algorithm, info.Key.Bytes)
}

// publicKey takes a point as modules give it: raw, or in an OCTET STRING, as
// the standard wants it for P-256 and some do for Ed25519. Its length tells which,
// and with it that the curve is ours.
func publicKey(algorithm verify.Algorithm, point []byte) (verify.Key, error) {
	size := 65
	if algorithm == verify.Ed25519 {
		size = edwardsSize
	}
	if len(point) != size {
		var inner []byte
		if rest, err := asn1.Unmarshal(point, &inner); err == nil && len(rest) == 0 {
			point = inner
		}
	}
	public, err := verify.NewKey(algorithm, point)
	if err != nil {
		return verify.Key{}, &keeper.Hinted{Err: err, Hint: "use a P-256 or an Ed25519 key"}
	}
	return public, nil
}

func (k *key) Public() verify.Key { return k.public }
func (k *key) Close() error       { return k.close() }

// Sign signs: P-256 the digest, Ed25519 the message itself.
func (k *key) Sign(_ context.Context, message []byte) ([]byte, error) {
	mechanism := uint(signEdwards)
	if k.public.Algorithm == verify.ECDSAP256 {
		sum := sha256.Sum256(message)
		message, mechanism = sum[:], pkcs11.CKM_ECDSA
	}
	if err := k.module.SignInit(k.handle, []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanism, nil)}, k.private); err != nil {
		return nil, fmt.Errorf("signing with the token: %w", err)
	}
	if k.again {
		if err := k.module.Login(k.handle, pkcs11.CKU_CONTEXT_SPECIFIC, k.pin); err != nil {
			return nil, fmt.Errorf("logging in to the token for a signature: %w", err)
		}
	}
	signature, err := k.module.Sign(k.handle, message)
	if errors.Is(err, pkcs11.Error(pkcs11.CKR_DATA_LEN_RANGE)) {
		return nil, keeper.Hint("use a P-256 key: it signs a digest", "what is to be signed has %d bytes, more than the token takes", len(message))
	}
	if err != nil {
		return nil, fmt.Errorf("signing with the token: %w", err)
	}
	if len(signature) != signatureSize {
		return nil, fmt.Errorf("signing with the token: the signature has %d bytes, expected %d", len(signature), signatureSize)
	}
	if k.public.Algorithm == verify.Ed25519 {
		return signature, nil
	}
	return toDER(signature)
}

// toDER makes of r and s, one after the other, what the rest of the world reads
// (RFC 3279, 2.2.3).
func toDER(raw []byte) ([]byte, error) {
	half := len(raw) / 2
	return asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])})
}
