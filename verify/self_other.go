//go:build !linux

package verify

import "os"

// selfPath is where the program was started from. What lies there now need not
// be what runs.
func selfPath() (string, error) { return os.Executable() }
