// Command plimsoll-key-azurekms signs with keys in Azure Key Vault. Plimsoll starts it for
// a key azurekms://…; see package keeper for what they say to each other.
package main

import (
	_ "github.com/sigstore/sigstore/pkg/signature/kms/azure" // the provider

	"github.com/plimsoll-dev/plimsoll/helpers/kms"
)

func main() { kms.Main("azurekms") }
