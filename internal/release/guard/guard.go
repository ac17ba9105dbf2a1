// Package guard starts a program that was verified, and no other. Whoever
// verifies a path and then runs it runs whatever lies there by then; so the
// program is opened once, copied into memory that is sealed against everybody,
// root and this process among them, verified there, and run from there.
package guard

import (
	"os"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Program is a program that was verified and is held, ready to run.
type Program struct {
	file   *os.File
	permit verify.Permit
}

// Permit is what the verification gave.
func (p *Program) Permit() verify.Permit { return p.permit }

// Close lets the program go without running it.
func (p *Program) Close() error { return p.file.Close() }

// largest is the size of the largest file of the permit: more need not be read.
func largest(b *verify.Bundle) int64 {
	most := int64(0)
	for _, d := range b.Permit().Deliverables {
		if d.Kind == verify.KindFile {
			most = max(most, d.Size)
		}
	}
	return most
}

// runnable refuses what cannot be run before anything is copied.
func runnable(path string, info os.FileInfo, b *verify.Bundle) error {
	switch {
	case !info.Mode().IsRegular():
		return fault.New(fault.Usage, "name a program", "guarding %s: it is no regular file", path)
	case info.Mode()&0o111 == 0:
		return fault.New(fault.Usage, "make it executable, or name the right file", "guarding %s: it is not executable", path)
	case info.Size() > largest(b):
		return &verify.Refusal{Reason: verify.WrongArtifact, Message: "guarding " + path + ": it is larger than every file of the permit"}
	}
	return nil
}

// native refuses scripts. The system would open their interpreter by itself, and
// nobody would have verified that.
func native(path string, head []byte) error {
	if len(head) >= 2 && head[0] == '#' && head[1] == '!' {
		return fault.New(fault.NotThere, "guard the interpreter with the script as its argument, or ship one binary",
			"guarding %s: it is a script, and its interpreter would run unverified", path)
	}
	return nil
}
