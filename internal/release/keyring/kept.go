package keyring

import (
	"context"
	"strings"
	"unicode"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/keyring/keeper"
	"github.com/plimsoll-dev/plimsoll/verify"
)

const maxURI = 4096

// openKept opens a key that a keeper knows.
func openKept(ctx context.Context, scheme, rest string, ask Passphrase) (Signer, error) {
	if len(rest) > maxURI {
		return nil, fault.New(fault.Usage, "check what names the key", "the name of the key has %d bytes, more than %d", len(rest), maxURI)
	}
	path, err := findKeeper(scheme)
	if err != nil {
		return nil, err
	}
	p, err := start(ctx, path, ask)
	if err != nil {
		return nil, err
	}
	a, err := p.exchange(ctx, keeper.Request{Op: "open", Version: keeper.Version, URI: scheme + ":" + rest})
	if err != nil {
		p.stop()
		return nil, err
	}
	public, err := keptKey(a.Key)
	if err != nil {
		p.stop()
		return nil, fault.Wrap(fault.Untrusted, err, "install the program anew", "asking %s for its key", p.name)
	}
	return &kept{public, p}, nil
}

// keptKey reads the public key that a keeper tells.
func keptKey(line string) (verify.Key, error) {
	key, err := verify.ParseKey(line)
	if err == nil && key.Algorithm != verify.Ed25519 && key.Algorithm != verify.ECDSAP256 {
		err = fault.New(fault.NotThere, "use an Ed25519 or a P-256 key", "keys of %q are not supported", string(key.Algorithm))
	}
	return key, err
}

// kept is a key that a keeper signs with.
type kept struct {
	public  verify.Key
	program *program
}

func (k *kept) Key() verify.Key { return k.public }
func (k *kept) Close() error    { k.program.close(); return nil }

func (k *kept) Sign(ctx context.Context, message []byte) ([]byte, error) {
	a, err := k.program.exchange(ctx, keeper.Request{Op: "sign", Message: message})
	if err != nil {
		return nil, err
	}
	if len(a.Signature) == 0 {
		return nil, fault.New(fault.Untrusted, "install the program anew", "%s gave no signature", k.program.name)
	}
	return a.Signature, nil
}

// shown makes what a keeper says fit to be shown: short, and on one line.
func shown(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
	if r := []rune(text); len(r) > 500 {
		return string(r[:500]) + " …"
	}
	return text
}
