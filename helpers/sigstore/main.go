// Command plimsoll-sigstore verifies Sigstore bundles, offline, against a
// trusted root or a key that is given to it. It is a program of its own, in a
// module of its own, since Sigstore's library brings seventy modules along that
// the main program and package verify must not carry.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
)

const usage = `usage: plimsoll-sigstore verify --bundle FILE (--trusted-root FILE --identity ID --issuer URL | --key FILE) ARTIFACT

Verifies a Sigstore bundle of an artifact, without the network.
Exit status: 0 verified, 1 refused, 2 wrong usage.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 || args[0] != "verify" {
		fmt.Fprint(stderr, usage)
		return 2
	}
	var q Question
	flags := flag.NewFlagSet("verify", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() { fmt.Fprint(stderr, usage); flags.PrintDefaults() }
	flags.StringVar(&q.Bundle, "bundle", "", "the Sigstore bundle")
	flags.StringVar(&q.TrustedRoot, "trusted-root", "", "Sigstore's trusted root, or one's own")
	flags.StringVar(&q.Identity, "identity", "", "who must have signed: the certificate's subject alternative name")
	flags.StringVar(&q.Issuer, "issuer", "", "who must vouch for them: the OIDC issuer")
	flags.StringVar(&q.Key, "key", "", "the public key, in PEM, of a bundle without a certificate")
	flags.IntVar(&q.Log, "log", -1, "how many transparency logs must hold it (default: 1 with an identity, none with a key)")
	if err := flags.Parse(args[1:]); err != nil {
		return 2
	}
	if flags.NArg() != 1 || q.Bundle == "" || (q.Key == "") == (q.Identity == "") || (q.Key == "" && (q.TrustedRoot == "" || q.Issuer == "")) {
		fmt.Fprint(stderr, usage)
		return 2
	}
	q.Artifact = flags.Arg(0)
	result, err := Verify(q)
	if err != nil {
		fmt.Fprintf(stderr, "plimsoll-sigstore: refused: %v\n", err)
		return 1
	}
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(result); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}
