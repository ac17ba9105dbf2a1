//go:build unix

package scanners

import (
	"os/exec"
	"syscall"
)

// inGroup makes the command the head of a group of processes, all of which are
// killed when its time is over: scanners start others.
func inGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
