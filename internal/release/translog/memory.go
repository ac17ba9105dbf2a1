package translog

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/rogpeppe/go-internal/lockedfile"
	"golang.org/x/mod/sumdb/note"

	"github.com/plimsoll-dev/plimsoll/internal/durable"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Memory is the newest checkpoint that somebody has seen of a log, in a file of
// theirs. A log that later shows something that this one is no part of has been
// forked or cut short, and the two signed checkpoints prove it.
type Memory struct{ path string }

// NewMemory is the memory in a file, which need not be there yet.
func NewMemory(path string) *Memory { return &Memory{path: path} }

// Load gives the remembered checkpoint, nil where nothing was seen yet. A memory
// that cannot be read is an error: whoever could break it could hide a fork.
func (m *Memory) Load(log note.Verifier, witnesses ...note.Verifier) (*Checkpoint, error) {
	info, err := os.Stat(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil && info.Size() > maxCheckpoint {
		err = fmt.Errorf("it has %d bytes", info.Size())
	}
	if err != nil {
		return nil, fmt.Errorf("reading what was seen of the log in %s: %w", m.path, err)
	}
	raw, err := os.ReadFile(m.path)
	if err != nil {
		return nil, fmt.Errorf("reading what was seen of the log: %w", err)
	}
	c, err := ReadCheckpoint(raw, log, witnesses...)
	if err != nil {
		return nil, fault.Wrap(fault.Untrusted, err, "restore "+m.path+" from a backup, or remove it and look at the whole log again with `plimsoll log verify`", "reading what was seen of the log in %s", m.path)
	}
	return c, nil
}

// Advance checks that a log has only grown since it was last seen, and remembers
// it. Earlier is what was seen before, nil the first time. Before runs in
// between: what may happen only if the log is consistent, and must not happen
// twice for two logs.
func (m *Memory) Advance(v *View, log note.Verifier, before func(earlier *Checkpoint) error) (earlier *Checkpoint, err error) {
	if err := os.MkdirAll(dirOf(m.path), 0o755); err != nil {
		return nil, err
	}
	unlock, err := lockedfile.MutexAt(m.path + ".lock").Lock()
	if err != nil {
		return nil, fmt.Errorf("waiting for %s: %w", m.path, err)
	}
	defer unlock()
	earlier, err = m.Load(log)
	if err != nil {
		return nil, err
	}
	if earlier != nil {
		if err := v.Follows(earlier.Tree); err != nil {
			return earlier, err
		}
	}
	if before != nil {
		if err := before(earlier); err != nil {
			return earlier, err
		}
	}
	if err := durable.WriteFile(m.path, []byte(v.Checkpoint.Raw), 0o644); err != nil {
		return earlier, err
	}
	return earlier, nil
}
