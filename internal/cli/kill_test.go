package cli_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

var crashes = flag.Int("crash", 8, "how often TestKill kills a check")

// asPlimsoll makes this test binary behave as the command, so that a test can
// start and kill a real process; see TestMain.
const asPlimsoll = "PLIMSOLL_TEST_AS_COMMAND"

// process is the command as a process of its own.
func process(t testing.TB, home string, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asPlimsoll+"=1", "HOME="+home, "XDG_CONFIG_HOME="+home+"/.config", "XDG_CACHE_HOME="+home+"/.cache",
		"PLIMSOLL_TEST_NOW=2026-06-01T12:00:00Z")
	return cmd
}

// TestKill kills checks at random moments. Afterwards no file is broken, and the
// next run says what it would have said.
func TestKill(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", goSources(t, 400))
	home := t.TempDir()
	want := verdict(t, home, g.Dir)
	start := time.Now()
	verdictAnew(t, home, g.Dir)
	whole := time.Since(start)
	random := rand.New(rand.NewPCG(1, 2))
	killed := 0
	for range *crashes {
		if random.IntN(2) == 0 {
			if err := os.RemoveAll(filepath.Join(g.Dir, ".git", "plimsoll")); err != nil {
				t.Fatal(err)
			}
		}
		if kill(t, home, g.Dir, time.Duration(random.Int64N(int64(whole)))) {
			killed++
		}
		if diff := cmp.Diff(want, verdict(t, home, g.Dir)); diff != "" {
			t.Fatalf("after a kill: %s", diff)
		}
		wantWhole(t, filepath.Join(g.Dir, ".git", "plimsoll"))
		if out, err := process(t, home, "evidence", "verify", "-C", g.Dir).CombinedOutput(); err != nil {
			t.Fatalf("after a kill: %v\n%s", err, out)
		}
	}
	t.Logf("killed %d of %d runs before their end", killed, *crashes)
}

// kill starts a check and kills it with all of its children after a while.
func kill(t *testing.T, home, dir string, after time.Duration) (before bool) {
	t.Helper()
	cmd := process(t, home, "check", dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(after)
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	err := cmd.Wait()
	return err != nil && strings.Contains(err.Error(), "killed")
}

// verdict is the last event of a check, as JSON without its time and the digests
// of evidence, which hold the time of the call.
func verdict(t *testing.T, home, dir string) string {
	t.Helper()
	return lastEvent(t, process(t, home, "check", dir, "--format", "jsonl"))
}

func verdictAnew(t *testing.T, home, dir string) string {
	t.Helper()
	return lastEvent(t, process(t, home, "check", dir, "--format", "jsonl", "--no-memo"))
}

func lastEvent(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.Output()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	lines := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	var v map[string]any
	if err := json.Unmarshal(lines[len(lines)-1], &v); err != nil || v["type"] != "verdict" {
		t.Fatalf("the last event is no verdict: %s", lines[len(lines)-1])
	}
	delete(v, "time")
	for _, r := range v["requirements"].([]any) {
		delete(r.(map[string]any), "evidence")
	}
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// wantWhole wants no file of evidence that is cut off.
func wantWhole(t *testing.T, state string) {
	t.Helper()
	err := filepath.WalkDir(state, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") || strings.HasPrefix(d.Name(), ".tmp-") {
			return err
		}
		data, err := os.ReadFile(path)
		if err == nil && !json.Valid(data) {
			t.Errorf("%s is broken", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// goSources are up to n files of Go's own source: real text, and at hand
// wherever these tests run.
func goSources(t testing.TB, n int) map[string]string {
	t.Helper()
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("asking go where its source is: %v", err)
	}
	root := filepath.Join(strings.TrimSpace(string(goroot)), "src")
	files := map[string]string{}
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || len(files) >= n {
			return filepath.SkipAll
		}
		if d.IsDir() && d.Name() == "testdata" {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil || len(files) < min(n, 100) {
		t.Fatalf("reading Go's source: %d files, %v", len(files), err)
	}
	return files
}
