package scanners

import (
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// maxCopy bounds a tree that is written out for the scanners, in bytes.
const maxCopy = 4 << 30

// folder is where the files lie that the scanners look at: the work tree, or,
// for a commit, a copy of its files that done removes.
func folder(ctx context.Context, p *check.Pass) (dir string, done func(), _ error) {
	if root := rootOf(p.Subject().Repo); root != "" {
		return root, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "plimsoll-tree-*")
	if err != nil {
		return "", nil, fmt.Errorf("making a folder for the scanners: %w", err)
	}
	done = func() { os.RemoveAll(dir) }
	if err := writeTree(ctx, p, dir); err != nil {
		done()
		return "", nil, fmt.Errorf("writing the files out for the scanners: %w", err)
	}
	return dir, done, nil
}

// writeTree writes the regular files; what a link points to may be anywhere.
func writeTree(ctx context.Context, p *check.Pass, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	left := int64(maxCopy)
	for _, f := range p.Files(workTree) {
		if f.Mode != repo.Regular && f.Mode != repo.Executable {
			continue
		}
		if left -= f.Size; left < 0 {
			return fault.New(fault.TooCostly, "run it in a work tree", "the files have more than %d bytes", int64(maxCopy))
		}
		if err := writeFile(ctx, p, root, f); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(ctx context.Context, p *check.Pass, root *os.Root, f repo.File) error {
	content, err := p.Subject().Snapshot.Open(ctx, f)
	if err != nil {
		return err
	}
	defer content.Close()
	name := filepath.FromSlash(f.Path)
	if parent := path.Dir(f.Path); parent != "." {
		if err := root.MkdirAll(filepath.FromSlash(parent), 0o755); err != nil {
			return err
		}
	}
	file, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	if _, err := io.Copy(file, content); err != nil {
		file.Close()
		return err
	}
	return file.Close()
}
