package cli_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/plimsoll-dev/plimsoll/internal/repo/repotest"
)

var big = flag.Bool("big", false, "let TestBig use 2 GB, 500 MB and 100,000 files")

// outcome is what a process did.
type outcome struct {
	status         int
	stdout, stderr string
	peak           int64 // bytes of memory, of the process itself
}

func outcomeOf(t *testing.T, cmd *exec.Cmd) outcome {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, exited := err.(*exec.ExitError); err != nil && !exited {
		t.Fatal(err)
	}
	o := outcome{status: cmd.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		o.peak = usage.Maxrss << 10
	}
	return o
}

func (o outcome) want(t *testing.T, status int, texts ...string) {
	t.Helper()
	// A terminal's lines are wrapped; a message is not.
	flat := strings.Join(strings.Fields(o.stdout+o.stderr), " ")
	if o.status != status {
		t.Errorf("exit status %d, expected %d\n%s%s", o.status, status, o.stdout, o.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(flat, text) {
			t.Errorf("nothing says %q:\n%s%s", text, o.stdout, o.stderr)
		}
	}
}

// TestUnreadableFile runs as a user who may not read a file. The rest is
// examined, and the run says that it is incomplete.
func TestUnreadableFile(t *testing.T) {
	g := repotest.New(t)
	g.Commit("one", map[string]string{"a.txt": "a\n", "locked.txt": "b\n"})
	if err := os.Chmod(filepath.Join(g.Dir, "locked.txt"), 0); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	cmd := process(t, home, "check", g.Dir, "--format", "jsonl")
	if os.Getuid() == 0 { // root may read everything
		asNobody(t, cmd, g.Dir, home)
	}
	outcomeOf(t, cmd).want(t, 4, `"path":"locked.txt"`, "permission denied", "make the file readable", `"gate":`)
}

func asNobody(t *testing.T, cmd *exec.Cmd, dirs ...string) {
	t.Helper()
	const nobody = 65534
	for _, dir := range dirs {
		if out, err := exec.Command("chown", "-R", fmt.Sprint(nobody), dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for up := dir; up != "/" && strings.HasPrefix(up, os.TempDir()+"/"); up = filepath.Dir(up) {
			if err := os.Chmod(up, 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
	self := filepath.Join(dirs[0], ".git", "self") // the test binary stands where nobody may not go
	data, err := os.ReadFile(cmd.Path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(self, data, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd.Path = self
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

// TestCorruptedPack flips bytes in the middle of the pack. What can be read is
// examined, and the run says that it is incomplete.
func TestCorruptedPack(t *testing.T) {
	g := repotest.New(t)
	for i := range 30 {
		g.Commit(fmt.Sprint("commit ", i), map[string]string{"a.txt": strings.Repeat(fmt.Sprintln("line", i), 200)})
	}
	g.Git("gc", "-q")
	packs, err := filepath.Glob(filepath.Join(g.Dir, ".git", "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatal(packs, err)
	}
	data, err := os.ReadFile(packs[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := len(data) / 2; i < len(data)-20; i += 3 {
		data[i] ^= 0xff
	}
	os.Chmod(packs[0], 0o644)
	if err := os.WriteFile(packs[0], data, 0o644); err != nil {
		t.Fatal(err)
	}
	outcomeOf(t, process(t, t.TempDir(), "check", g.Dir)).want(t, 4, "git fsck", "gate:")
}

// TestBig reads files that do not fit into memory, and a folder with more files
// than anybody looks at. The sizes are modest unless -big is given.
func TestBig(t *testing.T) {
	blob, line, files := int64(96<<20), int64(48<<20), 5_000
	if *big {
		blob, line, files = 2<<30, 500<<20, 100_000
	}
	t.Run("blob", func(t *testing.T) {
		g := repotest.New(t)
		g.Write(map[string]string{"note.txt": "n\n"})
		bigFile(t, filepath.Join(g.Dir, "big.bin"), blob, 0)
		g.Commit("one", nil)
		o := outcomeOf(t, process(t, t.TempDir(), "check", g.Dir))
		o.want(t, 1, "big.bin", "gate:")
		o.wantPeak(t)
	})
	t.Run("line", func(t *testing.T) {
		g := repotest.New(t)
		bigFile(t, filepath.Join(g.Dir, "bundle.min.js"), line, 'x')
		g.Commit("one", nil)
		o := outcomeOf(t, process(t, t.TempDir(), "check", g.Dir))
		o.want(t, 1, "gate:")
		o.wantPeak(t)
	})
	t.Run("files", func(t *testing.T) {
		g := repotest.New(t)
		many := map[string]string{}
		for i := range files {
			many[fmt.Sprintf("folder/%06d.txt", i)] = fmt.Sprintln("file", i)
		}
		g.Commit("many", many)
		o := outcomeOf(t, process(t, t.TempDir(), "check", g.Dir))
		o.want(t, 1, "gate:")
		o.wantPeak(t)
	})
}

// wantPeak wants the memory of the issue: a work tree in under 400 MB.
func (o outcome) wantPeak(t *testing.T) {
	t.Helper()
	t.Logf("peak memory %d MB", o.peak>>20)
	if o.peak > 400<<20 {
		t.Errorf("peak memory %d MB, expected under 400", o.peak>>20)
	}
}

// bigFile writes size bytes: zeros, or words without an end of line.
func bigFile(t *testing.T, path string, size int64, fill byte) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if fill == 0 {
		if err := file.Truncate(size); err != nil {
			t.Fatal(err)
		}
		return
	}
	block := bytes.Repeat([]byte("var a=function(b,c){return b+c};"), 1<<15)
	for size > 0 {
		n, err := file.Write(block[:min(size, int64(len(block)))])
		if err != nil {
			t.Fatal(err)
		}
		size -= int64(n)
	}
}
