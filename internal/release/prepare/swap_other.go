//go:build !linux

package prepare

import "errors"

// swap is not to be had: there is no system call for it that Go knows.
func swap(_, _ string) error { return errors.ErrUnsupported }
