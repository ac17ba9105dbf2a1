//go:build unix

package screen

import (
	"os"
	"syscall"
)

// resizing are the signals that say that the terminal has another size.
var resizing = []os.Signal{syscall.SIGWINCH}

func isResize(s os.Signal) bool { return s == syscall.SIGWINCH }
