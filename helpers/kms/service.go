// Package kms signs with keys in key services, by Sigstore's libraries for them.
// Each service has a program of its own, so that nobody installs the library of a
// cloud that they do not use.
package kms

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/sigstore/sigstore/pkg/signature/kms"
	"github.com/sigstore/sigstore/pkg/signature/options"

	"github.com/plimsoll-dev/plimsoll/internal/release/keyring/keeper"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Run serves Plimsoll with keys of one scheme, which the caller has imported the
// provider of, and returns the exit status.
func Run(scheme string, args []string, in io.Reader, out, said io.Writer) int {
	name := "plimsoll-key-" + scheme
	if len(args) > 0 {
		fmt.Fprintf(said, "%s takes no arguments: plimsoll starts it for --key %s://…\n", name, scheme)
		return 2
	}
	if err := keeper.Serve(context.Background(), in, out, Opener(scheme)); err != nil {
		fmt.Fprintf(said, "%s: %v\n", name, err)
		return 1
	}
	return 0
}

// Main is Run for a program. The libraries know variables that let anybody speak
// for the service; here they count for nothing.
func Main(scheme string) {
	for _, name := range []string{"AWS_TLS_INSECURE_SKIP_VERIFY", "VAULT_SKIP_VERIFY", "BAO_SKIP_VERIFY"} {
		os.Unsetenv(name)
	}
	os.Exit(Run(scheme, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// Opener opens keys of one scheme. Who may use the service is for the
// environment and its files to say, as with the service's own tools; nobody is
// asked.
func Opener(scheme string) keeper.Opener {
	return func(ctx context.Context, uri string, _ func(string) (string, error)) (keeper.Key, error) {
		if !strings.HasPrefix(uri, scheme+"://") {
			return nil, keeper.Hint("see `plimsoll docs keys`", "%q: expected %s://…", uri, scheme)
		}
		service, err := kms.Get(ctx, uri, crypto.SHA256)
		if err != nil {
			return nil, fmt.Errorf("reaching the key service: %w", err)
		}
		public, err := service.PublicKey(options.WithContext(ctx))
		if err != nil {
			return nil, fmt.Errorf("asking the key service for the public key: %w", err)
		}
		key, err := publicKey(public)
		if err != nil {
			return nil, err
		}
		return &serviceKey{service, key}, nil
	}
}

// publicKey takes P-256 alone: of an Ed25519 key, Sigstore's library has the digest
// signed, which is another signature than RFC 8032's over the message.
func publicKey(public crypto.PublicKey) (verify.Key, error) {
	k, ok := public.(*ecdsa.PublicKey)
	if !ok || k.Curve != elliptic.P256() {
		return verify.Key{}, keeper.Hint("make a P-256 key for signing (ECC_NIST_P256, ecdsa-p256)", "a key of the type %T, or on its curve, is not supported in a key service", public)
	}
	point, err := k.Bytes()
	if err != nil {
		return verify.Key{}, fmt.Errorf("reading the public key: %w", err)
	}
	return verify.NewKey(verify.ECDSAP256, point)
}

// serviceKey is a key in a service.
type serviceKey struct {
	service kms.SignerVerifier
	public  verify.Key
}

func (k *serviceKey) Public() verify.Key { return k.public }
func (k *serviceKey) Close() error       { return nil }

// Sign lets the service sign: of a P-256 key it is sent the digest alone.
func (k *serviceKey) Sign(ctx context.Context, message []byte) ([]byte, error) {
	signature, err := k.service.SignMessage(bytes.NewReader(message), options.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("signing with the key service: %w", err)
	}
	return signature, nil
}
