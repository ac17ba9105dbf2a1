// Package keyring opens the organisation's keys where they are kept: in a file,
// encrypted with a passphrase, in an ssh-agent, or in a security module or a key
// service, which a keeper knows: a program of its own (see package keeper).
//
// Package envelope verifies each signature with the public key before it uses it,
// so that a faulty or lying keeper is found here and not by a customer.
package keyring

import (
	"context"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
)

// Signer signs with one key.
type Signer = envelope.Signer

// Passphrase asks for the passphrase of something.
type Passphrase func(what string) (string, error)

// opener opens the keys of one scheme; rest is what stands after its colon.
type opener func(ctx context.Context, rest string, ask Passphrase) (Signer, error)

func openers() map[string]opener {
	all := map[string]opener{"file": openFile, "ssh-agent": openAgent}
	for _, scheme := range []string{"pkcs11", "awskms", "gcpkms", "azurekms", "hashivault"} {
		all[scheme] = func(ctx context.Context, rest string, ask Passphrase) (Signer, error) {
			return openKept(ctx, scheme, rest, ask)
		}
	}
	return all
}

// Open opens the key that a URI names: "file:PATH" or a bare path,
// "ssh-agent:SHA256:…", "pkcs11:…" (RFC 7512), "awskms://…", "gcpkms://…",
// "azurekms://…", "hashivault://…".
func Open(ctx context.Context, uri string, ask Passphrase) (Signer, error) {
	scheme, rest, ok := strings.Cut(uri, ":")
	if !ok || strings.ContainsAny(scheme, `/\.`) || len(scheme) == 1 { // one letter is a drive
		scheme, rest = "file", uri
	}
	open, known := openers()[scheme]
	if !known {
		return nil, fault.New(fault.NotThere, "use a key in a file (file:PATH), in an ssh-agent (ssh-agent:SHA256:…), in a security module (pkcs11:…) or in a key service; see `plimsoll docs keys`", "keys of the kind %q are not supported", scheme)
	}
	return open(ctx, rest, ask)
}
