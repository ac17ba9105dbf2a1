package repo

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
)

// Inside is the place on disk of a slash-separated path of the work tree, to
// write to. It refuses a path with a symbolic link in it: a repository could
// make us write anywhere.
func (r *Repo) Inside(path string) (string, error) {
	if r.root == "" {
		return "", fault.New(fault.Usage, "go to a clone with a work tree", "a bare repository has no folder to write %s to", path)
	}
	if !filepath.IsLocal(filepath.FromSlash(path)) {
		return "", fault.New(fault.Usage, "name a path inside the repository", "%s lies outside the work tree", path)
	}
	here := r.root
	for part := range strings.SplitSeq(path, "/") {
		here = filepath.Join(here, part)
		info, err := os.Lstat(here)
		if errors.Is(err, fs.ErrNotExist) {
			break // and so nothing below it exists
		}
		if err != nil {
			return "", fmt.Errorf("looking at %s: %w", here, err)
		}
		if info.Mode()&fs.ModeSymlink != 0 {
			return "", fault.New(fault.Untrusted, "replace the link by a real folder or file", "%s is a symbolic link; writing through it could leave the repository", here)
		}
	}
	return filepath.Join(r.root, filepath.FromSlash(path)), nil
}

// ReadInside reads a small file of the work tree ahead of the snapshot. It
// refuses a link, a pipe, which it would wait for without end, and more than
// limit bytes.
func (r *Repo) ReadInside(path string, limit int64) ([]byte, error) {
	if _, err := r.Inside(path); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(r.root)
	if err != nil {
		return nil, fmt.Errorf("opening the work tree: %w", err)
	}
	defer root.Close()
	return ReadFile(context.Background(), &workTree{root: root}, File{Path: path}, limit)
}
