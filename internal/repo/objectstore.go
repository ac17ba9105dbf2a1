package repo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// FetchHint is what to do about objects that a copy lacks.
const FetchHint = "fetch them with `git fetch --refetch`, or check a full clone"

// ObjectsDigest moves whenever objects come or go: packs by name, loose objects
// by the times of their folders, in this repository and in those it borrows from.
func (r *Repo) ObjectsDigest(_ context.Context) (string, error) {
	h := sha256.New()
	for _, dir := range r.objectDirs() {
		if err := describeObjects(h, dir); err != nil {
			return "", fmt.Errorf("looking at the objects in %s: %w", dir, err)
		}
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}

// maxBorrowed is how many repositories a repository may borrow objects from, and
// maxBorrowDepth how long a chain of them may be.
const maxBorrowed, maxBorrowDepth = 100, 5

// objectDirs are the repository's own folder of objects and its alternates.
func (r *Repo) objectDirs() []string {
	dirs := []string{filepath.Join(r.gitDir, "objects")}
	for at, depth := 0, 0; at < len(dirs) && depth < maxBorrowDepth; depth++ {
		for end := len(dirs); at < end; at++ {
			for _, dir := range alternates(dirs[at]) {
				if !slices.Contains(dirs, dir) && len(dirs) < maxBorrowed {
					dirs = append(dirs, dir)
				}
			}
		}
	}
	return dirs
}

// alternates are the folders that a folder of objects borrows from.
func alternates(own string) (dirs []string) {
	text, err := readSmall(filepath.Join(own, "info", "alternates"))
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if !filepath.IsAbs(line) {
			line = filepath.Join(own, line)
		}
		dirs = append(dirs, filepath.Clean(line))
	}
	return dirs
}

func describeObjects(w io.Writer, dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && len(e.Name()) == 2 {
			fmt.Fprintf(w, "%s %d\n", e.Name(), info.ModTime().UnixNano())
		}
	}
	packs, err := os.ReadDir(filepath.Join(dir, "pack"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, p := range packs {
		fmt.Fprintln(w, p.Name())
	}
	return nil
}
