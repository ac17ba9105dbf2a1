package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"

	"github.com/plimsoll-dev/plimsoll/internal/fault"
	"github.com/plimsoll-dev/plimsoll/verify"
)

// RehashFile holds a file, by its path from the repository's root, against a
// deliverable.
func RehashFile(root, path string, d verify.Deliverable) error {
	dir, err := os.OpenRoot(root)
	if err != nil {
		return err
	}
	defer dir.Close()
	file, err := dir.Open(filepath.FromSlash(path))
	if err != nil {
		return fault.Wrap(fault.NotFound, err, "build it again as it was prepared, or prepare it anew", "reading the deliverable %s", d.Name)
	}
	defer file.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, file)
	if err != nil {
		return fault.Wrap(fault.Incomplete, err, "try again", "reading the deliverable %s", d.Name)
	}
	if got := "sha256:" + hex.EncodeToString(hash.Sum(nil)); got != d.Digest || n != d.Size {
		return fault.New(fault.Untrusted, "prepare it again: what was approved is not what lies there", "the deliverable %s has changed: it is %s, prepared was %s", d.Name, got, d.Digest)
	}
	return sameTree(file, d)
}

// sameTree makes the tree of chunks again: readers that verify piece by piece
// never see the digest of the whole.
func sameTree(file *os.File, d verify.Deliverable) error {
	if d.Tree == nil {
		return nil
	}
	tree, _, err := verify.BuildTree(file, d.Size, d.Tree.Chunk)
	if err != nil {
		return refused(err, "prepare it again", "hashing the deliverable %s in chunks", d.Name)
	}
	if tree.Root != d.Tree.Root {
		return fault.New(fault.Untrusted, "prepare it again", "the tree of the deliverable %s has the root %s, prepared was %s", d.Name, tree.Root, d.Tree.Root)
	}
	return nil
}
