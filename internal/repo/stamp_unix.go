//go:build unix && !darwin && !freebsd && !netbsd

package repo

import (
	"io/fs"
	"syscall"
)

// systemStamp is the time of the last change of the inode, in nanoseconds, and
// its number: both move when a file is replaced with its time put back.
func systemStamp(info fs.FileInfo) (ctime int64, inode uint64) {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ctim.Nano(), s.Ino
	}
	return 0, 0
}
