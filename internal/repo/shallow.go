package repo

import (
	"os"
	"path/filepath"
)

// Shallow reports whether the history is cut off: this copy then lacks what
// came before, and does not know its first commits.
func (r *Repo) Shallow() bool {
	info, err := os.Stat(filepath.Join(r.gitDir, "shallow"))
	return err == nil && info.Size() > 0
}
