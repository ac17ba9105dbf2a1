package translog

import (
	"context"

	"golang.org/x/mod/sumdb/note"

	"github.com/plimsoll-dev/plimsoll/verify"
)

// Log is a log in a folder that can be written, and what is remembered of it.
type Log struct {
	Dir       string
	Signer    note.Signer
	Verifier  note.Verifier
	Witnesses []note.Verifier
	Memory    *Memory // nil remembers nothing
}

// Look reads the newest checkpoint and holds it against the memory.
func (l *Log) Look(ctx context.Context) (*View, error) {
	source, err := NewSource(l.Dir)
	if err != nil {
		return nil, err
	}
	v, err := Look(ctx, source, l.Verifier, l.Witnesses...)
	if err != nil {
		return nil, err
	}
	return v, l.remember(v)
}

// Append adds an entry, unless the log has been forked or cut short since it was
// last seen: who restores a log from an old backup and goes on has forked it.
func (l *Log) Append(ctx context.Context, e verify.Entry) (int64, *View, error) {
	if _, err := l.Look(ctx); err != nil {
		return -1, nil, err
	}
	index, v, err := Append(ctx, l.Dir, l.Signer, l.Verifier, e, l.Witnesses...)
	if err != nil {
		return -1, nil, err
	}
	return index, v, l.remember(v)
}

func (l *Log) remember(v *View) error {
	if l.Memory == nil {
		return nil
	}
	_, err := l.Memory.Advance(v, l.Verifier, nil)
	return err
}
