package secretscan

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// checkOut fills repos with the repositories that CredData's snapshot.json
// names, each in a folder with its id for a name, from the mirrors in a folder:
// "owner+name", "owner+name/repo" or "owner/name.git", as `git clone --mirror`
// makes them. What has no mirror or lacks the commit is left out and counted.
func checkOut(t *testing.T, creddata, mirrors, repos, ids string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(creddata, "snapshot.json"))
	if err != nil {
		t.Fatal(err)
	}
	var snapshot map[string]string
	if err := json.Unmarshal(data, &snapshot); err != nil {
		t.Fatal(err)
	}
	left := 0
	for key, url := range snapshot {
		raw, err := hex.DecodeString(key)
		if err != nil || len(raw) < 20 {
			t.Fatalf("snapshot.json: %q is no commit", key)
		}
		id := fmt.Sprintf("%08x", crc32.ChecksumIEEE(raw))
		if !strings.Contains(ids, id[:1]) {
			continue
		}
		to := filepath.Join(repos, id)
		if _, err := os.Stat(to); err == nil {
			continue
		}
		if err := checkOutOne(mirrorOf(mirrors, url), key[:40], to); err != nil {
			left++
			t.Logf("left out %s: %v", url, err)
		}
	}
	t.Logf("%d repositories were left out", left)
}

// mirrorOf is where the mirror of url is, or an empty string.
func mirrorOf(mirrors, url string) string {
	name := strings.TrimSuffix(path.Base(url), ".git")
	owner := path.Base(path.Dir(url))
	for _, at := range []string{owner + "+" + name + "/repo/.git", owner + "+" + name + "/repo", owner + "+" + name, owner + "/" + name + ".git", owner + "/" + name + "/.git", name + ".git"} {
		at = filepath.Join(mirrors, filepath.FromSlash(at))
		if _, err := os.Stat(filepath.Join(at, "HEAD")); err == nil {
			return at
		}
	}
	return ""
}

// checkOutOne puts the files of a commit into a folder. Files whose blobs the
// mirror lacks stay out: git says so and goes on.
func checkOutOne(mirror, commit, to string) error {
	if mirror == "" {
		return fmt.Errorf("no mirror")
	}
	index, err := filepath.Abs(to + ".index")
	if err != nil {
		return err
	}
	defer os.Remove(index)
	run := func(args ...string) ([]byte, error) {
		cmd := exec.Command("git", append([]string{"--git-dir=" + mirror, "--work-tree=" + to, "-c", "core.bare=false"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_INDEX_FILE="+index)
		return cmd.CombinedOutput()
	}
	if out, err := run("cat-file", "-e", commit+"^{commit}"); err != nil {
		return fmt.Errorf("no commit %s: %s", commit, out)
	}
	if err := os.MkdirAll(to, 0o755); err != nil {
		return err
	}
	if out, err := run("read-tree", commit); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	run("checkout-index", "--all", "--force", "--quiet")
	return nil
}
