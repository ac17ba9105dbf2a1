package cli

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// keySigner is a key of the organisation that can sign.
type keySigner = envelope.Signer

// openKey opens a key: file:PATH or a path, an Ed25519 key as PKCS #8 in PEM.
func (app *App) openKey(_ context.Context, uri string) (keySigner, error) {
	path := strings.TrimPrefix(uri, "file:")
	data, err := readSmall(path)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "give the file of a key", "opening the key %s", uri)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, fault.New(fault.Config, "give a key in PEM", "%s holds no key", path)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := key.(ed25519.PrivateKey)
	if err != nil || !ok {
		return nil, fault.New(fault.NotThere, "give an Ed25519 key as PKCS #8", "the key in %s is of a form that is not supported", path)
	}
	public, err := verify.NewKey(verify.Ed25519, private.Public().(ed25519.PublicKey))
	return fileSigner{public, private}, err
}

type fileSigner struct {
	public  verify.Key
	private ed25519.PrivateKey
}

func (s fileSigner) Key() verify.Key { return s.public }
func (s fileSigner) Sign(_ context.Context, message []byte) ([]byte, error) {
	return ed25519.Sign(s.private, message), nil
}
func (s fileSigner) Close() error { return nil }

// trustIn is where the trust file of a repository is.
func trustIn(dir string) string { return filepath.Join(dir, filepath.FromSlash(record.TrustFile)) }

// repositoryTrust reads the trust file that is named, or that of the environment,
// or the repository's own, or the user's.
func (app *App) repositoryTrust(named, dir string) (*verify.Trust, error) {
	if named == "" && app.Getenv(trustVariable) == "" {
		if _, err := os.Stat(trustIn(dir)); err == nil {
			named = trustIn(dir)
		}
	}
	return app.trust(named)
}
