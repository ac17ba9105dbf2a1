package assess

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/plimsoll-dev/plimsoll/internal/repo"
)

// stateDir is the folder for memo and evidence: "plimsoll" in the git
// directory, or a folder of the user's cache where that cannot be written.
func stateDir(r *repo.Repo) string {
	dir := filepath.Join(r.GitDir(), "plimsoll")
	if writable(dir) {
		return dir
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	sum := sha256.Sum256([]byte(r.GitDir()))
	dir = filepath.Join(cache, "plimsoll", hex.EncodeToString(sum[:8]))
	if !writable(dir) {
		return ""
	}
	return dir
}

func writable(dir string) bool {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return false
	}
	probe, err := os.CreateTemp(dir, ".tmp-probe-*")
	if err != nil {
		return false
	}
	probe.Close()
	return os.Remove(probe.Name()) == nil
}

// sweep removes what killed runs left half written. A younger file may belong to
// a run that is under way.
func sweep(dir string, now time.Time) {
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasPrefix(d.Name(), ".tmp-") {
			return nil
		}
		if info, err := d.Info(); err == nil && now.Sub(info.ModTime()) > time.Hour {
			_ = os.Remove(path)
		}
		return nil
	})
}
