package verify

import (
	"os"
	"syscall"
)

// changeTime is the inode's: a program can set the time of modification, not
// this one.
func changeTime(info os.FileInfo) int64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ctim.Nano()
	}
	return 0
}
