// Command plimsoll-key-awskms signs with keys in AWS KMS. Plimsoll starts it for
// a key awskms://…; see package keeper for what they say to each other.
package main

import (
	_ "github.com/sigstore/sigstore/pkg/signature/kms/aws" // the provider

	"github.com/plimsoll-dev/plimsoll/helpers/kms"
)

func main() { kms.Main("awskms") }
