// Command plimsoll-key-pkcs11 signs with keys in security modules. Plimsoll starts
// it for a key pkcs11:…; see package keeper for what they say to each other.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/plimsoll-dev/plimsoll/helpers/pkcs11/token"
	"github.com/plimsoll-dev/plimsoll/internal/release/keyring/keeper"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, "plimsoll-key-pkcs11 takes no arguments: plimsoll starts it for --key pkcs11:…")
		os.Exit(2)
	}
	if err := keeper.Serve(context.Background(), os.Stdin, os.Stdout, token.Open); err != nil {
		fmt.Fprintln(os.Stderr, "plimsoll-key-pkcs11:", err)
		os.Exit(1)
	}
}
