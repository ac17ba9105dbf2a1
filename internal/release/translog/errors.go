package translog

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// unread says that a log did not give a file. A file that is not there is the
// log's fault; anything else may be the way to it.
func unread(err error, format string, args ...any) error {
	if _, ours := errors.AsType[*fault.Error](err); ours || errors.Is(err, context.Canceled) {
		return err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap(fault.Untrusted, err, "the log is not whole: take it from its owner's backup", format, args...)
	}
	return fault.Wrap(fault.Incomplete, err, "try again when the log can be reached", format, args...)
}

func dirOf(path string) string { return filepath.Dir(path) }
