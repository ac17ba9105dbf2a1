package keyring

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// errInside says that a program lies where the code lies that is to be judged.
var errInside = errors.New("it lies in the current folder or its repository")

// findKeeper finds the program of a scheme on PATH. A relative entry of PATH, the
// current folder and the repository around it do not count: whoever wrote the
// code that is released must not bring the program that is handed a PIN.
func findKeeper(scheme string) (string, error) {
	name := "plimsoll-key-" + scheme
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	outside, err := newBoundary()
	if err != nil {
		return "", err
	}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		path := filepath.Join(dir, name)
		if !filepath.IsAbs(dir) || !runnable(path) {
			continue
		}
		if err := outside.check(path); err != nil {
			return "", fault.Wrap(fault.Untrusted, err, "take that folder from PATH, or install the program elsewhere", "starting %s", path)
		}
		return path, nil
	}
	return "", fault.New(fault.NotFound, howToInstall(scheme), "keys of the kind %q need the program %s, which is in no folder of PATH", scheme, name)
}

func howToInstall(scheme string) string {
	if scheme == "pkcs11" {
		return "install it from a clone of Plimsoll: cd helpers/pkcs11 && CGO_ENABLED=1 go install ./...; see `plimsoll docs keys`"
	}
	return "install it from a clone of Plimsoll: cd helpers/kms && go install ./cmd/plimsoll-key-" + scheme + "; see `plimsoll docs keys`"
}

func runnable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && (runtime.GOOS == "windows" || info.Mode().Perm()&0o111 != 0)
}

// boundary is around the current folder, or the repository that it is in.
type boundary struct{ folder, repository string }

func newBoundary() (b boundary, err error) {
	if b.folder, err = os.Getwd(); err == nil {
		b.folder, err = filepath.EvalSymlinks(b.folder)
	}
	if err != nil {
		return b, fault.Wrap(fault.Usage, err, "run it in a folder that exists", "asking for the current folder")
	}
	for dir := b.folder; ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); !errors.Is(err, fs.ErrNotExist) {
			b.repository = dir
			return b, nil
		}
		if dir == filepath.Dir(dir) {
			return b, nil
		}
	}
}

// check refuses a program that lies inside, by its name or by where links lead.
func (b boundary) check(path string) error {
	folder, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	for _, dir := range []string{folder, filepath.Dir(real)} {
		if dir == b.folder || b.repository != "" && (dir == b.repository || strings.HasPrefix(dir, b.repository+string(filepath.Separator))) {
			return errInside
		}
	}
	return nil
}
