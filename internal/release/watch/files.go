package watch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Files are programs on this host: paths, or globs of them.
type Files struct {
	Label   string
	Paths   []string
	Product string
}

// maxMatches bounds what one glob may name.
const maxMatches = 10_000

func (f Files) Name() string { return f.Label }

// Running hashes every file. A pattern that matches nothing is a fault: what
// was expected there does not run, or runs from elsewhere.
func (f Files) Running(ctx context.Context) (running []Running, faults []error, err error) {
	for _, pattern := range f.Paths {
		matches, err := filepath.Glob(pattern)
		switch {
		case err != nil:
			faults = append(faults, fmt.Errorf("reading the pattern %q: %w", pattern, err))
			continue
		case len(matches) == 0:
			faults = append(faults, fmt.Errorf("no file is at %s", pattern))
			continue
		case len(matches) > maxMatches:
			faults = append(faults, fmt.Errorf("%s matches %d files, more than %d", pattern, len(matches), maxMatches))
			continue
		}
		for _, path := range matches {
			if err := ctx.Err(); err != nil {
				return running, faults, err
			}
			digest, err := hashFile(path)
			if err != nil {
				faults = append(faults, err)
				continue
			}
			running = append(running, Running{Where: path, Name: filepath.Base(path), Digest: digest, Product: f.Product})
		}
	}
	return running, faults, nil
}

// hashFile is the digest of a regular file. A link is followed, since what runs
// is what it leads to.
func hashFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("reading %s: it is no regular file", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}
