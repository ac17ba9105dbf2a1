// Package signature says who signed a git commit or tag, from its bytes alone.
//
// Git asks gpg or ssh-keygen, and which program that is stands in a
// configuration which a hostile repository may have written. Here the
// signature is parsed and verified in process, against keys that the caller
// trusts and against nothing else: no key server, no agent, no home folder.
package signature

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind of signature.
type Kind string

const (
	None    Kind = "none"
	SSH     Kind = "ssh"     // PROTOCOL.sshsig of OpenSSH
	OpenPGP Kind = "openpgp" // RFC 9580, armored and detached
	X509    Kind = "x509"    // CMS by gpgsm; recognised, not verified
	Foreign Kind = "unknown" // none of the above
)

// Status of a signature.
type Status string

const (
	Unsigned    Status = "unsigned"
	Verified    Status = "verified"
	Bad         Status = "bad"         // does not fit the bytes, or its key was not valid then
	UnknownKey  Status = "unknown-key" // the key is none of those given; nothing was verified
	Malformed   Status = "malformed"
	Unsupported Status = "unsupported"
)

// Result is what a signature says.
type Result struct {
	Kind   Kind
	Status Status
	// KeyID is "SHA256:…" for SSH, upper-case hex (fingerprint, or the 16 digits
	// of the key id where no fingerprint is given) for OpenPGP.
	KeyID string
	// Signer is the name that came with the key; set when Status is Verified.
	Signer string
	// Host names the git host whose own key this claims to be ("GitHub"): it
	// signs merges and edits that are made in its web page.
	Host string
	// Reason says why a signature is not verified.
	Reason string
}

// hostKeys are the keys with which git hosts sign on their users' behalf.
var hostKeys = map[string]string{
	"4AEE18F83AFDEB23": "GitHub", // web-flow, until January 2024
	"B5690EEEBB952194": "GitHub", // web-flow, since
}

// hostOf is the host of an OpenPGP key id or fingerprint, "" for any other.
func hostOf(keyID string) string {
	return hostKeys[keyID[max(0, len(keyID)-16):]]
}

// Key is a public key that somebody vouches for.
type Key struct {
	Signer string    // whose it is
	From   time.Time // not valid before; zero for no bound
	Until  time.Time // not valid from then on; zero for no bound
	public publicKey
}

// ID is the key's fingerprint: "SHA256:…" for SSH, hex for OpenPGP.
func (k Key) ID() string { return k.public.id() }

// Kind of signature that the key makes.
func (k Key) Kind() Kind { return k.public.kind() }

// valid says why the key was not valid at a moment, "" when it was.
func (k Key) valid(at time.Time) string {
	switch {
	case !k.From.IsZero() && at.Before(k.From):
		return fmt.Sprintf("dated %s, before the key's first day %s", day(at), day(k.From))
	case !k.Until.IsZero() && !at.Before(k.Until):
		return fmt.Sprintf("dated %s, after the key's last day %s", day(at), day(k.Until.Add(-time.Nanosecond)))
	}
	return ""
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// publicKey is a key of one kind.
type publicKey interface {
	id() string
	kind() Kind
	// ids are all that a signature may name the key by.
	ids() []string
	// verify checks an armored signature over payload that names this key.
	verify(armored, payload []byte, at time.Time) error
}

// Keyring is a set of keys that are trusted.
type Keyring struct {
	byID map[string][]Key
}

// NewKeyring makes a keyring. A key may stand in it several times, for several
// people or periods.
func NewKeyring(keys ...Key) *Keyring {
	ring := &Keyring{byID: map[string][]Key{}}
	for _, k := range keys {
		for _, id := range k.public.ids() {
			ring.byID[id] = append(ring.byID[id], k)
		}
	}
	return ring
}

// Len is the number of ids that the keyring knows keys by.
func (r *Keyring) Len() int { return len(r.byID) }

// Verify says what o's signature is worth. The committer's (tagger's) date must
// lie within the key's validity: it is the signer's own word on when, and a key
// that somebody stole after its end cannot be used without lying about it.
func (r *Keyring) Verify(o Object) Result {
	kind := kindOf(o.Signature)
	res := Result{Kind: kind}
	switch {
	case len(o.Signature) == 0:
		return Result{Kind: None, Status: Unsigned}
	case o.repeats > 1:
		return malformed(kind, "it has more than one signature header")
	case len(o.Signature) > MaxSignature:
		return malformed(kind, "it is too long")
	case kind == None:
		return Result{Kind: Foreign, Status: Malformed, Reason: "it is of no known kind"}
	case kind == X509:
		return Result{Kind: X509, Status: Unsupported, Reason: "X.509 signatures are not supported"}
	}
	id, err := issuer(kind, o.Signature)
	if old, ok := errors.AsType[unsupportedError](err); ok {
		return Result{Kind: kind, Status: Unsupported, Reason: old.Error()}
	}
	if err != nil {
		return malformed(kind, err.Error())
	}
	res.KeyID, res.Host = id, hostOf(id)
	return r.verify(res, o)
}

func malformed(kind Kind, why string) Result {
	return Result{Kind: kind, Status: Malformed, Reason: why}
}

// verify tries every key that goes by the signature's id.
func (r *Keyring) verify(res Result, o Object) Result {
	keys := r.byID[lookupID(res.KeyID)]
	if len(keys) == 0 {
		res.Status, res.Reason = UnknownKey, "its key is not in the policy"
		if res.Host != "" {
			res.Reason = "signed by the host, key not in the policy"
		}
		return res
	}
	payload := o.Payload()
	for _, k := range keys {
		if err := k.public.verify(o.Signature, payload, o.Committer.When); err != nil {
			res.Status, res.Reason = Bad, err.Error()
			continue
		}
		if why := k.valid(o.Committer.When); why != "" {
			res.Status, res.Reason = Bad, why
			continue
		}
		res.Status, res.Signer, res.Reason = Verified, k.Signer, ""
		return res
	}
	return res
}

// lookupID is what keys are found by: an OpenPGP fingerprint and key id end
// with the same 16 digits.
func lookupID(id string) string {
	if strings.HasPrefix(id, "SHA256:") {
		return id
	}
	return id[max(0, len(id)-16):]
}

// issuer is the id of the key that a signature names.
func issuer(kind Kind, armored []byte) (string, error) {
	if kind == SSH {
		return sshIssuer(armored)
	}
	return pgpIssuer(armored)
}

// kindOf tells a signature's kind from its first line, as git does
// (gpg-interface.c); None where it is no signature.
func kindOf(armored []byte) Kind {
	for _, k := range []struct {
		head string
		kind Kind
	}{
		{"-----BEGIN PGP SIGNATURE-----", OpenPGP},
		{"-----BEGIN PGP MESSAGE-----", OpenPGP},
		{"-----BEGIN SSH SIGNATURE-----", SSH},
		{"-----BEGIN SIGNED MESSAGE-----", X509},
	} {
		if bytes.HasPrefix(armored, []byte(k.head)) {
			return k.kind
		}
	}
	return None
}
