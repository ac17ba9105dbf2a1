package secretscan

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/check"
	"github.com/plimsoll-dev/plimsoll/internal/check/checktest"
	"github.com/plimsoll-dev/plimsoll/internal/event"
)

// password is made up, and put together here for the same reason as token.
const password = "k7Wq" + "-92xLm"

func TestCheckTree(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	commit(t, dir, map[string]string{
		"deploy.sh":           "export TOKEN=" + token + "\n",
		"internal/a_test.go":  "const t = `" + token + "`\n",
		"config/app.yml":      "db:\n  password: " + password + "\n",
		"package-lock.json":   `{"password": "` + password + `"}`,
		"static/app.min.js":   `var password="` + password + `x"`,
		"README.md":           "nothing to see\n",
		"docs/how.md":         "password: P@ssw0rd1\npassword = \"P@ssw0rd1\"\n",
		"certs/bad-token.txt": "ghp_" + strings.Repeat("a1B2", 9),
	})
	r := checktest.RunRepo(t, New(), dir)
	type row struct {
		rule, path string
		line       int
		confidence event.Confidence
		places     int
	}
	var got []row
	for _, f := range r.Findings {
		got = append(got, row{f.Rule, f.Path, f.Line, f.Confidence, f.Places})
		if strings.Contains(f.Source+f.Message, token[8:]) || strings.Contains(f.Source+f.Message, "92xLm") {
			t.Errorf("a finding tells the secret: %+v", f)
		}
	}
	want := []row{
		{"secret.generic-password", "config/app.yml", 2, event.Possible, 1},
		{"secret.github-pat", "deploy.sh", 1, event.Sure, 2},
		{"secret.weak-password", "docs/how.md", 1, event.Possible, 2},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
	if len(r.Observations) == 0 || r.Observations[0].Count != 8 {
		t.Errorf("observations: %+v", r.Observations)
	}
}

// git runs git in dir, without the configuration of whoever runs the test.
func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=T", "-c", "user.email=t@t.invalid", "-c", "commit.gpgsign=false"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
}

func commit(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-q", "-m", "change")
}

func TestCheckHistory(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	commit(t, dir, map[string]string{"old.env": "TOKEN=" + token + "\n", "kept.yml": "password: " + password + "\n"})
	commit(t, dir, map[string]string{"old.env": "TOKEN=${TOKEN}\n", "kept.yml": "# moved\npassword: " + password + "\n"})
	r := checktest.RunRepo(t, New(), dir)
	if len(r.Findings) != 2 {
		t.Fatalf("want two findings, got %+v", r.Findings)
	}
	kept, gone := r.Findings[0], r.Findings[1]
	if kept.Path != "kept.yml" || kept.Line != 2 || kept.Commit != "" || kept.Places != 1 {
		t.Errorf("a secret in tree and history is one finding at its place in the tree, got %+v", kept)
	}
	if gone.Path != "old.env" || len(gone.Commit) != 40 || gone.Confidence != event.Sure || !strings.Contains(gone.Message, "in history only") {
		t.Errorf("a secret in history alone names its commit, got %+v", gone)
	}
	var blobs int64
	for _, o := range r.Observations {
		if strings.HasPrefix(o.What, "blobs") {
			blobs = o.Count
		}
	}
	if blobs != 4 {
		t.Errorf("scanned %d blobs, want 4", blobs)
	}
	if len(r.Problems) != 0 {
		t.Errorf("problems: %+v", r.Problems)
	}
}

// TestCheckMissingBlobs removes a blob from the object store: what could not be
// scanned must be told, and the rest is scanned.
func TestCheckMissingBlobs(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "init", "-q")
	commit(t, dir, map[string]string{"a.txt": "one\n", "b.env": "TOKEN=" + token + "\n"})
	commit(t, dir, map[string]string{"a.txt": "two\n"})
	const one = "5626abf0f72e58d7a153368ba57db4c673c0e171" // the blob "one\n"
	if err := os.Remove(filepath.Join(dir, ".git", "objects", one[:2], one[2:])); err != nil {
		t.Fatal(err)
	}
	r := checktest.RunRepo(t, New(), dir)
	if len(r.Findings) != 1 || len(r.Problems) != 1 || !r.Problems[0].Incomplete || !strings.Contains(r.Problems[0].Message, "1 of 3 blobs") {
		t.Errorf("findings %+v, problems %+v", r.Findings, r.Problems)
	}
}

func TestBlobsMemo(t *testing.T) {
	b := newBlobs()
	oid := strings.Repeat("ab", 20)
	if err := b.put(oid)(&examined{bytes: 7, sightings: []sighting{{Rule: "secret.x", Line: 3}}, more: true}, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.put(strings.Repeat("cd", 32))(&examined{bytes: 1}, nil); err != nil {
		t.Fatal(err)
	}
	memo := check.NewMemo()
	data := b.encode()
	memo.Put(memoKey, data)
	got := decodeBlobs(memo, memoKey)
	if diff := cmp.Diff(b.found, got.found); diff != "" || !cmp.Equal(b.sizes, got.sizes) || !cmp.Equal(b.cut, got.cut) {
		t.Errorf("decoded %+v", got)
	}
	for n := range data { // a memo that is cut off is no memo
		memo.Put(memoKey, data[:n])
		if got := decodeBlobs(memo, memoKey); got.len() != 0 {
			t.Fatalf("%d bytes of %d give %d blobs", n, len(data), got.len())
		}
	}
}
