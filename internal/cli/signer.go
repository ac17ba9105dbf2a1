package cli

import (
	"os"
	"path/filepath"

	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
	"github.com/plimsoll-dev/plimsoll/internal/release/record"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// keySigner is a key of the organisation that can sign.
type keySigner = envelope.Signer

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
