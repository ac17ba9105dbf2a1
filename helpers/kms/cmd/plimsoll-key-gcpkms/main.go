// Command plimsoll-key-gcpkms signs with keys in Google Cloud KMS. Plimsoll starts it for
// a key gcpkms://…; see package keeper for what they say to each other.
package main

import (
	_ "github.com/sigstore/sigstore/pkg/signature/kms/gcp" // the provider

	"github.com/plimsoll-dev/plimsoll/helpers/kms"
)

func main() { kms.Main("gcpkms") }
