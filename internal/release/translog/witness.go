package translog

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
	"github.com/transparency-dev/tessera/api/layout"
	"golang.org/x/mod/sumdb/note"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/release/envelope"
)

// Cosign is a witness's word on a log: this checkpoint is consistent with every
// one that I have signed before. It gives the checkpoint with the signature.
//
// The memory is written before the signature is given away, so that a witness
// that is killed has rather signed nothing than two histories.
func Cosign(ctx context.Context, v *View, log note.Verifier, memory *Memory, name string, signer envelope.Signer, now func() time.Time) ([]byte, error) {
	cosigner, err := newCosigner(name, signer, now)
	if err != nil {
		return nil, err
	}
	if _, err := memory.Advance(v, log, nil); err != nil {
		return nil, err
	}
	sig, err := cosigner.Sign([]byte(v.Checkpoint.Text))
	if err != nil {
		return nil, fault.Wrap(fault.Incomplete, err, "run it again: the witness has signed nothing", "signing the checkpoint")
	}
	cosigned := v.Checkpoint.Text + "\n" + signatureLine(cosigner.name, cosigner.hash, sig)
	return merge(v.Checkpoint.Raw, cosigned), nil
}

// Publish puts a cosigned checkpoint into the folder of the log that it is of.
// It must say what the log says now; signatures by others are kept.
func Publish(ctx context.Context, dir string, raw []byte, log note.Verifier, witnesses ...note.Verifier) (*Checkpoint, error) {
	unlock, err := lockedfile.MutexAt(filepath.Join(dir, lockFile)).Lock()
	if err != nil {
		return nil, err
	}
	defer unlock()
	given, err := ReadCheckpoint(raw, log, witnesses...)
	if err != nil {
		return nil, err
	}
	v, err := Look(ctx, folder(dir), log, witnesses...)
	if err != nil {
		return nil, err
	}
	if v.Checkpoint.Text != given.Text {
		return nil, fault.New(fault.Untrusted, "let the witness sign the newest checkpoint", "the cosigned checkpoint is of %s, the log has %s", describe(given.Tree), describe(v.Checkpoint.Tree))
	}
	merged := merge(v.Checkpoint.Raw, given.Raw)
	path := filepath.Join(dir, layout.CheckpointPath)
	if err := durable.WriteFile(path, merged, os.FileMode(0o644)); err != nil {
		return nil, err
	}
	return ReadCheckpoint(merged, log, witnesses...)
}

// merge has the signature lines of both, each once; of one key the later.
func merge(a, b string) []byte {
	text, lines := cutNote(a)
	_, more := cutNote(b)
	for _, line := range more {
		lines = slices.DeleteFunc(lines, func(l string) bool { return keyOf(l) == keyOf(line) })
		lines = append(lines, line)
	}
	// The log's own signature stands first, as it was.
	return []byte(text + "\n" + strings.Join(lines, ""))
}
