// Command plimsoll-key-hashivault signs with keys in Vault's transit engine. Plimsoll starts it for
// a key hashivault://…; see package keeper for what they say to each other.
package main

import (
	_ "github.com/sigstore/sigstore/pkg/signature/kms/hashivault" // the provider

	"github.com/plimsoll-dev/plimsoll/helpers/kms"
)

func main() { kms.Main("hashivault") }
