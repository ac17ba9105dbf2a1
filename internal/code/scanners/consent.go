package scanners

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/product"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// ListDigest names a list of scanners in one repository: "sha256:<hex>" over the
// repository's first commits and over all that product.yaml says of them. A list
// that says anything else has to be allowed anew.
func ListDigest(roots []string, named []product.Scanner) (string, error) {
	data, err := json.Marshal(struct {
		Roots []string
		Named []product.Scanner
	}{roots, named})
	if err != nil {
		return "", fmt.Errorf("naming the scanners: %w", err)
	}
	return repo.DigestOf(data), nil
}

// Consent is where this machine's user has written down which lists of scanners
// may be run. It lies beside the user's keys and never in a repository, which
// could bring it along.
type Consent struct{ path string }

// OpenConsent uses the folder of the user's keys.
func OpenConsent(keysDir string) Consent {
	return Consent{filepath.Join(keysDir, "allowed-scanners")}
}

// Has says whether the list of that digest may be run.
func (c Consent) Has(digest string) bool {
	lines, err := c.read()
	return err == nil && slices.Contains(lines, digest)
}

func (c Consent) read() ([]string, error) {
	data, err := os.ReadFile(c.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return strings.Fields(string(data)), err
}

// Give allows the list of that digest, Withdraw takes it back.
func (c Consent) Give(digest string) error { return c.change(digest, true) }

// Withdraw forbids the list of that digest.
func (c Consent) Withdraw(digest string) error { return c.change(digest, false) }

func (c Consent) change(digest string, allow bool) error {
	lines, err := c.read()
	if err != nil {
		return fmt.Errorf("reading which scanners are allowed: %w", err)
	}
	lines = slices.DeleteFunc(lines, func(l string) bool { return l == digest })
	if allow {
		lines = append(lines, digest)
	}
	if err := os.MkdirAll(filepath.Dir(c.path), 0o700); err != nil {
		return fmt.Errorf("writing which scanners are allowed: %w", err)
	}
	text := strings.Join(lines, "\n")
	if text != "" {
		text += "\n"
	}
	return durable.WriteFile(c.path, []byte(text), 0o600)
}
