//go:build !unix || solaris || aix

package verify

import (
	"errors"
	"io/fs"
	"os"
	"time"
)

// lock waits until this process alone has made the file at path. One that a
// crash left behind is taken over after a minute.
func lock(path string) (unlock func(), err error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err == nil {
			f.Close()
			return func() { os.Remove(path) }, nil
		}
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, fs.ErrPermission) {
			return nil, err
		}
		if info, statErr := os.Stat(path); statErr == nil && time.Since(info.ModTime()) > time.Minute {
			os.Remove(path)
		}
		time.Sleep(10 * time.Millisecond)
	}
}
