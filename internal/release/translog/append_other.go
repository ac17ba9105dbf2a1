//go:build !unix

package translog

import (
	"context"

	"golang.org/x/mod/sumdb/note"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// What writes logs needs POSIX locks; reading and verifying them needs none.

// Init is not supported here.
func Init(context.Context, string, note.Signer, note.Verifier) (*View, error) { return nil, notHere() }

// Append is not supported here.
func Append(context.Context, string, note.Signer, note.Verifier, verify.Entry, ...note.Verifier) (int64, *View, error) {
	return 0, nil, notHere()
}

func notHere() error {
	return fault.New(fault.NotThere, "seal the release on Linux, macOS or another Unix", "writing a log is not supported on this system")
}
