package kms_test

import (
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/sigstore/sigstore/pkg/signature/kms/azure"
	_ "github.com/sigstore/sigstore/pkg/signature/kms/gcp"

	"github.com/plimsoll-dev/plimsoll/helpers/kms"
)

// TestWithoutAService: neither service can be had on one machine, nor a stand-in.
// What can be held is that a key that is named in another form, or without the
// credentials that the environment names, is refused with the reason.
func TestWithoutAService(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{"HOME": t.TempDir(), "GOOGLE_APPLICATION_CREDENTIALS": none} {
		t.Setenv(name, value)
	}
	for uri, says := range map[string]string{
		"gcpkms://seal":     "cryptoKeyVersions",
		"azurekms://seal":   "azurekms://[VAULT_NAME]",
		"awskms:///alias/a": "expected gcpkms",
		"gcpkms://projects/p/locations/global/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1": "no such file",
	} {
		scheme, _, _ := strings.Cut(uri, ":")
		if scheme == "awskms" {
			scheme = "gcpkms"
		}
		if _, err := kms.Opener(scheme)(t.Context(), uri, nil); err == nil || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(says)) {
			t.Errorf("%s: %v, expected %q", uri, err, says)
		}
	}
}
