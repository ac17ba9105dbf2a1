//go:build unix

package verify

import (
	"errors"
	"syscall"
)

// openFlags: do not follow a link that was put there since we looked, and do not
// wait for the other end of a pipe.
const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK

func isLoop(err error) bool { return errors.Is(err, syscall.ELOOP) }
