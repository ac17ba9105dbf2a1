// Package translog is the organisation's own log of what it released: a tiled
// Merkle log (C2SP tlog-tiles) in a folder that any web server can serve, so
// that nobody, the organisation's own release people included, can release
// something that others do not come to see.
//
// Writing is tessera's work (append_unix.go), which sequences entries and keeps
// the files whole over a crash. Reading is golang.org/x/mod's, from a folder or
// over HTTP, and believes nothing that does not lead to a checkpoint that the
// log's key has signed. What is ours is the rule of what may stand in the log
// (admit.go), the search for a split view (memory.go) and the witness.
package translog

import (
	"crypto/ed25519"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Bounds of what is read; a log is a stranger's until it is verified.
const (
	maxCheckpoint = 64 << 10
	maxTile       = tileWidth * tlog.HashSize
	maxBundle     = tileWidth * (2 + maxEntry)
	maxEntry      = 1<<16 - 1
	maxEntries    = 100_000_000
	tileHeight    = 8
	tileWidth     = 1 << tileHeight
)

// Checkpoint is the signed head of a log.
type Checkpoint struct {
	Origin string
	Tree   tlog.Tree
	// Raw is the note as it was read, with every signature on it, known or not.
	Raw string
	// Text is what is signed.
	Text string
	// Witnesses are the names of the witnesses whose signatures fit.
	Witnesses []string
}

// ReadCheckpoint verifies the log's signature on a checkpoint, and those of the
// witnesses that are known. An error is a *fault.Error with code Untrusted.
func ReadCheckpoint(raw []byte, log note.Verifier, witnesses ...note.Verifier) (*Checkpoint, error) {
	if len(raw) > maxCheckpoint {
		return nil, untrusted("reading a checkpoint: it has %d bytes, more than %d", len(raw), maxCheckpoint)
	}
	n, err := note.Open(raw, note.VerifierList(append([]note.Verifier{log}, witnesses...)...))
	if err != nil {
		return nil, untrusted("reading the checkpoint of %s: %v", log.Name(), err)
	}
	c := &Checkpoint{Raw: string(raw), Text: n.Text}
	signed := false
	for _, s := range n.Sigs {
		if s.Name == log.Name() && s.Hash == log.KeyHash() {
			signed = true
			continue
		}
		c.Witnesses = append(c.Witnesses, s.Name)
	}
	if !signed {
		return nil, untrusted("reading the checkpoint of %s: it is not signed by the log's key", log.Name())
	}
	if c.Origin, c.Tree, err = parseText(n.Text); err != nil {
		return nil, err
	}
	if c.Origin != log.Name() {
		return nil, untrusted("reading a checkpoint: it is of the log %q, expected %q", c.Origin, log.Name())
	}
	return c, nil
}

// NewVerifier makes a verifier of a key as a trust file or a person writes it:
// that of a log (Ed25519), or of a witness (cosignature/v1).
func NewVerifier(line string) (note.Verifier, error) {
	if v, err := note.NewVerifier(line); err == nil {
		return v, nil
	}
	v, err := newCosignatureVerifier(line)
	if err != nil {
		return nil, fault.New(fault.Usage, "`plimsoll log init` and `plimsoll log witness --show-key` print one", "%q is no verifier key of the form NAME+HASH+KEY", line)
	}
	return v, nil
}

// VerifierKey is the key of a log or witness on one line, as a trust file holds it.
func VerifierKey(name string, key verify.Key) (string, error) {
	if key.Algorithm != verify.Ed25519 {
		return "", fault.New(fault.NotThere, "use an Ed25519 key for it", "a log signs with Ed25519; %s is not supported", key.Algorithm)
	}
	return note.NewEd25519VerifierKey(name, ed25519.PublicKey(key.Public))
}

func untrusted(format string, args ...any) error {
	return fault.New(fault.Untrusted, "do not use what this log says until you know why; `plimsoll docs transparency` tells how to look into it", format, args...)
}

// split reports that what two people see of the log cannot both be true.
func split(format string, args ...any) error {
	return fault.Wrap(fault.Untrusted, ErrFork, "keep both checkpoints as proof, stop releasing, and ask who holds the log's key; `plimsoll docs transparency` says what to do", format, args...)
}

// ErrFork is in every error that says that a log shows different histories.
var ErrFork = errors.New("the log was forked or cut short")

func parseText(text string) (origin string, tree tlog.Tree, err error) {
	origin, size, hash, err := splitText(text)
	if err != nil {
		return "", tlog.Tree{}, untrusted("reading a checkpoint: %v", err)
	}
	if size > maxEntries {
		return "", tlog.Tree{}, untrusted("reading a checkpoint: %d entries are more than the %d that this version reads", size, maxEntries)
	}
	h, err := tlog.ParseHash(hash)
	if err != nil {
		return "", tlog.Tree{}, untrusted("reading a checkpoint: its root is no SHA-256 in base64")
	}
	if size == 0 && h != emptyRoot {
		return "", tlog.Tree{}, untrusted("reading a checkpoint: an empty log has another root")
	}
	return origin, tlog.Tree{N: size, Hash: h}, nil
}

// describe is a tree for people.
func describe(t tlog.Tree) string { return fmt.Sprintf("%d entries, root %s", t.N, t.Hash) }
