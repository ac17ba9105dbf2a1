// Package durable writes files so that a kill at any moment leaves either the
// old content or the new, never a part.
package durable

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// WriteFile replaces the file at path with data. When it returns nil, the new
// content outlives a crash of the machine.
func WriteFile(path string, data []byte, perm os.FileMode) error {
	return write(path, data, perm, true)
}

func write(path string, data []byte, perm os.FileMode, sync bool) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the folder of %s: %w", path, err)
	}
	tmp, err := os.CreateTemp(dir, ".tmp-"+filepath.Base(path)+"-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
			err = fmt.Errorf("writing %s: %w", path, err)
		}
	}()
	if _, err = tmp.Write(data); err != nil {
		return err
	}
	if err = tmp.Chmod(perm); err != nil {
		return err
	}
	if sync {
		if err = tmp.Sync(); err != nil {
			return err
		}
	}
	if err = tmp.Close(); err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	if sync {
		return syncDir(dir)
	}
	return nil
}

// syncDir makes the rename itself durable. Some file systems cannot; then the
// rename is as durable as they make it.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	_ = d.Sync()
	return nil
}

// WriteSealed writes a memory that may be lost but must never be half right:
// magic, data, and the SHA-256 of both. It does not wait for the disk, since a
// broken seal only means that the memory is dropped.
func WriteSealed(path, magic string, data []byte) error {
	whole := make([]byte, 0, len(magic)+len(data)+sha256.Size)
	whole = append(append(whole, magic...), data...)
	sum := sha256.Sum256(whole)
	return write(path, append(whole, sum[:]...), 0o600, false)
}

// ErrBroken says that a sealed file is not what was written.
var ErrBroken = errors.New("the file is not what was written")

// maxSealed bounds what ReadSealed takes into memory.
const maxSealed = 1 << 30

// ReadSealed reads what WriteSealed wrote and returns the data.
func ReadSealed(r io.Reader, magic string) ([]byte, error) {
	whole, err := io.ReadAll(io.LimitReader(r, maxSealed))
	if err != nil {
		return nil, err
	}
	n := len(whole) - sha256.Size
	if n < len(magic) || string(whole[:len(magic)]) != magic {
		return nil, ErrBroken
	}
	sum := sha256.Sum256(whole[:n])
	if !bytes.Equal(sum[:], whole[n:]) {
		return nil, ErrBroken
	}
	return whole[len(magic):n], nil
}
