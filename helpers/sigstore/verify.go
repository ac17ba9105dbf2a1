package main

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/sigstore/sigstore-go/pkg/bundle"
	"github.com/sigstore/sigstore-go/pkg/root"
	"github.com/sigstore/sigstore-go/pkg/verify"
	"github.com/sigstore/sigstore/pkg/signature"
)

// Question is what is asked: is this bundle, of this artifact, by this identity
// or key?
type Question struct {
	Bundle, Artifact string
	TrustedRoot      string
	Identity, Issuer string
	Key              string
	Log              int // -1: as it is usual for a key or an identity
}

// maxFile bounds bundles, roots and keys.
const maxFile = 32 << 20

// Verify answers it.
func Verify(q Question) (*verify.VerificationResult, error) {
	data, err := read(q.Bundle)
	if err != nil {
		return nil, err
	}
	var b bundle.Bundle
	if err := b.UnmarshalJSON(data); err != nil {
		return nil, fmt.Errorf("reading the bundle: %w", err)
	}
	material, options, who, err := q.trust()
	if err != nil {
		return nil, err
	}
	verifier, err := verify.NewVerifier(material, options...)
	if err != nil {
		return nil, err
	}
	artifact, err := os.Open(q.Artifact)
	if err != nil {
		return nil, err
	}
	defer artifact.Close()
	return verifier.Verify(&b, verify.NewPolicy(verify.WithArtifact(artifact), who))
}

// trust is who may have signed, and what else must be there.
func (q Question) trust() (root.TrustedMaterial, []verify.VerifierOption, verify.PolicyOption, error) {
	var material root.TrustedMaterialCollection
	if q.TrustedRoot != "" {
		data, err := read(q.TrustedRoot)
		if err != nil {
			return nil, nil, nil, err
		}
		trusted, err := root.NewTrustedRootFromJSON(data)
		if err != nil {
			return nil, nil, nil, fmt.Errorf("reading the trusted root: %w", err)
		}
		material = append(material, trusted)
	}
	if q.Key == "" {
		identity, err := verify.NewShortCertificateIdentity(q.Issuer, "", q.Identity, "")
		options := []verify.VerifierOption{verify.WithSignedCertificateTimestamps(1), verify.WithObserverTimestamps(1)}
		return material, append(options, logs(q.Log, 1)...), verify.WithCertificateIdentity(identity), err
	}
	key, err := keyMaterial(q.Key)
	if err != nil {
		return nil, nil, nil, err
	}
	// A key of one's own says by itself until when it stands; no clock of another's is asked.
	options := []verify.VerifierOption{verify.WithNoObserverTimestamps()}
	return append(material, key), append(options, logs(q.Log, 0)...), verify.WithKey(), nil
}

func logs(asked, usual int) []verify.VerifierOption {
	if asked < 0 {
		asked = usual
	}
	if asked == 0 {
		return nil
	}
	return []verify.VerifierOption{verify.WithTransparencyLog(asked)}
}

func keyMaterial(path string) (root.TrustedMaterial, error) {
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	block, rest := pem.Decode(data)
	if block == nil || block.Type != "PUBLIC KEY" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, errors.New("reading the key: it is no single public key in PEM")
	}
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	verifier, err := signature.LoadVerifier(public, crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("reading the key: %w", err)
	}
	key := root.NewExpiringKey(verifier, time.Time{}, time.Time{})
	return root.NewTrustedPublicKeyMaterial(func(string) (root.TimeConstrainedVerifier, error) { return key, nil }), nil
}

func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s is no file of at most %d bytes", path, maxFile)
	}
	return os.ReadFile(path)
}
