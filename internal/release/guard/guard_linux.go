package guard

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// Hold opens the program at path once and verifies it. Links are followed, as
// they are when it is run: what counts is the content. With direct it is not
// copied; then somebody who may write to the file can still change it between
// the verification and the start.
func Hold(path string, b *verify.Bundle, direct bool) (*Program, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, fault.Wrap(fault.NotFound, err, "check the path", "guarding %s", path)
	}
	p, err := hold(path, f, b, direct)
	if err != nil || !direct {
		f.Close()
	}
	return p, err
}

func hold(path string, f *os.File, b *verify.Bundle, direct bool) (*Program, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, fault.Wrap(fault.Incomplete, err, "check the path", "guarding %s", path)
	}
	if err := runnable(path, info, b); err != nil {
		return nil, err
	}
	if direct {
		return verified(path, f, b)
	}
	memory, err := copySealed(path, f, info.Size())
	if err != nil {
		return nil, err
	}
	p, err := verified(path, memory, b)
	if err != nil {
		memory.Close()
	}
	return p, err
}

// verified verifies what f holds: once it is sealed that is what will run.
func verified(path string, f *os.File, b *verify.Bundle) (*Program, error) {
	permit, err := verify.Descriptor(f, b)
	if err != nil {
		return nil, err
	}
	head := make([]byte, 2)
	if n, err := f.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, fault.Wrap(fault.Incomplete, err, "", "guarding %s", path)
	} else if err := native(path, head[:n]); err != nil {
		return nil, err
	}
	return &Program{f, permit}, nil
}

// seals: no more writing, growing or shrinking, and no taking these off.
const seals = unix.F_SEAL_WRITE | unix.F_SEAL_GROW | unix.F_SEAL_SHRINK | unix.F_SEAL_SEAL

func copySealed(path string, f *os.File, size int64) (*os.File, error) {
	fd, err := memory(filepath.Base(path))
	if err != nil {
		return nil, fault.Wrap(fault.NotThere, err, "allow programs in memory (sysctl vm.memfd_noexec=0), or use --direct", "making memory for %s", path)
	}
	m := os.NewFile(uintptr(fd), path)
	// One byte more than there should be shows a file that grew: verification
	// finds it by its size.
	if _, err := io.Copy(m, io.LimitReader(f, size+1)); err != nil {
		m.Close()
		return nil, fault.Wrap(fault.Incomplete, err, "", "copying %s", path)
	}
	if _, err := unix.FcntlInt(m.Fd(), unix.F_ADD_SEALS, seals); err != nil {
		m.Close()
		return nil, fault.Wrap(fault.NotThere, err, "use --direct", "sealing the memory that holds %s", path)
	}
	return m, nil
}

// memory is a file in memory that may be run. Kernels before 6.3 do not know
// that they are to be asked for that.
func memory(name string) (int, error) {
	name = name[:min(len(name), 200)] // the kernel's limit is 249 bytes
	const flags = unix.MFD_CLOEXEC | unix.MFD_ALLOW_SEALING
	return memfd(name, flags, unix.MFD_EXEC)
}

// memfd asks with a flag that kernels before 6.3 do not know, then without.
func memfd(name string, flags, newer int) (int, error) {
	fd, err := unix.MemfdCreate(name, flags|newer)
	if errors.Is(err, unix.EINVAL) {
		return unix.MemfdCreate(name, flags)
	}
	return fd, err
}

// Secret puts a secret into memory that nobody can write to or run, for the
// program alone: it is left open for it, stands on no disk and in no
// environment, and is gone with the last process that holds it. The path opens
// it within the program.
func Secret(name string, secret []byte) (path string, err error) {
	fd, err := memfd(name[:min(len(name), 200)], unix.MFD_ALLOW_SEALING, unix.MFD_NOEXEC_SEAL)
	if err != nil {
		return "", fault.Wrap(fault.NotThere, err, "use --unseal", "making memory for the secret %s", name)
	}
	if err := fill(fd, secret); err != nil {
		unix.Close(fd)
		return "", fault.Wrap(fault.Incomplete, err, "", "writing the secret %s into memory", name)
	}
	return fmt.Sprintf("/proc/self/fd/%d", fd), nil
}

func fill(fd int, data []byte) error {
	for off := 0; off < len(data); {
		n, err := unix.Pwrite(fd, data[off:], int64(off)) // whoever reads the descriptor begins at the beginning
		if err != nil {
			return err
		}
		off += n
	}
	_, err := unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, seals)
	return err
}

// Run puts the program in the place of this process. It returns only if it
// fails.
func (p *Program) Run(args, env []string) error {
	if err := p.permit.Stands(); err != nil {
		return err
	}
	// The descriptor closes as the new program begins, and is found through
	// /proc before that: nothing of the guard is left to it.
	err := syscall.Exec(fmt.Sprintf("/proc/self/fd/%d", p.file.Fd()), args, env)
	return fault.Wrap(fault.Incomplete, err, "check that /proc is mounted and that the program is for this machine", "starting %s", p.file.Name())
}
