//go:build !unix

package screen

import "os"

// resizing is empty: there is no signal of it here.
var resizing []os.Signal

func isResize(os.Signal) bool { return false }
