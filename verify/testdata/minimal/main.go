// Minimal is the smallest program that verifies a file: TestMinimal builds it to
// see what package verify costs whoever links it, and scripts/verify-speed.sh
// times it.
//
//	minimal TRUST BUNDLE FILE
package main

import (
	"os"

	"github.com/plimsoll-dev/plimsoll/verify"
)

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
}

func run(trustFile, bundle, file string) error {
	data, err := os.ReadFile(trustFile)
	if err != nil {
		return err
	}
	trust, err := verify.ReadTrust(data, nil)
	if err != nil {
		return err
	}
	if data, err = os.ReadFile(bundle); err != nil {
		return err
	}
	b, err := verify.OpenBundle(data, trust, verify.Policy{})
	if err != nil {
		return err
	}
	_, err = verify.File(file, b)
	return err
}
